// JSON as it comes over HTTP: the kinds of cases that test collections for JSON parsers have.
#include <fmt/format.h>

#include "served.h"

namespace pythia::attack {
namespace {

using namespace std::string_literals;

// Lists of broken texts, with bytes that raw strings cannot hold: one kind of literal for all.
// NOLINTBEGIN(modernize-raw-string-literal)

class JsonOverHttp : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeStore(home_.path());
    served_ = std::make_unique<Served>(home_.path());
    ASSERT_TRUE(served_->running());
    client_ = std::make_unique<RawClient>(served_->Connect());
  }
  Answered Predict(const std::string& json) { return client_->Ask(Post("/predict", kJson, json)); }

  // A value that JSON has: text and numbers predict, others are refused by the field's name.
  void ExpectValue(const std::string& value) {
    SCOPED_TRACE(value.substr(0, 100));
    const Answered answer = Predict("{\"Campaign_ID\":" + value + "}");
    const Json given = Json::parse(value);
    const bool fits = given.is_string() || given.is_number();
    EXPECT_EQ(answer.status, fits ? 200 : 400) << answer.body;
    if (fits) return;
    EXPECT_EQ(Json::parse(answer.body)["errors"][0]["field"], "Campaign_ID");
  }
  void ExpectNoJson(const std::string& text) {
    SCOPED_TRACE(text.substr(0, 100));
    const Answered answer = Predict(text);
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_NE(answer.body.find("not valid JSON"), std::string::npos) << answer.body;
  }
  void ExpectRefused(const std::string& text) { EXPECT_EQ(Predict(text).status, 400) << text; }
  void ExpectField(const std::string& text, const std::string& field) {
    SCOPED_TRACE(text.substr(0, 100));
    const Answered answer = Predict(text);
    EXPECT_EQ(answer.status, 400) << answer.body;
    const Json problem = Json::parse(answer.body);
    ASSERT_TRUE(problem.contains("errors")) << answer.body;
    EXPECT_EQ(problem["errors"][0]["field"], field) << answer.body;
  }

  Home home_;
  std::unique_ptr<Served> served_;
  std::unique_ptr<RawClient> client_;
};

