// The transport over real sockets.
#include "http/server.h"

#include <atomic>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/sha256.h"
#include "http/raw_client_fixture.h"

namespace pythia::http {
namespace {

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  AddUsual();
  Start();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    const Answered answer = client.Ask(Get("/hello"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{\"hello\":1}");
    EXPECT_EQ(answer.Header("Connection"), "keep-alive");
    EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.Header("X-Request-Id").size(), 16U);
  }
  EXPECT_EQ(client.Ask(Get("/api/datasets/a.b-c")).body, "\"a.b-c\"");
  EXPECT_EQ(client.Ask(Get("/nothing")).status, 404);
  EXPECT_EQ(client.Ask(Get("/hello", "Connection: close\r\n")).Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  AddUsual();
  Add("GET", "/slow", [](Request&) { return JsonResponse("2"); }, BodyKind::kNone, true);
  Start();
  RawClient client = Connect();
  client.Send(Get("/slow") + "\r\n" + Post("/json", "application/json", "[1]") + Get("/nothing") +
              Get("/api/datasets/x"));
  EXPECT_EQ(client.Read().body, "2");
  EXPECT_EQ(client.Read().body, "[1]");
  EXPECT_EQ(client.Read().status, 404);
  EXPECT_EQ(client.Read().body, "\"x\"");
}

TEST_F(ServerTest, TakesRequestsByteByByte) {
  AddUsual();
  Start();
  RawClient client = Connect();
  client.SendOneByOne("\r\n" + Post("/json", "application/json; charset=utf-8", "{\"a\":1}"));
  EXPECT_EQ(client.Read().body, "{\"a\":1}");
  client.SendOneByOne(
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2;x=y\r\n2]\r\n0\r\nTrailer: 1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "[1,2]");
  EXPECT_EQ(client.Ask(Get("/hello")).status, 200);
}

TEST_F(ServerTest, SpeaksHttp10) {
  AddUsual();
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(client.IsClosed());
  RawClient kept = Connect();
  const std::string request = "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  EXPECT_EQ(kept.Ask(request).Header("Connection"), "keep-alive");
  EXPECT_EQ(kept.Ask(request).status, 200);
}

TEST_F(ServerTest, HeadIsGetWithoutABody) {
  AddUsual();
  Start();
  RawClient client = Connect();
  const Answered answer = client.Ask("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Content-Length"), "11");
  EXPECT_EQ(client.Ask(Get("/hello")).body, "{\"hello\":1}");
}

