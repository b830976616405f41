// Other processes, kills and full disks. Children are forked while no store is open here, and end
// with _exit.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "store/duckdb/store_file.h"

namespace pythia {
namespace {

class Child {
 public:
  // Runs `work` in a process of its own; its result is the exit status.
  explicit Child(const std::function<int()>& work) : pid_(::fork()) {
    if (pid_ == 0) ::_exit(work());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { Kill(); }

  pid_t pid() const { return pid_; }
  void Kill() {
    if (waited_) return;
    ::kill(pid_, SIGKILL);
    Wait();
  }
  int Wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
  bool waited_ = false;
};

// One byte from a child to its parent.
class Signal {
 public:
  Signal() { EXPECT_EQ(::pipe(ends_), 0); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void Send() const { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }
  void Await() const {
    char byte = 0;
    EXPECT_EQ(::read(ends_[0], &byte, 1), 1);
  }

 private:
  int ends_[2] = {-1, -1};
};

bool LoadInto(Store& store, const LoadRequest& request, const Table& table, Error* error) {
  auto start = store.BeginLoad(request);
  if (!start) {
    *error = start.error();
    return false;
  }
  for (int part = 0; part < 20; ++part) {
    if (Status appended = start->load->Append(table); !appended) {
      *error = appended.error();
      return false;
    }
  }
  auto info = start->load->Commit();
  if (!info) *error = info.error();
  return info.has_value();
}

bool LoadInto(Store& store, const LoadRequest& request, const Table& table) {
  Error error;
  return LoadInto(store, request, table, &error);
}

int64_t RowsOf(Store& store) {
  auto source = store.Scan({.dataset = "d", .generation = 0, .columns = {}, .filters = {}});
  if (!source) return -1;
  const auto table = ReadAll(**source);
  return table ? table->num_rows() : -1;
}

TEST(DuckdbStoreAttack, ASecondProcessIsToldWhoHoldsTheFile) {
  DuckdbHome home;
  const Signal held;
  Child child([&] {
    auto store = home.Open();
    held.Send();
    ::pause();
    return 0;
  });
  held.Await();
  const auto store = home.Open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kBusy);
  EXPECT_EQ(store.error().message, "the store " + home.path().string() +
                                       " is in use by another pythia process (PID " +
                                       std::to_string(child.pid()) + ")");
  EXPECT_EQ(store.error().hint, "Wait for it or stop it.");
  child.Kill();
  EXPECT_TRUE(home.Open());
}

TEST(DuckdbStoreAttack, AKillInTheMiddleOfALoadLeavesTheOldData) {
  DuckdbHome home;
  const Table rows = NumberedTable(0, 1000);
  {
    auto store = *home.Open();
    ASSERT_TRUE(LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), rows));
  }
  const Table many = NumberedTable(0, 50000);
  const Signal midway;
  Child child([&] {
    auto store = *home.Open();
    auto start = store->BeginLoad(Request("d", LoadMode::kReplace, "s1"));
    for (int part = 0; part < 8; ++part) {
      if (!start->load->Append(many)) return 1;
    }
    midway.Send();
    ::pause();
    return 0;
  });
  midway.Await();
  child.Kill();
  auto store = *home.Open();
  EXPECT_EQ(RowsOf(*store), 20000);
  EXPECT_EQ(store->Generations("d")->size(), 1U);
  EXPECT_TRUE(LoadInto(*store, Request("d", LoadMode::kReplace, "s1"), rows));
}

TEST(DuckdbStoreAttack, AKillAtAnyMomentLeavesOneCompleteState) {
  DuckdbHome home;
  const Table small = NumberedTable(0, 700);
  const Table large = NumberedTable(0, 3500);
  {
    auto store = *home.Open();
    ASSERT_TRUE(LoadInto(*store, Request("d", LoadMode::kCreate, "start"), small));
  }
  for (int round = 0; round < 12; ++round) {
    const Signal ready;
    Child child([&] {
      auto store = home.Open();
      if (!store) return 1;
      ready.Send();
      for (int i = 0;; ++i) {
        const std::string sha = std::to_string(round) + "/" + std::to_string(i);
        if (!LoadInto(**store, Request("d", LoadMode::kReplace, sha), i % 2 == 0 ? large : small) ||
            !(*store)->Prune({.logs_before = "", .max_log_rows = 0, .kept_generations = 2})) {
          return 2;
        }
      }
    });
    ready.Await();
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + round * 23));
    child.Kill();
    auto store = home.Open();
    ASSERT_TRUE(store) << store.error().ToString();
    const int64_t rows = RowsOf(**store);
    EXPECT_TRUE(rows == int64_t{20} * 700 || rows == int64_t{20} * 3500) << rows;
    EXPECT_EQ((*store)->FindDataset("d")->value_or(DatasetInfo{}).rows, rows);
    EXPECT_EQ((*store)->DistinctValues("d", "Channel")->size(), 13U);
  }
}

// Exit statuses of the child that runs into the full disk.
enum Outcome { kRefusedAsIo = 0, kLoaded = 1, kOtherError = 2, kNoStore = 3 };

int LoadTooMuch(DuckdbHome& home) {
  auto store = home.Open();
  if (!store) return kNoStore;
  Error error;
  if (LoadInto(**store, Request("d", LoadMode::kReplace, "s1"), NumberedTable(0, 100000), &error)) {
    return kLoaded;
  }
  if (error.code == ErrorCode::kIo && !error.hint.empty()) return kRefusedAsIo;
  ADD_FAILURE() << error.ToString();
  return kOtherError;
}

void ExpectOldData(DuckdbHome& home) {
  auto store = home.Open();
  ASSERT_TRUE(store) << store.error().ToString();
  EXPECT_EQ(RowsOf(**store), 2000);
  EXPECT_EQ((*store)->Generations("d")->size(), 1U);
}

TEST(DuckdbStoreAttack, AFileThatMayNotGrowLeavesTheOldData) {
  DuckdbHome home;
  {
    auto store = *home.Open();
    ASSERT_TRUE(LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 100)));
  }
  Child child([&] {
    (void)::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 4 << 20, .rlim_max = 4 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return LoadTooMuch(home);
  });
  EXPECT_EQ(child.Wait(), kRefusedAsIo);
  ExpectOldData(home);
}

// A file system of its own, in memory, of 8 MB.
class SmallDisk {
 public:
  SmallDisk() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pythia-disk-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    mounted_ = ::mount("none", path_.c_str(), "tmpfs", 0, "size=8m") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  bool MakeRoom() const {
    return ::mount("none", path_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0;
  }
  bool mounted() const { return mounted_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool mounted_ = false;
};

TEST(DuckdbStoreAttack, AFullDiskLeavesTheOldData) {
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "only root may make a small disk to fill";
  DuckdbHome home(disk.path());
  {
    auto store = *home.Open();
    ASSERT_TRUE(LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 100)));
  }
  EXPECT_EQ(LoadTooMuch(home), kRefusedAsIo);
  ExpectOldData(home);
  ASSERT_TRUE(disk.MakeRoom());
  auto store = *home.Open();
  Error error;
  EXPECT_TRUE(
      LoadInto(*store, Request("d", LoadMode::kReplace, "s2"), NumberedTable(0, 200), &error))
      << error.ToString();
}

}  // namespace
}  // namespace pythia
