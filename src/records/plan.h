// A campaign before launch.
#pragma once

#include <map>
#include <string>
#include <variant>

namespace pythia {

// Numbers, counts and money as double; categories and ISO dates as text.
using PlanValue = std::variant<double, std::string>;

// By column name. A column that is absent is unknown.
struct Plan {
  std::map<std::string, PlanValue> values;
};

}  // namespace pythia
