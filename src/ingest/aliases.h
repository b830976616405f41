// The names under which other programs export our columns.
#pragma once

#include <span>
#include <string_view>

namespace pythia {

// `names` separated by '|', strongest first.
struct AliasList {
  std::string_view column;
  std::string_view names;
};

std::span<const AliasList> Aliases();

}  // namespace pythia
