#include "records/json_fields.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"

namespace pythia {

void FirstError::Set(std::string message, std::string field, const Json& value) {
  if (error_) return;
  error_ = Error{
      ErrorCode::kBadInput, std::move(message), {.column = std::move(field)}, DumpJson(value)};
}

void FirstError::Set(Error error) {
  if (!error_) error_ = std::move(error);
}

void FirstError::SetMissing(std::string field) {
  if (error_) return;
  error_ = Error{ErrorCode::kBadInput, "this field is missing", {.column = std::move(field)}};
}

Fields::Fields(const Json& json, std::string path, FirstError* error)
    : json_(&json), path_(std::move(path)), error_(error) {
  if (json.is_object()) return;
  error_->Set("must be a JSON object", path_, json);
  json_ = nullptr;
}

std::string Fields::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const Json* Fields::Find(std::string_view key) const {
  if (json_ == nullptr) return nullptr;
  const auto found = json_->find(std::string(key));
  if (found != json_->end()) return &*found;
  error_->SetMissing(PathOf(key));
  return nullptr;
}

void Fields::Refuse(std::string_view key, std::string message) const {
  const Json* value = Find(key);
  if (value != nullptr) error_->Set(std::move(message), PathOf(key), *value);
}

std::vector<std::string> Fields::Keys() const {
  std::vector<std::string> keys;
  if (json_ == nullptr) return keys;
  for (const auto& item : json_->items()) keys.push_back(item.key());
  return keys;
}

bool Fields::Has(std::string_view key) const {
  return json_ != nullptr && json_->contains(std::string(key));
}

bool Fields::IsNull(std::string_view key) const {
  const Json* value = Find(key);
  return value != nullptr && value->is_null();
}

std::string Fields::Text(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  Refuse(key, "must be text");
  return {};
}

std::string Fields::TextOrNull(std::string_view key) const {
  return IsNull(key) ? std::string() : Text(key);
}

double Fields::Number(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return 0;
  if (value->is_number() && std::isfinite(value->get<double>())) return value->get<double>();
  Refuse(key, "must be a number");
  return 0;
}

double Fields::NumberOrNan(std::string_view key) const {
  return IsNull(key) ? std::nan("") : Number(key);
}

std::optional<double> Fields::NumberOrNull(std::string_view key) const {
  if (IsNull(key)) return std::nullopt;
  return Number(key);
}

int64_t Fields::Whole(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return 0;
  const bool fits = value->is_number_unsigned() ? std::in_range<int64_t>(value->get<uint64_t>())
                                                : value->is_number_integer();
  if (fits) return value->get<int64_t>();
  Refuse(key, "must be a whole number");
  return 0;
}

int Fields::SmallWhole(std::string_view key) const {
  const int64_t value = Whole(key);
  if (std::in_range<int>(value)) return static_cast<int>(value);
  Refuse(key, "is too large");
  return 0;
}

uint64_t Fields::Unsigned(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return 0;
  const bool fits =
      value->is_number_unsigned() || (value->is_number_integer() && value->get<int64_t>() >= 0);
  if (fits) return value->get<uint64_t>();
  Refuse(key, "must be a whole number, not negative");
  return 0;
}

bool Fields::Flag(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  Refuse(key, "must be true or false");
  return false;
}

std::vector<std::string> Fields::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  const Json* value = Find(key);
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    Refuse(key, "must be an array of texts");
    return texts;
  }
  for (const Json& text : *value) {
    if (text.is_string()) {
      texts.push_back(text.get<std::string>());
    } else {
      error_->Set("must be text", fmt::format("{}[{}]", PathOf(key), texts.size()), text);
      return texts;
    }
  }
  return texts;
}

std::map<std::string, double> Fields::Numbers(std::string_view key) const {
  std::map<std::string, double> numbers;
  const Json* value = Find(key);
  if (value == nullptr) return numbers;
  const Fields members(*value, PathOf(key), error_);
  if (!value->is_object()) return numbers;
  for (const auto& [name, unused] : value->items()) numbers[name] = members.Number(name);
  return numbers;
}

