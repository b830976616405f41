#include "records/json.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"
#include "records/json_text.h"

namespace pythia {
namespace {

Error ErrorOf(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  EXPECT_FALSE(json.has_value()) << text;
  return json ? Error{} : json.error();
}

std::string AsText(double value) {
  std::string text;
  AppendNumberText(value, &text);
  return text;
}

TEST(NumberText, IsShortAndReadable) {
  EXPECT_EQ(AsText(16174), "16174");
  EXPECT_EQ(AsText(100000), "100000");
  EXPECT_EQ(AsText(0.1), "0.1");
  EXPECT_EQ(AsText(0.00001), "0.00001");
  EXPECT_EQ(AsText(1e22), "1e+22");
  EXPECT_EQ(AsText(-5.02), "-5.02");
  EXPECT_EQ(AsText(0.0), "0");
  EXPECT_EQ(AsText(-0.0), "-0.0");
  EXPECT_EQ(AsText(std::numeric_limits<double>::denorm_min()), "5e-324");
}

RC_GTEST_PROP(NumberText, ReadsBackExactly, (uint64_t bits)) {
  const auto value = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(value));
  const std::string text = AsText(value);
  RC_ASSERT(std::bit_cast<uint64_t>(std::strtod(text.c_str(), nullptr)) == bits);
  const Result<Json> json = ParseJson(text);
  RC_ASSERT(json.has_value());
  RC_ASSERT(std::bit_cast<uint64_t>(json->get<double>()) == bits);
  RC_ASSERT(DumpJson(*json) == text);
}

TEST(ParseJson, ReadsEveryKindOfValue) {
  const std::string text =
      R"({"a":[1,-2,0.5,true,false,null,"x\ny"],"b":{"c":18446744073709551615},"d":{},"e":[]})";
  const Result<Json> json = ParseJson(text);
  ASSERT_TRUE(json.has_value()) << json.error().ToString();
  EXPECT_EQ(DumpJson(*json), text);
  EXPECT_EQ((*json)["b"]["c"].get<uint64_t>(), std::numeric_limits<uint64_t>::max());
}

TEST(ParseJson, NamesThePlaceOfAFault) {
  const Error error = ErrorOf("{\n  \"a\": 1,\n  \"b\": nope\n}");
  EXPECT_EQ(error.code, ErrorCode::kBadInput);
  EXPECT_EQ(error.place.line, 3);
  EXPECT_EQ(error.place.column, "column 9");
  EXPECT_NE(error.message.find("not valid JSON"), std::string::npos) << error.message;
}

TEST(ParseJson, RefusesDuplicateKeys) {
  const Error error = ErrorOf("{\"a\": 1,\n \"x\": {\"b\": 1, \"b\": 2}}");
  EXPECT_EQ(error.value, "b");
  EXPECT_EQ(error.place.line, 2);
  EXPECT_TRUE(ParseJson(R"({"a": {"b": 1}, "c": {"b": 1}})").has_value());
}

TEST(ParseJson, BoundsTheDepth) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(64)).has_value());
  EXPECT_NE(ErrorOf(nested(65)).message.find("deeper than 64"), std::string::npos);
  EXPECT_FALSE(ErrorOf(std::string(1'000'000, '[')).message.empty());
  std::string objects;
  for (int i = 0; i < 65; ++i) objects += "{\"a\":";
  EXPECT_FALSE(ErrorOf(objects).message.empty());
}

TEST(ParseJsonAttack, RefusesHostileDocuments) {
  using std::string_literals::operator""s;
  for (const std::string& text : {""s,
                                  " "s,
                                  "{"s,
                                  "[1,]"s,
                                  R"({"a":1,})"s,
                                  R"({"a" 1})"s,
                                  "{a:1}"s,
                                  "'a'"s,
                                  "NaN"s,
                                  "Infinity"s,
                                  "-Infinity"s,
                                  "1e999"s,
                                  "-1e999"s,
                                  "[1e400]"s,
                                  "01"s,
                                  "+1"s,
                                  ".5"s,
                                  "1."s,
                                  "0x10"s,
                                  "1 2"s,
                                  "{} {}"s,
                                  "[] x"s,
                                  "// c\n1"s,
                                  "/* c */ 1"s,
                                  "\"\x01\""s,
                                  "\"\xff\""s,
                                  "\"\xc0\xaf\""s,
                                  "\"\xed\xa0\x80\""s,
                                  R"("\ud800")"s,
                                  R"("\x41")"s,
                                  "\"abc"s,
                                  "nul"s,
                                  "True"s,
                                  "1\0"s,
                                  "1\0garbage"s,
                                  "\0"s,
                                  "\"a\0b\""s,
                                  "{\"a\":1}\0"s,
                                  "\xff\xfe{\0}\0"s}) {
    const Error error = ErrorOf(text);
    EXPECT_EQ(error.code, ErrorCode::kBadInput) << text;
    EXPECT_GE(error.place.line, 1) << text;
    EXPECT_FALSE(error.message.empty()) << text;
  }
}

TEST(ParseJson, NamesANumberThatIsTooLarge) {
  const Error error = ErrorOf("{\"a\": 1e999}");
  EXPECT_NE(error.message.find("too large"), std::string::npos) << error.message;
  EXPECT_EQ(error.value, "1e999");
}

RC_GTEST_PROP(ParseJson, NeverFailsOtherwiseThanWithAnError, (const std::string& text)) {
  const Result<Json> json = ParseJson(text);
  if (json) {
    const std::string dumped = DumpJson(*json);
    const Result<Json> again = ParseJson(dumped);
    RC_ASSERT(again.has_value());
    RC_ASSERT(DumpJson(*again) == dumped);
  }
}

RC_GTEST_PROP(DumpJson, WritesValidUtf8WhateverATextHolds, (const std::string& text)) {
  const std::string dumped = DumpJson(Json(text));
  RC_ASSERT(IsUtf8(dumped));
  const Result<Json> json = ParseJson(dumped);
  RC_ASSERT(json.has_value());
  if (IsUtf8(text)) RC_ASSERT(json->get<std::string>() == text);
}

TEST(DumpJson, SortsKeysAndWritesNullForWhatIsNoNumber) {
  const Json json = {
      {"b", std::nan("")}, {"a", std::numeric_limits<double>::infinity()}, {"c", {1, 2.5}}};
  EXPECT_EQ(DumpJson(json), R"({"a":null,"b":null,"c":[1,2.5]})");
  EXPECT_EQ(PrettyJson(json),
            "{\n  \"a\": null,\n  \"b\": null,\n  \"c\": [\n    1,\n    2.5\n  ]\n}\n");
  EXPECT_EQ(PrettyJson(Json::object()), "{}\n");
}

}  // namespace
}  // namespace pythia
