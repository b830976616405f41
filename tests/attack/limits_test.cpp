// Too much of everything: the right status, and memory that does not grow with what is sent.
#include <poll.h>

#include <fmt/format.h>

#include "served.h"

namespace pythia::attack {
namespace {

constexpr int64_t kMegabyte = 1 << 20;
constexpr int64_t kMostGrowth = 16 * kMegabyte;

const std::string kToPredict =
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
const std::string kToUpload =
    "POST /upload?dataset=large HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n\r\n";

class Limits : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeStore(home_.path());
    served_ = std::make_unique<Served>(home_.path());
    ASSERT_TRUE(served_->running());
    // What is made once is made now.
    for (int i = 0; i < 20; ++i) ASSERT_EQ(served_->Predict().status, 200);
    ASSERT_EQ(served_->Ask(Post("/upload?dry_run=true", "text/csv", "a,b\n1,2\n")).status, 400);
  }

  // Sends `begin`, then `piece` `times` times, or until the server stops taking it, then `end`.
  Answered Stream(const std::string& begin, const std::string& piece, int64_t times,
                  const std::string& end = "") const {
    RawClient client = served_->Connect();
    bool open = client.Send(begin);
    for (int64_t i = 0; open && i < times; ++i) open = client.Send(piece);
    if (open) client.Send(end);
    return client.Read();
  }
  // The status that comes, and memory that stays.
  void Expect(int status, const std::string& begin, const std::string& piece = "",
              int64_t times = 0, const std::string& end = "") const {
    SCOPED_TRACE(begin.substr(0, 120) + " ... " + piece.substr(0, 40));
    Answered answer;
    const int64_t growth =
        GrowthDuring(*served_, [&] { answer = Stream(begin, piece, times, end); });
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_LT(growth, kMostGrowth);
  }

  Home home_;
  std::unique_ptr<Served> served_;
};

TEST_F(Limits, HeadersAndTargets) {
  const std::string megabyte(kMegabyte, 'a');
  const int64_t megabytes = Sized(64, 1024);
  Expect(431, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", megabyte, megabytes);
  Expect(414, "GET /", megabyte, megabytes);
  Expect(414, "", megabyte, megabytes);  // not even the method ends
  Expect(414, Get("/" + megabyte));
  Expect(414, Get("/predict?a=" + megabyte));
  std::string headers;
  for (int i = 0; i < 100000; ++i) headers += fmt::format("x-{}: 1\r\n", i);
  Expect(431, Get("/health/live", headers));
}

TEST_F(Limits, FramingThatMeansTwoThings) {
  Expect(400, kToPredict + "Content-Length: 2\r\n" + kChunked + "2\r\n{}\r\n0\r\n\r\n");
  Expect(400, kToPredict + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ");
  Expect(400, kToPredict + "Content-Length: 18446744073709551616\r\n\r\n{}");
  Expect(400, kToPredict + kChunked + "-2\r\n{}\r\n0\r\n\r\n");
  Expect(400, kToPredict + kChunked + "10000000000000000\r\n{}\r\n0\r\n\r\n");
  Expect(400, kToUpload + kChunked + "-2\r\na,\r\n0\r\n\r\n");
  Expect(400, kToUpload + kChunked + "10000000000000000\r\na,\r\n0\r\n\r\n");
}

TEST_F(Limits, BodiesOfJson) {
  const std::string spaces(kMegabyte, ' ');
  Expect(413, Post("/predict", kJson, std::string(20 * kMegabyte, ' ')));
  Expect(413, kToPredict + "Content-Length: 1000000000000\r\n\r\n", spaces, 64);
  // One chunk without end, and chunks without end.
  Expect(413, kToPredict + kChunked + "7fffffffffffffff\r\n", spaces, Sized(32, 1024));
  Expect(413, kToPredict + kChunked, "1000\r\n" + std::string(4096, ' ') + "\r\n", 100000);
  std::string tiny;
  for (int i = 0; i < 10000; ++i) tiny += "1\r\n \r\n";
  Expect(413, kToPredict + kChunked, tiny, 1000);
}

TEST_F(Limits, FormsAndParts) {
  const auto form = [](const std::string& type, const std::string& body) {
    return Post("/upload", type, body);
  };
  const std::string type = "multipart/form-data; boundary=XX";
  Expect(400, form("multipart/form-data", "--XX\r\n\r\n\r\n--XX--\r\n"));
  Expect(400, form(type, std::string(8 * kMegabyte, 'a')));
  std::string parts;
  for (int i = 0; i < 100000; ++i) {
    parts += fmt::format("--XX\r\nContent-Disposition: form-data; name=a{}\r\n\r\n1\r\n", i);
  }
  Expect(413, form(type, parts + "--XX--\r\n"));
  // A part whose header never ends, and a field that never does.
  Expect(413, form(type, "--XX\r\nContent-Disposition: " + std::string(8 * kMegabyte, 'a')));
  Expect(413, form(type, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n" +
                             std::string(8 * kMegabyte, 'a')));
}

// It is taken whole, to disk; that no row of it can be read is the job's to say.
TEST_F(Limits, AnUploadWithoutANewline) {
  const std::string piece(kMegabyte, 'a');
  const int64_t megabytes = Sized(64, 1024);
  Answered answer;
  Json job;
  const int64_t growth = GrowthDuring(*served_, [&] {
    answer = Stream(kToUpload + fmt::format("Content-Length: {}\r\n\r\n", megabytes * kMegabyte),
                    piece, megabytes);
    ASSERT_EQ(answer.status, 202) << answer.body;
    job = served_->AwaitJob(Json::parse(answer.body)["id"], std::chrono::seconds(120));
  });
  ASSERT_FALSE(job.empty());
  EXPECT_EQ(job["state"], "failed") << job;
  EXPECT_LT(growth, kMostGrowth);
  EXPECT_EQ(served_->Predict().status, 200);
}

// Many large documents at once are refused before they fill the memory.
TEST_F(Limits, ManyBodiesAtOnce) {
  constexpr int kClients = 200;
  const std::string piece(kMegabyte, ' ');
  int refused = 0;
  std::vector<RawClient> clients;
  const int64_t growth = GrowthDuring(*served_, [&] {
    for (int i = 0; i < kClients; ++i) {
      clients.push_back(served_->Connect());
      clients.back().Send(kToPredict + "Content-Length: 8388608\r\n\r\n");
    }
    for (int megabyte = 0; megabyte < 7; ++megabyte) {
      for (const RawClient& client : clients) client.Send(piece);
    }
    EXPECT_EQ(served_->Predict().status, 200);  // small ones are answered meanwhile
    for (RawClient& client : clients) {
      if (client.HasAnswer()) {
        const Answered answer = client.Read();
        EXPECT_EQ(answer.status, 503);
        EXPECT_EQ(answer.Header("Retry-After"), "1");
        ++refused;
      }
    }
  });
  EXPECT_GT(refused, kClients / 2);
  EXPECT_LT(growth, 192 * kMegabyte);
  clients.clear();
  // Whoever comes later finds room again.
  const std::string large = std::string(7 * kMegabyte, ' ') + std::string(kPlan);
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    status = served_->Ask(Post("/predict", kJson, large)).status;
  }
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace pythia::attack
