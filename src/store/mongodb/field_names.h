// Names that users chose, as names of BSON fields: never an operator, a path or one of our own.
#pragma once

#include <string>
#include <string_view>

namespace pythia::mongo {

// `name` itself where it is plain, as nearly all are. Else with '%' and two hexadecimal digits for
// '%', '.', NUL, a leading '$' and a leading '_'; "%" for the empty name.
std::string FieldName(std::string_view name);

// The inverse; text that FieldName() never gives is taken as it is.
std::string NameOfField(std::string_view field);

}  // namespace pythia::mongo