TEST_F(JsonOverHttp, TakesWhateverIsJson) {
  for (const char* value :
       {"0", "-0", "1", "-1", "123", "1.5", "-0.0", "0e1", "0E+1", "1e1", "1E-2", "1.2e+3", "1e22",
        "123456789012345678901234567890", "-237462374673276894279832749832423479823246327846",
        "0.000000000000000000000000000000000000000000001", "1e-400", "1.7976931348623157e308"}) {
    ExpectValue(value);
  }
  for (const char* value : {R"("")",
                            R"("a")",
                            R"(" ")",
                            R"("\"\\\/\b\f\n\r\t")",
                            R"("\u0041")",
                            R"("\u00e9\u20AC")",
                            R"("\ud83d\ude00")",
                            R"("\u0000")",
                            R"("\uD834\uDd1e")",
                            R"("\u2028")",
                            "\"\xC3\xA9\"",
                            "\"\xE2\x82\xAC\"",
                            "\"\xF0\x9F\x98\x80\"",
                            "\"\x7f\"",
                            "\"\xEF\xBF\xBF\"",
                            "\"\xE2\x80\xA8\"",
                            R"("//")",
                            R"("/*")",
                            R"("NaN")",
                            R"("[1,2,{\"a\":3}]")"}) {
    ExpectValue(value);
  }
  for (const char* value :
       {"null", "true", "false", "[]", "{}", "[[]]", "[1]", "[null,1,\"a\",{}]", "[ ]", "{\"\":0}",
        "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", " [ 1 , 2 ] ", "\t{\r\n}\t"}) {
    ExpectValue(value);
  }
  EXPECT_EQ(Predict(" \t\r\n{ \"Duration\" : 30 } \n").status, 200);
  EXPECT_EQ(Predict("\xEF\xBB\xBF{}").status, 200);
  EXPECT_EQ(Predict("{}").status, 200);
  EXPECT_EQ(Predict("[{}]").status, 200);
  EXPECT_EQ(Predict("{\"\\u0044uration\":30}").status, 200);
}

TEST_F(JsonOverHttp, RefusesWhateverIsNot) {
  for (const char* value :
       {"NaN",   "-NaN",         "nan", "Infinity", "-Infinity", "inf",   "+1",    "++1", "01",
        "-01",   "00",           "1.",  ".5",       "-.5",       "1.e1",  "1e",    "1e+", "1eE2",
        "1.0e-", "0x1",          "0x",  "1_000",    "1 000",     "1,0",   "--1",   "-",   "1a",
        "- 1",   "\xEF\xBC\x91", "1+2", "0.1.2",    "1e1.5",     "1e999", "-1e999"}) {
    ExpectNoJson("{\"Duration\":"s + value + "}");
  }
  for (const char* value : {"'a'",
                            "a",
                            "\"a",
                            "a\"",
                            "\"\\x41\"",
                            "\"\\a\"",
                            "\"\\u12\"",
                            "\"\\u12G4\"",
                            "\"\\\"",
                            "\"\\u\"",
                            "\"\n\"",
                            "\"\t\"",
                            "\"\x01\"",
                            "\"\\ud800\"",
                            "\"\\ud800x\"",
                            "\"\\ud800\\n\"",
                            "\"\\udc00\"",
                            "\"\\ud800\\ud800\"",
                            "\"\\uD83D\\u0041\"",
                            "\"\xff\"",
                            "\"\xC0\xAF\"",
                            "\"\xE0\x80\xAF\"",
                            "\"\xED\xA0\x80\"",
                            "\"\xF4\x90\x80\x80\"",
                            "\"\xC3\"",
                            "\"\x80\"",
                            "\"\xF0\x9F\x98\"",
                            "\"a\"\"b\"",
                            "\"\\\xC3\xA9\"",
                            "`a`"}) {
    ExpectNoJson("{\"Channel_Used\":"s + value + "}");
  }
  for (const std::string& text : {""s,
                                  " "s,
                                  "{"s,
                                  "}"s,
                                  "["s,
                                  "]"s,
                                  "{]"s,
                                  "{,}"s,
                                  "[,]"s,
                                  "{\"a\"}"s,
                                  "{\"a\":}"s,
                                  "{:1}"s,
                                  "{\"a\" 1}"s,
                                  "{\"a\"::1}"s,
                                  "{\"a\":1,}"s,
                                  "{\"a\":1,,\"b\":2}"s,
                                  "{a:1}"s,
                                  "{'a':1}"s,
                                  "{1:1}"s,
                                  "{null:1}"s,
                                  "{[]:1}"s,
                                  "{\"a\":1 \"b\":2}"s,
                                  "[,1]"s,
                                  "{}}"s,
                                  "{}{}"s,
                                  "{} {}"s,
                                  "{}x"s,
                                  "{}#"s,
                                  "{};"s,
                                  "{\"a\":1}/**/"s,
                                  "{\"a\":/*1*/1}"s,
                                  "{}//"s,
                                  "#{}"s,
                                  "{\"a\":tru}"s,
                                  "{\"a\":True}"s,
                                  "{\"a\":nul}"s,
                                  "{\"a\":None}"s,
                                  "{\"a\":undefined}"s,
                                  "\xFF\xFE{\0}\0"s,
                                  "{}\0"s,
                                  "\0{}"s,
                                  "{\"a\0\":1}"s,
                                  "{\"a\":\0}"s,
                                  "\xC2\xA0{}"s,
                                  "\x0B{}"s,
                                  "\x0C{}"s,
                                  "{\"a\":1\xE2\x81\xA0}"s,
                                  "<plan/>"s,
                                  "Duration=30"s,
                                  std::string(100000, '{'),
                                  "{\"a\":1,"s + std::string(100000, ' ')}) {
    ExpectNoJson(text);
  }
  // What is no plan whatever follows is refused before what follows is read.
  for (const std::string& text :
       {"[1,]"s, "[[}"s, "[1 2]"s, "[1:2]"s, std::string(100000, '['),
        "{\"a\":"s + std::string(50000, '['), "{\"a\":"s + std::string(50000, '{')}) {
    ExpectRefused(text);
  }
}

TEST_F(JsonOverHttp, NamesTheField) {
  const auto nested = [](int depth) {
    return "{\"Duration\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  ExpectField(R"({"Duration":1,"Duration":2})", "Duration");
  ExpectField(R"({"Duration":1,"\u0044uration":2})", "Duration");
  ExpectField(R"([{},{"Duration":1,"Duration":1}])", "[1].Duration");
  ExpectField(nested(63), "Duration");  // that deep is JSON, but no duration
  ExpectField(nested(65), "Duration");
  ExpectField(R"({"Duration":NaN})", "Duration");
  ExpectField(R"({"Duration":1e999})", "Duration");
  ExpectField(R"({"Impressions":100,"Duration":-1e999})", "Duration");
  ExpectField(R"([{"Duration":1},{"Impressions":5,"Duration":Infinity}])", "[1].Duration");
  ExpectField(R"({"Duration":null})", "Duration");
  ExpectField(R"({"Duration":true})", "Duration");
  ExpectField(R"({"Duration":{"days":30}})", "Duration");
  ExpectField(R"({"Duration":"soon"})", "Duration");
  ExpectField(R"({"Impressions":0.5})", "Impressions");
  ExpectField(R"({"Channel_Used":["Email"]})", "Channel_Used");
  ExpectField(R"({"Colour":"red"})", "Colour");
}

TEST_F(JsonOverHttp, TwentyMegabytesAre413) {
  EXPECT_EQ(served_->Ask(Post("/predict", kJson, std::string(20 << 20, ' '))).status, 413);
}

// NOLINTEND(modernize-raw-string-literal)

}  // namespace
}  // namespace pythia::attack
