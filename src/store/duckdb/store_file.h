// A store file in a folder of its own, for the tests of the DuckDB backend.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "store/open.h"
#include "store/store_contract.h"

namespace pythia {

class DuckdbHome final : public StoreHome {
 public:
  explicit DuckdbHome(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string pattern = (parent / "pythia-store-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  DuckdbHome(const DuckdbHome&) = delete;
  DuckdbHome& operator=(const DuckdbHome&) = delete;
  ~DuckdbHome() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path path() const { return folder_ / "pythia.duckdb"; }
  Config config() const {
    Config config;
    config.store = path().string();
    return config;
  }
  Result<std::unique_ptr<Store>> Open() override { return OpenStore(config()); }

 private:
  std::filesystem::path folder_;
};

}  // namespace pythia
