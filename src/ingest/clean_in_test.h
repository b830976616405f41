// For tests: a whole file cleaned in one call.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "campaign/source.h"
#include "ingest/clean.h"

namespace pythia {

struct Cleaned {
  Table table;
  CleaningReport report;
  std::string currency;
  Grain grain = Grain::kCampaign;
  int restarts = 0;
};

inline Result<Cleaned> CleanFile(const CleanRequest& request) {
  NoProgress progress;
  PYTHIA_ASSIGN(const std::unique_ptr<Cleaning> cleaning,
                Cleaning::Open(request, progress, std::stop_token()));
  Cleaned cleaned;
  for (bool again = true; again;) {
    cleaned.table = Table(cleaning->schema());
    for (;;) {
      PYTHIA_ASSIGN(const Table* block, cleaning->Next());
      if (block == nullptr) break;
      cleaned.table.Append(*block);
    }
    PYTHIA_ASSIGN(again, cleaning->Restart());
    cleaned.restarts += again ? 1 : 0;
  }
  cleaned.currency = cleaning->currency();
  cleaned.grain = cleaning->grain();
  PYTHIA_ASSIGN(cleaned.report, cleaning->Finish());
  return cleaned;
}

// A folder that goes with its test.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "pythia-ingest-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline Result<Cleaned> CleanText(std::string_view text, CleanOptions options = {}) {
  const TestFolder folder;
  return CleanFile({.path = folder.Write("campaigns.csv", text), .options = std::move(options)});
}

}  // namespace pythia
