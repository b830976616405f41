#include "records/plan_reader.h"

#include <bit>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "records/json.h"
#include "records/record_generators.h"

namespace pythia {
namespace {

// What the document's way makes of the text.
Result<std::vector<Plan>> Slowly(std::string_view text) {
  PYTHIA_ASSIGN(const Json json, ParseJson(text));
  std::vector<Plan> plans;
  if (!json.is_array()) {
    PYTHIA_ASSIGN(plans.emplace_back(), PlanFromJson(json));
    return plans;
  }
  if (json.empty()) return Fail(ErrorCode::kBadInput, "none");
  for (const Json& one : json) {
    PYTHIA_ASSIGN(plans.emplace_back(), PlanFromJson(one));
  }
  return plans;
}

// Bit for bit: -0.0 is not 0.0.
bool Same(const Plan& a, const Plan& b) {
  const auto same_value = [](const PlanValue& x, const PlanValue& y) {
    if (x.index() != y.index()) return false;
    if (x.index() == 1) return x == y;
    return std::bit_cast<uint64_t>(std::get<double>(x)) ==
           std::bit_cast<uint64_t>(std::get<double>(y));
  };
  return std::ranges::equal(a.values, b.values, [&](const auto& x, const auto& y) {
    return x.first == y.first && same_value(x.second, y.second);
  });
}

void ExpectTheSame(std::string_view text) {
  const Result<std::vector<Plan>> slowly = Slowly(text);
  const Result<PlanList> fast = ReadPlanText(text);
  ASSERT_EQ(slowly.has_value(), fast.has_value())
      << text << "\n"
      << (slowly ? "taken" : slowly.error().ToString()) << "\n"
      << (fast ? "taken" : fast.error().ToString());
  if (!fast) {
    EXPECT_EQ(fast.error().code, ErrorCode::kBadInput) << text;
    EXPECT_FALSE(fast.error().message.empty()) << text;
    return;
  }
  EXPECT_TRUE(std::ranges::equal(*slowly, fast->plans, Same)) << text;
}

const std::vector<std::string>& Pieces() {
  using std::string_literals::operator""s;
  static const std::vector<std::string> pieces = {"{"s,
                                                  "}"s,
                                                  "["s,
                                                  "]"s,
                                                  ","s,
                                                  ":"s,
                                                  " "s,
                                                  "\n"s,
                                                  "\""s,
                                                  "\"a\""s,
                                                  "\"b\":"s,
                                                  "\"a\":1"s,
                                                  "\"c\":\"d\""s,
                                                  "{}"s,
                                                  "0"s,
                                                  "-0"s,
                                                  "-0.0"s,
                                                  "1e5"s,
                                                  "1e-400"s,
                                                  "1e999"s,
                                                  "01"s,
                                                  "1."s,
                                                  "null"s,
                                                  "true"s,
                                                  "tru"s,
                                                  "NaN"s,
                                                  "-"s,
                                                  "\\u0041"s,
                                                  "\\ud83d\\ude00"s,
                                                  "\\ud800"s,
                                                  "\\n"s,
                                                  "\\x"s,
                                                  "\xC3\xA9"s,
                                                  "\xff"s,
                                                  "\xED\xA0\x80"s,
                                                  "\0"s,
                                                  "\t"s,
                                                  "\x0B"s,
                                                  "//"s,
                                                  "\xEF\xBB\xBF"s,
                                                  "18446744073709551615"s,
                                                  "9007199254740993"s,
                                                  "123456789012345678901234567890"s,
                                                  "4.9406564584124654e-324"s,
                                                  "1.7976931348623159e308"s,
                                                  "2.2250738585072011e-308"s};
  return pieces;
}

TEST(ReadPlanText, ReadsPlans) {
  const auto one = ReadPlanText(R"( {"Duration": 30, "Channel_Used": "Caf\u00e9 \ud83d\ude00"} )");
  ASSERT_TRUE(one) << one.error().ToString();
  EXPECT_FALSE(one->is_array);
  EXPECT_EQ(one->plans.at(0).values.at("Duration"), PlanValue(30.0));
  EXPECT_EQ(one->plans.at(0).values.at("Channel_Used"), PlanValue("Café 😀"));
  const auto two = ReadPlanText(R"([{}, {"a":1}])");
  ASSERT_TRUE(two);
  EXPECT_TRUE(two->is_array);
  EXPECT_EQ(two->plans.size(), 2U);
}

TEST(ReadPlanText, NamesTheFieldOfTheFirstFault) {
  const auto field = [](const std::string& text) {
    const auto read = ReadPlanText(text);
    EXPECT_FALSE(read) << text;
    return read ? "" : read.error().place.column;
  };
  EXPECT_EQ(field(R"({"a":1,"b":null})"), "b");
  EXPECT_EQ(field(R"({"a":1,"b":[[[)"), "b");
  EXPECT_EQ(field(R"({"a":1,"b":NaN})"), "b");
  EXPECT_EQ(field(R"({"a":1,"b":1e999})"), "b");
  EXPECT_EQ(field(R"({"a":1,"a":2})"), "a");
  EXPECT_EQ(field(R"([{"a":1},{"a":2,"b":tru}])"), "[1].b");
  EXPECT_EQ(field(R"([{"a":1},7])"), "[1]");
  EXPECT_EQ(field(R"({"a":1,)"), "column 7");
}

TEST(ReadPlanText, SaysWhatTheDocumentsParserSays) {
  const auto read = ReadPlanText("{\n \"a\": 01}");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("not valid JSON"), std::string::npos);
  EXPECT_NE(read.error().message.find("line 2"), std::string::npos) << read.error().message;
}

TEST(ReadPlanText, BoundsPlansAndValues) {
  std::string plans = "[";
  for (size_t i = 0; i < kMostPlans; ++i) plans += i == 0 ? "{}" : ",{}";
  EXPECT_TRUE(ReadPlanText(plans + "]"));
  EXPECT_FALSE(ReadPlanText(plans + ",{}]"));
  EXPECT_FALSE(ReadPlanText("[]"));
  std::string values = "{\"x\":0";
  for (size_t i = 1; i < kMostPlanValues; ++i) values += ",\"" + std::to_string(i) + "\":0";
  EXPECT_TRUE(ReadPlanText(values + "}"));
  EXPECT_FALSE(ReadPlanText(values + ",\"y\":0}"));
}

RC_GTEST_PROP(ReadPlanText, GivesBackWhatIsWritten, ()) {
  Plan plan;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    plan.values[any::Text()] =
        *rc::gen::arbitrary<bool>() ? PlanValue(any::Finite()) : PlanValue(any::Text());
  }
  std::string text;
  AppendPlanText(plan, &text);
  const auto read = ReadPlanText(text);
  RC_ASSERT(read.has_value());
  ExpectTheSame(text);
}

