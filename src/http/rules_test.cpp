// What needs no connection: header values, targets, routes, hosts, the pool.
#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "http/gate.h"
#include "http/header_value.h"
#include "http/router.h"
#include "http/slow_pool.h"
#include "http/target.h"

namespace pythia::http {
namespace {

int StatusOf(const auto& result) { return result ? 200 : result.error().status; }

TEST(HeaderValue, ReadsParameters) {
  const HeaderValue value =
      ParseHeaderValue(R"(Form-Data; name="a;b\"c" ; FILENAME="C:\x.csv"; z=1;)")
          .value_or(HeaderValue{});
  EXPECT_EQ(value.value, "form-data");
  EXPECT_EQ(value.Parameter("name"), "a;b\"c");
  EXPECT_EQ(value.Parameter("filename"), R"(C:\x.csv)");
  EXPECT_EQ(value.Parameter("z"), "1");
  EXPECT_EQ(value.Parameter("y"), std::nullopt);
}

TEST(HeaderValue, RefusesWhatIsAmbiguous) {
  for (const std::string_view text :
       {"a; b=1; b=2", "a; b=\"1", "a; b=\"1\" 2", "a; =1", "a; b", "a; b; c=1"}) {
    EXPECT_FALSE(ParseHeaderValue(text)) << text;
  }
}

TEST(Target, DecodesOnce) {
  const auto target = ParseTarget("/a%20b/c?x=1%262&y=a+b&z&=e&x=%C3%A9");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c");
  const Parameters query = {{"x", "1&2"}, {"y", "a b"}, {"z", ""}, {"", "e"}, {"x", "é"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(ParseTarget("/")->path, "/");
  EXPECT_EQ(ParseTarget("/?a=b")->query.size(), 1U);
  EXPECT_EQ(ParseTarget("HTTP://Host:80/a?b")->authority, "Host:80");
  EXPECT_EQ(ParseTarget("http://host")->path, "/");
}

TEST(TargetAttack, TraversalNamesNothing) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {"/.",         "/..",    "/a/../b", "/a/..", "/%2e%2e/b", "/%2E/b",        "/.%2e/b",
        "/a%2fb",     "/a%2Fb", "/a%5cb",  "/a\\b", "/..%5c..",  "/%252e%252e/b", "/%25",
        "/a%00b",     "/a%00",  "//",      "/a//b", "/a/",       "//etc/passwd",  "/%c0%ae%c0%ae/b",
        "/%e0%80%ae", "/a%0ab", "/a%7f",   "/%ff"}) {
    EXPECT_EQ(StatusOf(ParseTarget(text)), 404) << text;
  }
}

TEST(TargetAttack, BadEncodingIs400) {
  for (const std::string_view text :
       {"/%", "/%2", "/%zz", "/a%2", "/?a=%", "/?%g0=1", "/?a=%00", "/?a=%ff", "a", "*", "", "/a#b",
        "http://", "http:///a", "localhost:80", "ftp://x/"}) {
    EXPECT_EQ(StatusOf(ParseTarget(text)), 400) << text;
  }
}

Router MakeRouter() {
  const auto route = [](std::string method, std::string pattern) {
    return Route{.method = std::move(method), .pattern = std::move(pattern)};
  };
  return Router({route("GET", "/"), route("GET", "/api/datasets"),
                 route("GET", "/api/datasets/{name}"), route("DELETE", "/api/datasets/{name}"),
                 route("POST", "/api/datasets/{name}/restore"),
                 route("POST", "/api/datasets/example")});
}

TEST(Router, FindsTheMostExactPattern) {
  const Router router = MakeRouter();
  EXPECT_EQ(router.Find("GET", "/")->route->pattern, "/");
  EXPECT_EQ(router.Find("POST", "/api/datasets/example")->route->pattern, "/api/datasets/example");
  const auto match = router.Find("GET", "/api/datasets/example");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->arguments.at("name"), "example");
  EXPECT_EQ(router.Find("HEAD", "/api/datasets")->route->method, "GET");
  EXPECT_EQ(StatusOf(router.Find("GET", "/api")), 404);
  EXPECT_EQ(StatusOf(router.Find("GET", "/API/datasets")), 404);
}

TEST(Router, SaysWhatAPathAnswersTo) {
  const auto match = MakeRouter().Find("PUT", "/api/datasets/a");
  ASSERT_EQ(StatusOf(match), 405);
  EXPECT_EQ(match.error().headers.at(0).second, "DELETE, GET, HEAD, OPTIONS");
}

TEST(Router, ArgumentsAreNames) {
  const Router router = MakeRouter();
  EXPECT_TRUE(router.Find("GET", "/api/datasets/a.b_C-9"));
  EXPECT_TRUE(router.Find("GET", "/api/datasets/" + std::string(128, 'a')));
  for (const std::string& bad : {std::string(129, 'a'), std::string("a b"), std::string("é"),
                                 std::string("."), std::string(".."), std::string("a%b")}) {
    EXPECT_EQ(StatusOf(router.Find("GET", "/api/datasets/" + bad)), 404) << bad;
  }
}

TEST(Gate, KnowsItsHosts) {
  const Gate gate({.host = "::", .host_names = {"Pythia.example", "other:8443", "fd00::1"}});
  for (const std::string_view host :
       {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000",
        "pythia.EXAMPLE", "pythia.example:443", "other", "other:1", "[fd00::1]:80", "[::]",
        "10.1.2.3:8000"}) {
    EXPECT_EQ(StatusOf(gate.CheckHost(host, "10.1.2.3")), 200) << host;
  }
  for (const std::string_view host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2", "10.1.2.4",
        "localhost.", "[::2]"}) {
    EXPECT_EQ(StatusOf(gate.CheckHost(host, "10.1.2.3")), 421) << host;
  }
  for (const std::string_view host :
       {"", ":80", "localhost:x", "localhost:999999", "a@localhost", "localhost, evil", "[::1",
        "[::1]x", "::1", "local host", "localhost:80:80", "localhost/"}) {
    EXPECT_EQ(StatusOf(gate.CheckHost(host, "10.1.2.3")), 400) << host;
  }
}

