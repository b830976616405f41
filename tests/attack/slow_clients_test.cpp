// Clients that send a byte now and then, hundreds of them: the others do not notice.
#include <algorithm>
#include <atomic>
#include <thread>

#include "served.h"

namespace pythia::attack {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Sends a byte of its request every ten seconds.
struct SlowClient {
  RawClient client;
  std::string rest;  // not sent yet

  void SendByte() {
    if (rest.empty()) return;
    client.Send(rest.substr(0, 1));
    rest.erase(0, 1);
  }
};

std::vector<SlowClient> Begin(const Served& served, int count) {
  std::vector<SlowClient> clients;
  for (int i = 0; i < count; ++i) {
    const bool in_body = i % 2 == 1;
    clients.push_back({served.Connect(), "GET /health/live HTTP/1.1\r\n"});
    if (in_body) {
      clients.back().rest = std::string(5000, ' ');
      clients.back().client.Send(
          "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          "Content-Length: 5000\r\n\r\n");
    }
  }
  return clients;
}

// What a patient client waits for each answer, sorted.
std::vector<milliseconds> WaitsUntil(const Served& served, Clock::time_point end) {
  std::vector<milliseconds> waits;
  RawClient client = served.Connect();
  const std::string request = Post("/predict", kJson, kPlan);
  while (Clock::now() < end) {
    const auto begun = Clock::now();
    EXPECT_EQ(client.Ask(request).status, 200);
    waits.push_back(std::chrono::duration_cast<milliseconds>(Clock::now() - begun));
    std::this_thread::sleep_for(milliseconds(5));
  }
  std::ranges::sort(waits);
  return waits;
}

TEST(SlowClients, AreDroppedAndDoNotSlowPredictions) {
  const Home home;
  MakeStore(home.path());
  const Served served(home.path());
  ASSERT_TRUE(served.running());
  ASSERT_EQ(served.Predict().status, 200);
  const auto begun = Clock::now();
  std::vector<SlowClient> clients = Begin(served, Sized(100, 500));
  std::atomic<bool> stop = false;
  std::thread sender([&] {
    for (int tick = 0; !stop; ++tick) {
      if (tick % 100 == 0) {
        for (SlowClient& client : clients) client.SendByte();
      }
      std::this_thread::sleep_for(milliseconds(100));
    }
  });
  const std::vector<milliseconds> waits = WaitsUntil(served, begun + seconds(8));
  EXPECT_LT(waits[waits.size() * 99 / 100], Sized(milliseconds(250), milliseconds(50)));
  // They have until then.
  std::this_thread::sleep_until(begun + seconds(29));
  stop = true;
  sender.join();
  for (SlowClient& client : clients) {
    EXPECT_EQ(client.client.Read().status, 408);
    EXPECT_TRUE(client.client.IsClosed(milliseconds(1000)));
  }
  EXPECT_LT(Clock::now() - begun, seconds(31));
  EXPECT_EQ(served.Predict().status, 200);
}

}  // namespace
}  // namespace pythia::attack
