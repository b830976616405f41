// Addresses, targets and problems; tests/cases/server.t has the client at a running service.
#include "http/client.h"

#include <gtest/gtest.h>

#include "http/problem.h"

namespace pythia::http {
namespace {

TEST(Client, TakesAddressesOfServices) {
  for (const char* address :
       {"http://127.0.0.1:8080", "http://localhost", "https://campaigns.example.com/pythia/",
        "http://[::1]:8080/", "http://127.0.0.1:8080/"}) {
    EXPECT_TRUE(Client::To(address, "").has_value()) << address;
  }
}

TEST(Client, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", "localhost:8080", "ftp://host", "http://", "http://:80",
        "http://host:", "http://host:x", "http://host:123456", "http://user:secret@host",
        "http://host/?a=b", "http://host/#part", "http://ho st", "http://host\r\nX: y",
        "http://h\xc3\xb6st", "file:///etc/passwd"}) {
    const auto client = Client::To(address, "");
    ASSERT_FALSE(client.has_value()) << address;
    EXPECT_EQ(client.error().code, ErrorCode::kUsage);
  }
}

TEST(Client, RefusesTokensThatEndAHeader) {
  EXPECT_FALSE(Client::To("http://localhost", "a\r\nHost: b").has_value());
}

TEST(TargetOf, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(TargetOf("/upload", {{"map",
                                  "Gr\xc3\xb6\xc3\x9f"
                                  "e & mehr=Clicks"},
                                 {"a", "~._-"}}),
            "/upload?map=Gr%C3%B6%C3%9Fe%20%26%20mehr%3DClicks&a=~._-");
  EXPECT_EQ(EncodePart("a/../b"), "a%2F..%2Fb");
}

TEST(ErrorOfProblem, ReadsBackWhatProblemWrites) {
  const Error error{.code = ErrorCode::kNoModel,
                    .message = "no model",
                    .place = {.line = 7, .column = "Clicks"},
                    .value = "x",
                    .hint = "pythia train"};
  const Response response = Problem(error);
  const Error again = ErrorOfProblem(response.status, response.body);
  EXPECT_EQ(again.code, error.code);
  EXPECT_EQ(again.ToString(), error.ToString());
}

TEST(ErrorOfProblem, SaysWhereAnotherServerAnswers) {
  EXPECT_EQ(ErrorOfProblem(502, "<html>").message, "the service answers 502 ");
  EXPECT_EQ(ErrorOfProblem(404, "{}").code, ErrorCode::kNotFound);
  EXPECT_EQ(ErrorOfProblem(401, R"({"title":"Unauthorized","status":401})").hint,
            "Put a token into PYTHIA_TOKEN.");
  EXPECT_EQ(ErrorOfProblem(400, R"({"title":"x","errors":[{"field":3,"line":"y"}]})").message, "x");
}

}  // namespace
}  // namespace pythia::http
