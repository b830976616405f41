#include "http/message.h"

#include <gtest/gtest.h>

#include "http/response_head.h"

namespace pythia::http {
namespace {

TEST(Problem, HasTheMembersOfRfc9457) {
  const Response response = Problem(404, "Not Found", "no \"such\" path");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no \"such\" path"})");
  EXPECT_EQ(Problem(500, "Internal Server Error").body,
            R"({"type":"about:blank","title":"Internal Server Error","status":500})");
}

TEST(Problem, OfAnErrorNamesTheFieldButNoPath) {
  const Response response = Problem(Error{ErrorCode::kBadInput,
                                          "not a number",
                                          {.file = "/secret/place", .column = "Duration"},
                                          "abc\x01",
                                          "Give days."});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"type":"about:blank","title":"Bad Request","status":400,)"
                           R"("detail":"not a number","code":"bad_input","value":"abc\\x01",)"
                           R"("errors":[{"field":"Duration","message":"not a number",)"
                           R"("value":"abc\\x01"}],"hint":"Give days."})");
}

TEST(Problem, EveryCodeHasATitle) {
  for (const ErrorCode code : {ErrorCode::kUsage, ErrorCode::kBadInput, ErrorCode::kNotFound,
                               ErrorCode::kConflict, ErrorCode::kNoModel, ErrorCode::kBusy,
                               ErrorCode::kIo, ErrorCode::kCancelled, ErrorCode::kInternal}) {
    const Response response = Problem(Error{code, "m"});
    EXPECT_EQ(response.status, HttpStatus(code));
    EXPECT_FALSE(StatusText(response.status).empty());
  }
}

TEST(Request, QueryGivesTheFirstOfAName) {
  Request request;
  request.query = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(request.Query("a"), "1");
  EXPECT_EQ(request.Query("c"), std::nullopt);
}

TEST(ResponseHead, LeavesOutHeadersThatWouldSplitTheAnswer) {
  Response response = JsonResponse("{}");
  response.headers = {{"X-Good", "1"},          {"X-Bad", "1\r\nSet-Cookie: a"},
                      {"X Bad", "1"},           {"X-Null", std::string("a\0b", 3)},
                      {"Content-Length", "99"}, {"transfer-encoding", "chunked"}};
  const std::string head = ResponseHead(response, {.request_id = "id", .body_bytes = 2});
  EXPECT_EQ(head,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "Connection: keep-alive\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: id\r\n"
            "Cache-Control: no-store\r\nX-Good: 1\r\n\r\n");
}

TEST(ResponseHead, KeepsTheHandlersCacheControl) {
  Response response = JsonResponse("{}");
  response.headers = {{"cache-control", "max-age=60"}};
  EXPECT_EQ(ResponseHead(response, {}).find("no-store"), std::string::npos);
  response = {.content_type = "text/html"};
  EXPECT_EQ(ResponseHead(response, {}).find("no-store"), std::string::npos);
}

TEST(ResponseHead, HasNoLengthWhereThereIsNoBody) {
  const std::string head = ResponseHead({.status = 204}, {});
  EXPECT_EQ(head.find("Content-"), head.find("Content-Type-Options"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
}

}  // namespace
}  // namespace pythia::http
