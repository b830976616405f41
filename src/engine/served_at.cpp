#include "engine/served_at.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace pythia {
namespace {

constexpr int64_t kMostNoteBytes = 4096;

std::filesystem::path NoteOf(const std::filesystem::path& store) {
  return store.string() + ".server";
}

}  // namespace

Result<ServedAt> ServedAt::Write(const std::filesystem::path& store, const std::string& address) {
  PYTHIA_TRY(WriteFileAtomically(NoteOf(store), address + " " + std::to_string(::getpid()) + "\n"));
  return ServedAt(NoteOf(store));
}

ServedAt::ServedAt(ServedAt&& other) noexcept : note_(std::exchange(other.note_, {})) {}

ServedAt::~ServedAt() {
  std::error_code ignored;
  if (!note_.empty()) std::filesystem::remove(note_, ignored);
}

std::optional<std::string> AddressOfServer(const std::filesystem::path& store) {
  const Result<std::string> note = ReadFile(NoteOf(store), kMostNoteBytes);
  if (!note) return std::nullopt;
  std::istringstream words(*note);
  std::string address;
  pid_t process = 0;
  if (!(words >> address >> process) || process <= 0 || !address.starts_with("http")) {
    return std::nullopt;
  }
  if (::kill(process, 0) != 0 && errno != EPERM) return std::nullopt;
  return address;
}

}  // namespace pythia
