// The process is killed, the disk is full, the store is someone else's: data stays whole, and the
// newest complete model serves.
#include <atomic>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "base/random.h"
#include "served.h"

namespace pythia::attack {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kRowsOfUpload = 500;

// A file that no other call has made.
std::string NewHistory(Random* random) {
  std::string text = "Campaign_ID,Channel_Used,Duration,Acquisition_Cost,Impressions,Clicks,ROI\n";
  for (int i = 0; i < kRowsOfUpload; ++i) {
    const uint64_t impressions = 1000 + random->Below(100000);
    text += fmt::format("c{:x},{},{},{},{},{},{:.2f}\n", random->Next(),
                        random->Below(2) == 0 ? "Email" : "Google Ads", 5 + random->Below(60),
                        500 + random->Below(20000), impressions, random->Below(impressions / 10),
                        random->Uniform() * 8);
  }
  return text;
}

int64_t RowsOf(const Served& served) {
  const Json answer = served.AskJson(Get("/api/datasets/campaigns"));
  if (!answer.is_object() || !answer.contains("generations")) return -1;
  return answer["generations"].back()["rows"];
}

// Uploads, trainings and predictions until the server is gone; counts what was acknowledged.
class Work {
 public:
  Work(const Served& served, uint64_t seed) {
    threads_.emplace_back([&served, seed, this] {
      Random random(seed);
      for (int status = 200; status == 200;) {
        status =
            served
                .Ask(Post("/upload?dataset=campaigns&mode=append", "text/csv", NewHistory(&random)))
                .status;
        ++(status == 200 ? loaded_ : unknown_);
      }
    });
    threads_.emplace_back([&served, seed, this] {
      for (uint64_t i = 1; i < 1000; ++i) {
        const Json job = served.AskJson(
            Post("/api/train", kJson, fmt::format(R"({{"alpha":1,"seed":{}}})", seed * 1000 + i)));
        if (!job.is_object() || !job.contains("id")) return;
        const Json done = served.AwaitJob(job["id"], seconds(20));
        if (!done.is_object() || done.value("state", "") != "done") return;
        version_ = done["result"]["version"];
      }
    });
    threads_.emplace_back([&served] {
      while (served.Predict().status == 200) {
      }
    });
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
  }
  int loaded() const { return loaded_; }
  int unknown() const { return unknown_; }                 // begun, and not answered
  const std::string& version() const { return version_; }  // of the last training that was done