TEST(Gate, KnowsItsOrigins) {
  const Gate gate({.origins = {"https://app.example/"}});
  const auto status = [&](std::string origin) {
    Request request;
    request.headers = {{"host", "localhost:8000"}, {"origin", std::move(origin)}};
    return StatusOf(gate.CheckOrigin(request));
  };
  EXPECT_EQ(status("http://localhost:8000"), 200);
  EXPECT_EQ(status("https://app.example"), 200);
  for (const std::string_view bad : {"null", "", "http://localhost", "http://localhost:9000",
                                     "https://app.example.evil", "http://app.example", "*"}) {
    EXPECT_EQ(status(std::string(bad)), 403) << bad;
  }
  EXPECT_EQ(*gate.CheckOrigin({}), "");
}

TEST(Gate, KnowsItsTokens) {
  std::string upper = HexSha256("second");
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const Gate gate({.tokens = {{"ann", HexSha256("first")}, {"bob", upper}}});
  const auto actor = [&](std::string value) {
    Request request;
    request.headers = {{"authorization", std::move(value)}};
    const auto result = gate.CheckToken(request);
    return result ? *result : std::to_string(result.error().status);
  };
  EXPECT_EQ(actor("Bearer first"), "ann");
  EXPECT_EQ(actor("bearer  second "), "bob");
  for (const std::string_view bad : {"", "Bearer", "Bearer ", "first", "Basic first",
                                     "Bearer third", "Bearer first, Bearer second"}) {
    EXPECT_EQ(actor(std::string(bad)), "401") << bad;
  }
}

TEST(SlowPool, BoundsWhatWaits) {
  SlowPool pool(1, 2);
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> done = 0;
  const auto work = [&done, gone] {
    gone.wait();
    ++done;
  };
  EXPECT_TRUE(pool.Run(work));  // runs
  EXPECT_TRUE(pool.Run(work));  // waits
  EXPECT_TRUE(pool.Run(work));
  EXPECT_FALSE(pool.Run(work));
  go.set_value();
  pool.Stop();
  EXPECT_EQ(done, 3);
  EXPECT_FALSE(pool.Run(work));
}

}  // namespace
}  // namespace pythia::http
