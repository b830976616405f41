// Reading the headers of a request or of a part of a form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace pythia::http {

// ASCII only, as in all of HTTP's names.
std::string LowerCase(std::string_view text);

// Without spaces and tabs at both ends.
std::string_view Trimmed(std::string_view text);

// Empty where there is no such header; `name` in lower case.
std::string_view HeaderOf(const Request& request, const std::string& name);

// `form-data; name="file"`: the value and its parameters.
struct HeaderValue {
  std::string value;      // in lower case
  Parameters parameters;  // names in lower case, each once

  std::optional<std::string> Parameter(std::string_view name) const;
};

// Nothing where a quote does not end, a parameter has no name, or one comes twice.
std::optional<HeaderValue> ParseHeaderValue(std::string_view text);

}  // namespace pythia::http
