// The card of a model as Markdown, for a wiki or a pull request.
#pragma once

#include <string>
#include <string_view>

#include "records/model_card.h"

namespace pythia {

// GitHub's Markdown. Text that comes from data is escaped: it opens no table cell, code or HTML.
std::string ModelCardMarkdown(const ModelCard& card);

// `text` as one line that shows as it is: control characters as \xNN, marks with a backslash.
std::string EscapedMarkdown(std::string_view text);

}  // namespace pythia