std::map<std::string, std::string> Fields::TextMap(std::string_view key) const {
  std::map<std::string, std::string> texts;
  const Json* value = Find(key);
  if (value == nullptr) return texts;
  const Fields members(*value, PathOf(key), error_);
  if (!value->is_object()) return texts;
  for (const auto& [name, unused] : value->items()) texts[name] = members.Text(name);
  return texts;
}

std::map<std::string, int64_t> Fields::Counts(std::string_view key) const {
  std::map<std::string, int64_t> counts;
  const Json* value = Find(key);
  if (value == nullptr) return counts;
  const Fields members(*value, PathOf(key), error_);
  if (!value->is_object()) return counts;
  for (const auto& [name, unused] : value->items()) counts[name] = members.Whole(name);
  return counts;
}

std::vector<std::vector<std::string>> Fields::TextRows(std::string_view key) const {
  std::vector<std::vector<std::string>> rows;
  const Json* value = Find(key);
  if (value == nullptr) return rows;
  if (!value->is_array()) {
    Refuse(key, "must be an array of arrays of texts");
    return rows;
  }
  for (const Json& row : *value) {
    const Json one = {{"row", row}};
    rows.push_back(
        Fields(one, fmt::format("{}[{}]", PathOf(key), rows.size()), error_).Texts("row"));
  }
  return rows;
}

std::string Fields::Document(std::string_view key) const {
  const Json* value = Find(key);
  return value == nullptr ? "" : DumpJson(*value);
}

std::optional<Interval> Fields::IntervalOrNull(std::string_view key) const {
  if (IsNull(key)) return std::nullopt;
  const Fields interval = Object(key);
  return Interval{interval.Number("lower"), interval.Number("upper"), interval.Number("level")};
}

Plan Fields::PlanAt(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return {};
  Result<Plan> plan = PlanFromJson(*value);
  if (plan) return *std::move(plan);
  Error error = std::move(plan).error();
  std::string& column = error.place.column;
  column = column.empty() ? PathOf(key) : fmt::format("{}.{}", PathOf(key), column);
  error_->Set(std::move(error));
  return {};
}

std::optional<Explanation> Fields::ExplanationOrNull(std::string_view key) const {
  if (IsNull(key)) return std::nullopt;
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  Result<Explanation> explanation = ExplanationFromJson(*value);
  if (explanation) return *std::move(explanation);
  Error error = std::move(explanation).error();
  std::string& column = error.place.column;
  column = column.empty() ? PathOf(key) : fmt::format("{}.{}", PathOf(key), column);
  error_->Set(std::move(error));
  return std::nullopt;
}

Fields Fields::Object(std::string_view key) const {
  static const Json nothing = Json::object();
  const Json* value = Find(key);
  if (value != nullptr) return {*value, PathOf(key), error_};
  Fields empty(nothing, PathOf(key), error_);
  empty.json_ = nullptr;
  return empty;
}

std::vector<Fields> ObjectsOf(const Json& array, const std::string& path, FirstError* error) {
  std::vector<Fields> objects;
  if (!array.is_array()) {
    error->Set("must be an array", path, array);
    return objects;
  }
  for (const Json& item : array) {
    objects.emplace_back(item, fmt::format("{}[{}]", path, objects.size()), error);
  }
  return objects;
}

std::vector<Fields> Fields::Objects(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr) return {};
  return ObjectsOf(*value, PathOf(key), error_);
}

std::vector<std::pair<std::string, Fields>> Fields::Members(std::string_view key) const {
  std::vector<std::pair<std::string, Fields>> members;
  const Json* value = Find(key);
  if (value == nullptr) return members;
  const Fields parent(*value, PathOf(key), error_);
  if (!value->is_object()) return members;
  for (const auto& [name, member] : value->items()) {
    members.emplace_back(name, Fields(member, parent.PathOf(name), error_));
  }
  return members;
}

Json NumberOrNullJson(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json NumberOrNullJson(const std::optional<double>& value) {
  return value ? NumberOrNullJson(*value) : Json();
}

Json IntervalJson(const std::optional<Interval>& interval) {
  if (!interval || !std::isfinite(interval->lower) || !std::isfinite(interval->upper) ||
      !std::isfinite(interval->level)) {
    return nullptr;
  }
  return {{"lower", interval->lower}, {"upper", interval->upper}, {"level", interval->level}};
}

Json TextOrNullJson(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace pythia