TEST_F(ServerTest, WrongMethodIs405WithAllow) {
  AddUsual();
  Start();
  RawClient client = Connect();
  const Answered answer = client.Ask("DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
  EXPECT_EQ(client.Ask("BREW /hello HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405);
  const Answered options = client.Ask("OPTIONS /json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Header("Allow"), "OPTIONS, POST");
}

TEST_F(ServerTest, JsonNeedsItsContentType) {
  AddUsual();
  Start();
  EXPECT_EQ(Ask(Post("/json", "text/plain", "{}")).status, 415);
  EXPECT_EQ(Ask(Post("/json", "application/x-www-form-urlencoded", "{}")).status, 415);
  EXPECT_EQ(Ask(Post("/json", "application/json", "{}", "Content-Encoding: gzip\r\n")).status, 415);
  EXPECT_EQ(Ask("POST /json HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 415);
  EXPECT_EQ(Ask(Post("/json", "Application/JSON ; charset=utf-8", "{}")).status, 200);
}

TEST_F(ServerTest, BodiesHaveLimits) {
  options_.limits.json_bytes = 10;
  AddUsual();
  Start();
  EXPECT_EQ(Ask(Post("/json", "application/json", "0123456789")).status, 200);
  RawClient client = Connect();
  // Answered from the header alone.
  EXPECT_EQ(client
                .Ask("POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
                     "\r\nContent-Length: 11\r\n\r\n")
                .status,
            413);
  EXPECT_TRUE(client.IsClosed());
  const std::string chunked =
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(Ask(chunked + "6\r\n012345\r\n5\r\n01234\r\n0\r\n\r\n").status, 413);
  EXPECT_EQ(Ask(chunked + "ffffffff\r\n").status, 413);
  EXPECT_EQ(Ask(chunked + "5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n").status, 200);
  EXPECT_EQ(Ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx").status,
            413);
}

TEST_F(ServerTest, ContinuesWhereExpected) {
  AddUsual();
  Start();
  RawClient client = Connect();
  const std::string head =
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nExpect: ";
  EXPECT_EQ(client.Ask(head + "100-continue\r\n\r\n").status, 100);
  EXPECT_EQ(client.Ask("{}").body, "{}");
  EXPECT_EQ(client.Ask(head + "100-continue\r\n\r\n{}").status, 200);  // it did not wait
  EXPECT_EQ(client.Ask(head + "miracles\r\n\r\n").status, 417);
  EXPECT_EQ(Ask("POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                "Expect: 100-continue\r\n\r\n")
                .status,
            405);
}

TEST_F(ServerTest, ThrowingHandlersAre500WithoutDetails) {
  std::atomic<int> logged = 0;
  options_.log = [&](const Request& request, int status, std::chrono::microseconds) {
    if (request.path == "/throws") logged = status;
  };
  Add("GET", "/throws", [](Request&) -> Response { throw std::runtime_error("secret"); });
  Add("GET", "/status", [](Request&) { return Response{.status = 99}; });
  Start();
  RawClient client = Connect();
  const Answered answer = client.Ask(Get("/throws"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/status")).status, 500);
  EXPECT_EQ(logged, 500);
}

TEST_F(ServerTest, HostMustBeOurs) {
  AddUsual();
  Start();
  const auto status = [&](std::string_view host) {
    return Ask(fmt::format("GET /hello HTTP/1.1\r\n{}\r\n", host)).status;
  };
  EXPECT_EQ(status(fmt::format("Host: 127.0.0.1:{}\r\n", server_->port())), 200);
  EXPECT_EQ(status("Host: [::1]\r\n"), 200);
  EXPECT_EQ(status("Host: evil.example\r\n"), 421);
  EXPECT_EQ(status("Host: localhost\r\nHost: localhost\r\n"), 400);
  EXPECT_EQ(status("Host: \r\n"), 400);
  EXPECT_EQ(status(""), 400);
  EXPECT_EQ(Ask("GET http://evil.example/hello HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 421);
  EXPECT_EQ(Ask("GET http://localhost/hello HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(Ask("GET http://evil.example/hello HTTP/1.0\r\n\r\n").status, 421);
}

TEST_F(ServerTest, OriginsAreOursOrAllowed) {
  options_.origins = {"https://app.example"};
  AddUsual();
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Get("/hello", "Origin: http://localhost\r\n")).status, 200);
  EXPECT_EQ(client.Ask(Get("/hello", "Origin: http://evil.example\r\n")).status, 403);
  EXPECT_EQ(client.Ask(Get("/hello", "Origin: null\r\n")).status, 403);
  for (const std::string_view path : {"/hello", "/nothing"}) {
    const Answered answer = client.Ask(Get(path, "Origin: https://app.example\r\n"));
    EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "https://app.example");
    EXPECT_EQ(answer.Header("Vary"), "Origin");
  }
  EXPECT_EQ(client.Ask(Get("/hello")).Header("Access-Control-Allow-Origin"), "");
}

TEST_F(ServerTest, PreflightsNeedNoToken) {
  options_.origins = {"https://app.example"};
  options_.tokens = {{"ann", HexSha256("secret")}};
  AddUsual();
  Start();
  RawClient client = Connect();
  const auto ask = [&](std::string_view path, std::string_view origin) {
    return client.Ask(
        fmt::format("OPTIONS {} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\n"
                    "Access-Control-Request-Method: POST\r\n\r\n",
                    path, origin));
  };
  const Answered answer = ask("/json", "https://app.example");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Methods"), "OPTIONS, POST");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Headers"), "Authorization, Content-Type");
  EXPECT_EQ(ask("/json", "https://evil.example").status, 403);
  EXPECT_EQ(ask("/nothing", "https://app.example").status, 404);
  EXPECT_EQ(client.Ask("OPTIONS /json HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 401);
}

TEST_F(ServerTest, TokensNameTheActor) {
  options_.tokens = {{"ann", HexSha256("secret")}};
  AddUsual();
  Add("GET", "/who", [](Request& r) { return JsonResponse(r.actor); });
  Start();
  RawClient client = Connect();
  const Answered refused = client.Ask(Get("/who"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.Header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(client.Ask(Get("/nothing")).status, 401);  // says nothing about paths
  EXPECT_EQ(client.Ask(Get("/who", "Authorization: Bearer wrong\r\n")).status, 401);
  EXPECT_EQ(client.Ask(Get("/who", "Authorization: Bearer secret\r\n")).body, "ann");
  EXPECT_EQ(client.Ask(Get("/health/live")).status, 200);
  EXPECT_EQ(client.Ask("POST /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 401);
}

TEST_F(ServerTest, OnlyLoopbackGoesWithoutTokens) {
  options_.host = "0.0.0.0";
  const auto refused = Server::Start(options_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_FALSE(refused.error().hint.empty());
  options_.tokens = {{"ann", "not a hash"}};
  EXPECT_FALSE(Server::Start(options_, {}));
  options_.tokens = {{"ann", HexSha256("secret")}};
  AddUsual();
  Start();
  EXPECT_EQ(Ask(Get("/hello", "Authorization: Bearer secret\r\n")).status, 200);
}

TEST_F(ServerTest, AUsedPortIsAnError) {
  Start();
  options_.port = server_->port();
  const auto second = Server::Start(options_, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
}

TEST_F(ServerTest, AnswersWithFilesAndSharedBytes) {
  const std::string bytes(300000, 'x');
  const auto shared = std::make_shared<const std::string>(bytes);
  const std::filesystem::path path = folder_ / "export.csv";
  Add("GET", "/page",
      [&](Request&) { return Response{.content_type = "text/html", .shared_body = shared}; });
  Add("GET", "/file", [&](Request&) { return Response{.content_type = "text/csv", .file = path}; });
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Get("/page")).body, bytes);
  for (const bool head : {false, true}) {
    std::ofstream(path) << bytes;
    const Answered answer = client.Ask(
        fmt::format("{} /file HTTP/1.1\r\nHost: localhost\r\n\r\n", head ? "HEAD" : "GET"), head);
    EXPECT_EQ(answer.body.size(), head ? 0 : bytes.size());
    EXPECT_EQ(answer.Header("Content-Length"), "300000");
    client.Ask(Get("/nothing"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_EQ(client.Ask(Get("/file")).status, 500);
}

TEST_F(ServerTest, TooManyConnectionsAreTurnedAway) {
  options_.limits.connections = 2;
  AddUsual();
  Start();
  {
    RawClient first = Connect();
    RawClient second = Connect();
    EXPECT_EQ(first.Ask(Get("/hello")).status, 200);
    EXPECT_EQ(second.Ask(Get("/hello")).status, 200);
    RawClient third = Connect();
    const Answered answer = third.Ask(Get("/hello"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.Header("Retry-After"), "1");
  }
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    status = Ask(Get("/hello")).status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(ServerTest, Serves200ConnectionsAtOnce) {
  AddUsual();
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(Connect());
  for (int round = 0; round < 5; ++round) {
    for (RawClient& client : clients) ASSERT_TRUE(client.Send(Get("/hello")));
    for (RawClient& client : clients) ASSERT_EQ(client.Read().status, 200);
  }
}

// A handler that waits until it is let go or told to stop.
struct Gatekeeper {
  std::atomic<int> waiting = 0;
  std::atomic<bool> open = false;
  std::atomic<int> stopped = 0;

  Response operator()(const Request& request) {
    ++waiting;
    while (!open && !request.stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!open) ++stopped;
    return JsonResponse(open ? "\"open\"" : "\"stopped\"");
  }
  void AwaitWaiting(int n) const {
    for (int i = 0; i < 5000 && waiting < n; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_GE(waiting, n);
  }
};

TEST_F(ServerTest, SlowRequestsLeaveTheOthersAlone) {
  options_.threads = 1;
  options_.slow_threads = 1;
  options_.limits.waiting_slow = 1;
  Gatekeeper keeper;
  AddUsual();
  Add("GET", "/slow", std::ref(keeper), BodyKind::kNone, true);
  Start();
  RawClient runs = Connect();
  runs.Send(Get("/slow"));
  keeper.AwaitWaiting(1);
  RawClient waits = Connect();
  waits.Send(Get("/slow"));
  RawClient quick = Connect();
  EXPECT_EQ(quick.Ask(Get("/hello")).status, 200);
  // The second may reach the queue a little later than its bytes were sent.
  Answered busy;
  for (int i = 0; i < 50 && busy.status != 503; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(quick.Ask(Get("/hello")).status, 200);
    if (i == 10) busy = quick.Ask(Get("/slow"));
  }
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.Header("Retry-After"), "1");
  keeper.open = true;
  EXPECT_EQ(runs.Read().body, "\"open\"");
  EXPECT_EQ(waits.Read().body, "\"open\"");
  EXPECT_EQ(quick.Ask(Get("/slow")).status, 200);
}

TEST_F(ServerTest, AClientThatLeavesStopsItsRequest) {
  Gatekeeper keeper;
  Add("GET", "/slow", std::ref(keeper), BodyKind::kNone, true);
  Start();
  {
    RawClient client = Connect();
    client.Send(Get("/slow"));
    keeper.AwaitWaiting(1);
  }
  for (int i = 0; i < 5000 && keeper.stopped == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(keeper.stopped, 1);
}

TEST_F(ServerTest, StopLetsRequestsFinish) {
  Gatekeeper keeper;
  AddUsual();
  Add("GET", "/slow", std::ref(keeper), BodyKind::kNone, true);
  Start();
  RawClient idle = Connect();
  EXPECT_EQ(idle.Ask(Get("/hello")).status, 200);
  RawClient fresh = Connect();
  RawClient busy = Connect();
  busy.Send(Get("/slow"));
  keeper.AwaitWaiting(1);
  std::thread stopping([&] { server_->Stop(); });
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_TRUE(fresh.IsClosed());
  EXPECT_FALSE(RawClient(server_->port()).connected());
  keeper.open = true;
  const Answered answer = busy.Read();
  EXPECT_EQ(answer.body, "\"open\"");
  EXPECT_EQ(answer.Header("Connection"), "close");
  stopping.join();
  server_->Stop();  // again does nothing
}

TEST_F(ServerTest, StopTellsRequestsThatTakeTooLong) {
  options_.limits.drain_time = std::chrono::seconds(0);
  options_.slow_threads = 1;
  Gatekeeper keeper;
  Add("GET", "/slow", std::ref(keeper), BodyKind::kNone, true);
  Start();
  RawClient busy = Connect();
  busy.Send(Get("/slow"));
  keeper.AwaitWaiting(1);
  RawClient half = Connect();
  half.Send("GET /sl");
  server_->Stop();
  EXPECT_EQ(keeper.stopped, 1);
  EXPECT_EQ(busy.Read().body, "\"stopped\"");
}

TEST_F(ServerTest, LogsEveryAnswer) {
  std::mutex mutex;
  std::vector<std::string> lines;
  options_.log = [&](const Request& r, int status, std::chrono::microseconds) {
    const std::scoped_lock lock(mutex);
    lines.push_back(fmt::format("{} {} {} {}", r.method, r.path, status, r.actor));
  };
  AddUsual();
  Start();
  RawClient client = Connect();
  client.Ask(Get("/hello?a=b"));
  client.Ask(Get("/nothing"));
  client.Ask("nonsense\r\n\r\n");
  server_->Stop();
  EXPECT_EQ(lines, (std::vector<std::string>{"GET /hello 200 http", "GET /nothing 404 http",
                                             "  400 http"}));
}

}  // namespace
}  // namespace pythia::http
