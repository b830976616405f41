// What no honest client sends.
#include <thread>

#include "base/random.h"
#include "http/raw_client_fixture.h"
#include "http/server.h"

namespace pythia::http {
namespace {

class ServerAttackTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    AddUsual();
    Add("POST", "/upload", [](Request&) { return JsonResponse("{}"); }, BodyKind::kFile);
  }
};

TEST_F(ServerAttackTest, TraversalNamesNothing) {
  Start();
  RawClient client = Connect();
  for (const std::string_view path :
       {"/../etc/passwd", "/api/datasets/..", "/api/datasets/%2e%2e", "/api/datasets/%252e%252e",
        "/api/datasets/..%2f..%2fetc%2fpasswd", "/api/datasets/a%00", "/api/datasets/a%5cb",
        "/api/datasets/a\\b", "//etc/passwd", "/api/./datasets/a", "/api/datasets/%c0%ae%c0%ae"}) {
    EXPECT_EQ(client.Ask(Get(path)).status, 404) << path;
  }
  for (const std::string_view path : {"/%", "/%zz", "/api/datasets/%2", "/hello?a=%"}) {
    EXPECT_EQ(client.Ask(Get(path)).status, 400) << path;
  }
}

TEST_F(ServerAttackTest, AmbiguousFramingIs400AndCloses) {
  Start();
  const std::string begin =
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  for (const std::string_view rest :
       {"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2, 3\r\n\r\n{}",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length:\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n{}"}) {
    RawClient client = Connect();
    client.Send(begin + std::string(rest));
    EXPECT_EQ(client.Read().status, 400) << rest;
    client.EndSending();
    EXPECT_TRUE(client.IsClosed()) << rest;
  }
  EXPECT_EQ(Ask("POST /json HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .status,
            400);
}

TEST_F(ServerAttackTest, WhatIsNoHttpIs400) {
  Start();
  for (const std::string_view text :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET /hello\r\n\r\n", "GET /hello HTTP/2.0\r\n\r\n",
        "GET  /hello HTTP/1.1\r\n\r\n", "GET /hel lo HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: localhost\n\n", "\x16\x03\x01\x02",
        "GET /hello HTTP/1.1\r\nHost: localhost\r\nA: \x01\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
    EXPECT_EQ(Ask(text).status, 400) << text;
  }
  EXPECT_EQ(Ask(Get("/hello")).status, 200);
}

TEST_F(ServerAttackTest, LongHeadersAre431And414) {
  Start();
  EXPECT_EQ(Ask(Get("/hello", "X: " + std::string(8000, 'a') + "\r\n")).status, 200);
  EXPECT_EQ(Ask(Get("/hello", "X: " + std::string(17000, 'a') + "\r\n")).status, 431);
  EXPECT_EQ(Ask("GET /hello HTTP/1.1\r\nX: " + std::string(200000, 'a')).status, 431);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "a: b\r\n";
  EXPECT_EQ(Ask(Get("/hello", many)).status, 431);
  EXPECT_EQ(Ask(Get("/" + std::string(8000, 'a'))).status, 404);
  EXPECT_EQ(Ask(Get("/" + std::string(8200, 'a'))).status, 414);
  EXPECT_EQ(Ask(Get("/" + std::string(100000, 'a'))).status, 414);
  EXPECT_EQ(Ask(Get("/hello?" + std::string(8200, 'a'))).status, 414);
}

TEST_F(ServerAttackTest, LongChunkHeadersAre400) {
  Start();
  const std::string begin =
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(Ask(begin + "2;" + std::string(200000, 'a')).status, 400);
  EXPECT_EQ(Ask(begin + "0\r\nTrailer: " + std::string(200000, 'a')).status, 400);
}

TEST_F(ServerAttackTest, AHundredThousandPartsAre413) {
  Start();
  std::string body;
  for (int i = 0; i < 100000; ++i) {
    body += "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
  }
  EXPECT_EQ(Ask(Post("/upload", "multipart/form-data; boundary=XX", body)).status, 413);
}

TEST_F(ServerAttackTest, ForeignRequestsMayNotPost) {
  Start();
  EXPECT_EQ(Ask(Post("/upload", "multipart/form-data; boundary=XX", "x",
                     "Origin: https://evil.example\r\n"))
                .status,
            403);
  EXPECT_EQ(NumFiles(), 0U);
}

// Whatever comes, the server answers or closes, and lives on.
TEST_F(ServerAttackTest, SurvivesNoise) {
  Start();
  Random random(7);
  const std::string good = Post("/json", "application/json", "[1,2,3]") + Get("/hello");
  for (int round = 0; round < 500; ++round) {
    std::string text = good;
    for (uint64_t i = 1 + random.Below(6); i > 0; --i) {
      text[random.Below(text.size())] = static_cast<char>(random.Below(256));
    }
    RawClient client = Connect();
    client.Send(text);
    client.EndSending();
    while (client.Read().status != 0) {
    }
  }
  EXPECT_EQ(Ask(Get("/hello")).status, 200);
}

class SlowClientTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    options_.limits.header_time = std::chrono::seconds(1);
    options_.limits.body_time = std::chrono::seconds(1);
    options_.limits.idle_time = std::chrono::seconds(1);
    AddUsual();
  }
  // Sends a byte now and then until the server answers or closes.
  static void Trickle(RawClient* client, std::string_view text) {
    for (const char c : text) {
      if (!client->Send({&c, 1})) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
};

TEST_F(SlowClientTest, AreDropped) {
  Add("GET", "/large", [](Request&) { return JsonResponse(std::string(64 << 20, ' ')); });
  Start();
  RawClient silent = Connect();
  RawClient idle = Connect();
  EXPECT_EQ(idle.Ask(Get("/hello")).status, 200);
  RawClient header = Connect();
  RawClient body = Connect();
  RawClient reader = Connect();
  reader.Send(Get("/large"));  // and never reads
  std::thread first([&] { Trickle(&header, std::string(25, 'A')); });
  std::thread second([&] {
    body.Send(
        "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 5000\r\n\r\n");
    Trickle(&body, std::string(25, ' '));
  });
  EXPECT_EQ(header.Read().status, 408);
  EXPECT_EQ(body.Read().status, 408);
  EXPECT_TRUE(silent.IsClosed());
  EXPECT_TRUE(idle.IsClosed());
  first.join();
  second.join();
  server_->Stop();
  EXPECT_LT(reader.Read().body.size(), size_t{64} << 20);
}

TEST_F(SlowClientTest, SteadyOnesAreNot) {
  Start();
  RawClient client = Connect();
  client.Send(
      "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 6000\r\n\r\n");
  for (int i = 0; i < 12; ++i) {  // 1.8 seconds in all, at twice the least rate
    client.Send(std::string(500, ' '));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
  }
  EXPECT_EQ(client.Read().status, 200);
}

}  // namespace
}  // namespace pythia::http
