// A folder with a store, models and exports of its own, for the tests of this room.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"

namespace pythia {

class EngineHome : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "pythia-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    config_.store = (folder_ / "pythia.duckdb").string();
    config_.models = folder_ / "models";
    config_.exports = folder_ / "exports";
    config_.threads = 1;
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path folder_;
  Config config_;
};

}  // namespace pythia
