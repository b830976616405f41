// Who may ask, and for what, of the program as it is served.
#include <fstream>

#include "config/config.h"
#include "served.h"
#include "store/open.h"

namespace pythia::attack {
namespace {

TEST(Access, TraversalNamesNothing) {
  const Home home;
  const Served served(home.path());
  ASSERT_TRUE(served.running());
  using namespace std::string_view_literals;
  for (const std::string_view path :
       {"/..%2f..%2fetc%2fpasswd"sv, "/%252e%252e/etc/passwd"sv, R"(/..\..\etc\passwd)"sv,
        "/../etc/passwd"sv, "/api/datasets/..%2f..%2fpythia.duckdb"sv, "/api/models/%252e%252e"sv,
        "/api/export/..%5c..%5cpredictions.csv"sv, "/api/plots/..%2fmodel.svg"sv,
        "/api/datasets/a%00b"sv, "/api/jobs/%00"sv, "/api/models/..%00"sv,
        "/api/datasets/%c0%ae%c0%ae"sv}) {
    EXPECT_EQ(served.Ask(Get(path)).status, 404) << path;
  }
  // A NUL byte as it is, not encoded, is no HTTP.
  EXPECT_EQ(served.Ask("GET /api/datasets/a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n"sv).status, 400);
}

TEST(Access, ForeignNamesAndPagesAreRefused) {
  const Home home;
  const Served served(home.path());
  ASSERT_TRUE(served.running());
  EXPECT_EQ(served.Ask("GET /health/live HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
  EXPECT_EQ(
      served.Ask("GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").status,
      421);
  EXPECT_EQ(served.Ask(Get("/health/live", "Origin: https://evil.example\r\n")).status, 403);
  EXPECT_EQ(served.Ask(Get("/health/live", "Origin: null\r\n")).status, 403);
  EXPECT_EQ(served.Ask(Post("/upload", "text/csv", "a", "Origin: http://localhost:1\r\n")).status,
            403);
  EXPECT_EQ(served.Ask(Post("/predict", "text/plain", kPlan)).status, 415);
  EXPECT_EQ(served.Ask(Post("/api/train", "text/plain", "{}")).status, 415);
  EXPECT_EQ(served.Ask(Post("/api/train", "application/x-www-form-urlencoded", "a=b")).status, 415);
}

TEST(Access, NoAddressBeyondThisMachineWithoutATokenFile) {
  const Home home;
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1"}) {
    EXPECT_EQ(RunPythia(home.path(), {"serve", "--port", "0", "--host", host}).status, 2) << host;
  }
  std::ofstream(home / "empty") << "# nobody\n";
  EXPECT_EQ(
      RunPythia(home.path(), {"serve", "--port", "0", "--host", "0.0.0.0", "--token-file", "empty"})
          .status,
      2);
}

TEST(Access, ATokenOpensAndAnotherDoesNot) {
  const Home home;
  const Ended made = RunPythia(home.path(), {"token", "new", "ann"});
  ASSERT_EQ(made.status, 0);
  const std::string token = made.output.substr(0, made.output.find('\n'));
  const Served served(home.path(), {"--host", "0.0.0.0", "--token-file", "tokens"});
  ASSERT_TRUE(served.running());
  EXPECT_EQ(served.Ask(Get("/health/live")).status, 200);
  EXPECT_EQ(served.Ask(Get("/health")).status, 401);
  EXPECT_EQ(served.Ask(Get("/nothing")).status, 401);
  EXPECT_EQ(served.Ask(Get("/health", "Authorization: Bearer " + token + "0\r\n")).status, 401);
  EXPECT_EQ(served.Ask(Get("/health", "Authorization: Bearer " + token + "\r\n")).status, 200);
}

TEST(Access, TheAuditTrailNamesWhoUsedAToken) {
  const Home home;
  Words headers;
  for (const char* name : {"ann", "bob", "eve"}) {
    const Ended made = RunPythia(home.path(), {"token", "new", name});
    headers.push_back("Authorization: Bearer " + made.output.substr(0, made.output.find('\n')) +
                      "\r\n");
  }
  EXPECT_EQ(RunPythia(home.path(), {"token", "new", "http"}).status, 2);
  WriteHistory(home.path(), "history.csv", 100, 1);
  std::ifstream file(home / "history.csv");
  const std::string history(std::istreambuf_iterator<char>(file), {});
  Served served(home.path(), {"--token-file", "tokens"});
  ASSERT_TRUE(served.running());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(served.Ask(Get("/health", headers[0])).status, 200);
    EXPECT_EQ(served.Ask(Get("/health", "Authorization: Bearer none\r\n")).status, 401);
  }
  EXPECT_EQ(served.Ask(Post("/upload", "text/csv", history, headers[1])).status, 200);
  ASSERT_EQ(served.Stop(), 0);
  Config config;
  config.store = (home / "pythia.duckdb").string();
  const auto store = OpenStore(config);
  ASSERT_TRUE(store) << store.error().ToString();
  const auto events = (*store)->ReadAudit(100);
  ASSERT_TRUE(events);
  std::map<std::string, int> lines;
  for (const AuditEvent& event : *events) ++lines[event.actor + " " + event.action];
  const std::map<std::string, int> expected = {
      {"http:ann token", 1}, {"http:bob token", 1}, {"http:bob load", 1}};
  EXPECT_EQ(lines, expected);
}

}  // namespace
}  // namespace pythia::attack
