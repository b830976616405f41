#include "base/row_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <stop_token>
#include <system_error>
#include <thread>

#include "base/file.h"

namespace pythia {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(5);

struct Mapping {
  size_t bytes = 0;
  bool in_file = false;
};

size_t PageBytes() {
  static const auto bytes = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

// Bytes of files, the program's own among them, that are resident.
size_t ResidentOfFiles() {
  std::ifstream file("/proc/self/statm");
  size_t all = 0;
  size_t resident = 0;
  size_t of_files = 0;
  return file >> all >> resident >> of_files ? of_files * PageBytes() : 0;
}

// A file that nobody else can see, with room for so many bytes.
Result<int> OpenFile(std::filesystem::path folder, size_t bytes) {
  std::error_code ignored;
  if (folder.empty()) folder = std::filesystem::temp_directory_path(ignored);
  if (folder.empty()) folder = ".";
  int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {  // not every file system has such files
    std::string name = (folder / ".pythia-rows-XXXXXX").string();
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return Fail(IoError(errno, "make a temporary file", folder));
    ::unlink(name.c_str());
  }
  // The room is taken now: a page that finds none later would end the program.
  const int failed = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  if (failed == 0) return descriptor;
  ::close(descriptor);
  return Fail(IoError(failed, "make room for the rows of this history", folder));
}

// Not every file system can be read and written as memory.
Error NotMapped(int code, bool in_file, const std::filesystem::path& folder) {
  if (in_file) return IoError(code, "use a file as memory for the rows of this history", folder);
  return {.code = ErrorCode::kIo, .message = "there is no memory for the rows of this history"};
}

class Memory {
 public:
  static Memory& Instance() {
    static auto* const memory = new Memory();  // never destroyed: vectors may outlive all else
    return *memory;
  }

  void SetLimits(const RowMemoryLimits& limits) {
    const std::scoped_lock lock(mutex_);
    limits_ = limits;
    use_.most_in_files = use_.in_files;
  }
  RowMemoryLimits limits() {
    const std::scoped_lock lock(mutex_);
    return limits_;
  }
  RowMemoryUse use() {
    const std::scoped_lock lock(mutex_);
    return use_;
  }

  // Null: not big.
  void* Allocate(size_t bytes) {
    const std::scoped_lock lock(mutex_);
    if (bytes < limits_.smallest_big) return nullptr;
    const bool in_file = use_.in_memory + bytes > limits_.in_memory;
    void* memory = MAP_FAILED;
    if (in_file) {
      const Result<int> descriptor = OpenFile(limits_.folder, bytes);
      if (!descriptor) throw RowMemoryError(descriptor.error());
      memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *descriptor, 0);
      const int code = errno;
      ::close(*descriptor);
      errno = code;
    } else {
      memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    if (memory == MAP_FAILED) throw RowMemoryError(NotMapped(errno, in_file, limits_.folder));
    mappings_.emplace(memory, Mapping{.bytes = bytes, .in_file = in_file});
    (in_file ? use_.in_files : use_.in_memory) += bytes;
    use_.most_in_files = std::max(use_.most_in_files, use_.in_files);
    if (in_file && !keeper_.joinable()) StartKeeper();
    return memory;
  }

  // False: not ours.
  bool Free(void* memory) {
    std::jthread over;  // joined without the lock
    {
      const std::scoped_lock lock(mutex_);
      const auto found = mappings_.find(memory);
      if (found == mappings_.end()) return false;
      const Mapping mapping = found->second;
      ::munmap(memory, mapping.bytes);
      mappings_.erase(found);
      (mapping.in_file ? use_.in_files : use_.in_memory) -= mapping.bytes;
      if (mapping.in_file && use_.in_files == 0) over = std::move(keeper_);
    }
    return true;
  }

 private:
  // Gives back what files have resident as soon as it is much. A page that is needed again comes
  // from the system's cache.
  void StartKeeper() {
    const size_t before = ResidentOfFiles();
    try {
      keeper_ = std::jthread([this, before](const std::stop_token& stop) { Keep(before, stop); });
    } catch (const std::system_error&) {  // no thread to be had: the system alone sees to it
      return;
    }
  }
  void Keep(size_t before, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (ResidentOfFiles() > before + limits_.resident) {
        for (const auto& [memory, mapping] : mappings_) {
          if (mapping.in_file) ::madvise(memory, mapping.bytes, MADV_DONTNEED);
        }
      }
      awake_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
  }

  std::mutex mutex_;
  RowMemoryLimits limits_;
  RowMemoryUse use_;
  std::map<void*, Mapping> mappings_;
  std::condition_variable_any awake_;
  std::jthread keeper_;
};

}  // namespace

void SetRowMemory(const RowMemoryLimits& limits) { Memory::Instance().SetLimits(limits); }
RowMemoryLimits RowMemory() { return Memory::Instance().limits(); }
RowMemoryUse UsedRowMemory() { return Memory::Instance().use(); }

namespace internal {
namespace {

// Where no array can be big: most are not looked up.
constexpr size_t kNeverBig = 4096;

}  // namespace

void* AllocateRows(size_t bytes) {
  if (bytes >= kNeverBig) {
    if (void* memory = Memory::Instance().Allocate(bytes)) return memory;
  }
  return ::operator new(bytes);
}

void FreeRows(void* memory, size_t bytes) noexcept {
  if (bytes >= kNeverBig && reinterpret_cast<uintptr_t>(memory) % PageBytes() == 0 &&
      Memory::Instance().Free(memory)) {
    return;
  }
  ::operator delete(memory);
}

}  // namespace internal
}  // namespace pythia
