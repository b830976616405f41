#include "store/mongodb/field_names.h"

#include <fmt/format.h>

namespace pythia::mongo {
namespace {

bool IsPlain(char c, bool first) {
  return c != '%' && c != '.' && c != '\0' && !(first && (c == '$' || c == '_'));
}

int Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string FieldName(std::string_view name) {
  if (name.empty()) return "%";
  std::string field;
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsPlain(name[i], i == 0)) {
      field += name[i];
    } else {
      field += fmt::format("%{:02X}", static_cast<unsigned char>(name[i]));
    }
  }
  return field;
}

std::string NameOfField(std::string_view field) {
  if (field == "%") return {};
  std::string name;
  for (size_t i = 0; i < field.size(); ++i) {
    const int high = i + 2 < field.size() && field[i] == '%' ? Digit(field[i + 1]) : -1;
    const int low = high >= 0 ? Digit(field[i + 2]) : -1;
    if (low >= 0) {
      name += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      name += field[i];
    }
  }
  return name;
}

}  // namespace pythia::mongo
