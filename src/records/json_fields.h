// How the codecs of this room read JSON objects: field by field, keeping the first error. Private
// to records/.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "records/plan.h"
#include "records/prediction.h"

namespace pythia {

// The first thing that was wrong with a document.
class FirstError {
 public:
  // kBadInput with `field` as the place's column and `value` in compact JSON.
  void Set(std::string message, std::string field, const nlohmann::json& value);
  void SetMissing(std::string field);
  void Set(Error error);

  // `value`, or the error where one happened.
  template <typename T>
  Result<T> Or(T value) && {
    if (error_) return Fail(std::move(*error_));
    return value;
  }

 private:
  std::optional<Error> error_;
};

// One JSON object. A field that is missing or of another type sets the error and reads as empty,
// zero or false, so that a codec reads all its fields in a row and asks once. Fields that a codec
// does not read are ignored. Both the JSON and the FirstError must outlive it.
class Fields {
 public:
  // `path` names the object in messages; empty for the document itself.
  Fields(const nlohmann::json& json, std::string path, FirstError* error);

  std::string Text(std::string_view key) const;
  std::string TextOrNull(std::string_view key) const;  // null reads as empty
  double Number(std::string_view key) const;
  double NumberOrNan(std::string_view key) const;  // null reads as NaN
  std::optional<double> NumberOrNull(std::string_view key) const;
  int64_t Whole(std::string_view key) const;
  int SmallWhole(std::string_view key) const;
  uint64_t Unsigned(std::string_view key) const;
  bool Flag(std::string_view key) const;
  std::vector<std::string> Texts(std::string_view key) const;
  std::map<std::string, double> Numbers(std::string_view key) const;
  std::map<std::string, std::string> TextMap(std::string_view key) const;
  std::map<std::string, int64_t> Counts(std::string_view key) const;
  std::vector<std::vector<std::string>> TextRows(std::string_view key) const;
  // Whatever is there, as compact JSON.
  std::string Document(std::string_view key) const;

  std::optional<Interval> IntervalOrNull(std::string_view key) const;
  Plan PlanAt(std::string_view key) const;
  std::optional<Explanation> ExplanationOrNull(std::string_view key) const;

  std::vector<std::string> Keys() const;  // ascending

  bool Has(std::string_view key) const;     // sets no error
  bool IsNull(std::string_view key) const;  // there, and null
  Fields Object(std::string_view key) const;
  std::vector<Fields> Objects(std::string_view key) const;
  std::vector<std::pair<std::string, Fields>> Members(std::string_view key) const;

  void Refuse(std::string_view key, std::string message) const;

 private:
  std::string PathOf(std::string_view key) const;
  // Null (and the error set) where the field is missing.
  const nlohmann::json* Find(std::string_view key) const;

  const nlohmann::json* json_;  // null where the object itself was wrong
  std::string path_;
  FirstError* error_;
};

// The members of `array` as objects, named path[0], path[1] ...
std::vector<Fields> ObjectsOf(const nlohmann::json& array, const std::string& path,
                              FirstError* error);

// A double for JSON: null where it is not finite.
nlohmann::json NumberOrNullJson(double value);
nlohmann::json NumberOrNullJson(const std::optional<double>& value);
// An interval for JSON: null where it is absent or a part of it is not finite.
nlohmann::json IntervalJson(const std::optional<Interval>& interval);
// Text for JSON: null where it is empty.
nlohmann::json TextOrNullJson(const std::string& text);

}  // namespace pythia