RC_GTEST_PROP(ReadPlanText, TakesWhatADocumentTakes, ()) {
  const auto picks =
      *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, Pieces().size()));
  std::string text;
  for (const size_t pick : picks) text += Pieces()[pick];
  ExpectTheSame(text);
  ExpectTheSame("{\"k\":" + text + "}");
  ExpectTheSame("{\"k\":\"" + text + "\"}");
  ExpectTheSame("[{\"k\":" + text + "}]");
}

TEST(ReadPlanTextAttack, TakesWhatADocumentTakesOfBrokenText) {
  const std::string good =
      R"([{"Duration": 30.5e-1, "Channel_Used": "Caf\u00e9 \ud83d\ude00 x", "Impressions": -0},)"
      "\n {\"a\\n\":\"\xC3\xA9\", \"b\": 18446744073709551616}]";
  ExpectTheSame(good);
  for (size_t i = 0; i < good.size(); ++i) ExpectTheSame(good.substr(0, i));
  Random random(3);
  for (int round = 0; round < 50000; ++round) {
    std::string text = good;
    for (uint64_t i = 1 + random.Below(3); i > 0; --i) {
      const size_t at = random.Below(text.size());
      switch (random.Below(4)) {
        case 0:
          text[at] = static_cast<char>(random.Below(256));
          break;
        case 1:
          text.erase(at, 1 + random.Below(4));
          break;
        case 2:
          text.insert(at, Pieces()[random.Below(Pieces().size())]);
          break;
        default:
          text[at] = "{}[],:\"\\0123456789eE+-. \n"[random.Below(25)];
      }
      if (text.empty()) break;
    }
    ExpectTheSame(text);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace pythia
