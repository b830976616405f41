#include "fleet_server.h"

#include <cstdlib>
#include <filesystem>

namespace pythia::fleet {
namespace {

// A file takes one service: what a fleet must keep, one of them must keep too.
class File final : public FleetServer {
 public:
  File() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pythia-fleet-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string uri() const override { return (folder_ / "pythia.duckdb").string(); }
  int instances() const override { return 1; }
  bool can_go_away() const override { return false; }
  void Kill() override {}
  void Start() override {}
  void Freeze() override {}
  void Thaw() override {}

 private:
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<FleetServer> MakeFleetServer() { return std::make_unique<File>(); }

}  // namespace pythia::fleet