 private:
  std::atomic<int> loaded_ = 0;
  std::atomic<int> unknown_ = 0;
  std::string version_;
  std::vector<std::thread> threads_;
};

// What a fresh start must find.
void ExpectWhole(const Served& served, int64_t rows_before, const Work& work) {
  const int64_t added = RowsOf(served) - rows_before;
  EXPECT_EQ(added % kRowsOfUpload, 0) << "half a file";
  EXPECT_GE(added, work.loaded() * kRowsOfUpload) << "an acknowledged file is gone";
  EXPECT_LE(added, (work.loaded() + work.unknown()) * kRowsOfUpload);
  const Json models = served.AskJson(Get("/api/models"));
  ASSERT_TRUE(models.is_object() && !models["items"].empty()) << models;
  const std::string newest = models["items"][0]["version"];
  bool known = work.version().empty();
  for (const Json& model : models["items"]) known = known || model["version"] == work.version();
  EXPECT_TRUE(known) << "an acknowledged model is gone";
  const Answered predicted = served.Predict();
  ASSERT_EQ(predicted.status, 200) << predicted.body;
  EXPECT_EQ(Json::parse(predicted.body)["Model_Version"], newest);
  // Its file is whole: the card reads it.
  EXPECT_EQ(served.Ask(Get("/api/models/" + newest)).status, 200);
}

TEST(Faults, KilledAnywhereTheDataIsWhole) {
  const Home home;
  MakeStore(home.path());
  Random random(20261);
  int64_t rows = -1;
  int loaded = 0;
  int trained = 0;
  for (int round = 0; round < Sized(6, 50); ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    Served served(home.path());
    ASSERT_TRUE(served.running());
    if (rows < 0) rows = RowsOf(served);
    Work work(served, 100 + round);
    // Every other time something is acknowledged already, however slow the machine is.
    for (int i = 0; i < 2000 && round % 2 == 1 && work.loaded() == 0; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
    std::this_thread::sleep_for(milliseconds(20 + random.Below(700)));
    served.Kill();
    work.Join();
    const Served again(home.path());
    ASSERT_TRUE(again.running());
    ASSERT_EQ(again.Ask(Get("/health/ready")).status, 200);
    ExpectWhole(again, rows, work);
    if (HasFailure()) return;
    rows = RowsOf(again);
    loaded += work.loaded();
    trained += work.version().empty() ? 0 : 1;
  }
  RecordProperty("loads", loaded);
  RecordProperty("trainings", trained);
  EXPECT_GT(loaded, 0) << "nothing was under way when the process was killed";
}

// Fills the disk but for so many bytes.
void Fill(const std::filesystem::path& file, int64_t leave) {
  std::ofstream out(file, std::ios::binary);
  const std::string block(4096, 'x');
  while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
  out.close();
  const auto size = static_cast<int64_t>(std::filesystem::file_size(file));
  std::filesystem::resize_file(file, static_cast<uintmax_t>(std::max<int64_t>(size - leave, 0)));
}

TEST(Faults, AFullDiskIs507AndTheModelServes) {
  Home home;
  if (!home.BecomeDisk(64 << 20)) GTEST_SKIP() << "only root may make a small disk to fill";
  MakeStore(home.path());
  Served served(home.path());
  ASSERT_TRUE(served.running());
  const Answered before = served.Predict();
  ASSERT_EQ(before.status, 200);
  const std::string version = Json::parse(before.body)["Model_Version"];
  const int64_t rows = RowsOf(served);
  Random random(5);
  std::string accepted;  // a training: it may end, and its model serve, as soon as there is room
  for (const int64_t leave : {0, 32 << 10, 200 << 10}) {
    SCOPED_TRACE(leave);
    Fill(home / "ballast", leave);
    std::string history;
    for (int i = 0; i < 20; ++i) history += NewHistory(&random);
    const Answered upload =
        served.Ask(Post("/upload?dataset=campaigns&mode=append", "text/csv", history));
    EXPECT_EQ(upload.status, 507) << upload.body;
    EXPECT_EQ(upload.body.find(home.path().string()), std::string::npos) << upload.body;
    if (leave == 0) {
      const Answered job = served.Ask(Post("/api/train", kJson, R"({"alpha":1,"seed":77})"));
      // The store's log may have room for it in the block that it has already.
      EXPECT_TRUE(job.status == 507 || job.status == 202) << job.status << " " << job.body;
      if (job.status == 202) accepted = Json::parse(job.body)["id"];
    }
    const Answered predicted = served.Predict();
    EXPECT_EQ(predicted.status, 200) << predicted.body;
    if (predicted.status == 200 && accepted.empty()) {
      EXPECT_EQ(Json::parse(predicted.body)["Model_Version"], version);
    }
    EXPECT_EQ(served.Ask(Get("/health/live")).status, 200);
  }
  std::filesystem::remove(home / "ballast");
  if (!accepted.empty()) {
    EXPECT_FALSE(served.AwaitJob(accepted).is_null());
  }
  // With room again everything goes on, without a new start.
  const Answered upload =
      served.Ask(Post("/upload?dataset=campaigns&mode=append", "text/csv", NewHistory(&random)));
  EXPECT_EQ(upload.status, 200) << upload.body;
  EXPECT_EQ(RowsOf(served), rows + kRowsOfUpload);
  EXPECT_EQ(served.Ask(Get("/health/ready")).status, 200);
  EXPECT_EQ(served.Stop(), 0);
  const Served again(home.path());
  EXPECT_EQ(again.Predict().status, 200);
  EXPECT_EQ(RowsOf(again), rows + kRowsOfUpload);
}

TEST(Faults, ALockedStoreIsNotReadyUntilItIsFree) {
  const Home home;
  MakeStore(home.path());
  Served holder(home.path());
  ASSERT_EQ(holder.Predict().status, 200);
  Served served(home.path());
  ASSERT_TRUE(served.running());
  EXPECT_EQ(served.Ask(Get("/health/live")).status, 200);
  EXPECT_EQ(served.Ask(Get("/health/ready")).status, 503);
  const Json health = served.AskJson(Get("/health"));
  EXPECT_EQ(health["status"], "degraded") << health;
  EXPECT_EQ(served.Predict().status, 503);
  EXPECT_EQ(served.Ask(Get("/api/datasets")).status, 503);
  {
    Served third(home.path());
    EXPECT_EQ(third.Stop(), 0) << "nothing was left undone";
  }
  EXPECT_EQ(holder.Stop(), 0);
  EXPECT_EQ(served.Ask(Get("/health/ready")).status, 200);
  EXPECT_EQ(served.Predict().status, 200);
  EXPECT_EQ(served.Stop(), 0);
}

}  // namespace
}  // namespace pythia::attack
