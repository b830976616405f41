// The contract of Store as tests (contract_*_test.cpp), for any backend: a backend runs through
// them with
//   INSTANTIATE_TEST_SUITE_P(Name, StoreContract, ::testing::Values(StoreBackend{...}), ...)
// in a source of this room's test binary.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/store.h"

namespace pythia {

// One empty place for a store; removed with it. Open() again finds what was there.
class StoreHome {
 public:
  virtual ~StoreHome() = default;
  virtual Result<std::unique_ptr<Store>> Open() = 0;
};

struct StoreBackend {
  std::string name;
  std::function<std::unique_ptr<StoreHome>()> make_home;  // null: skip, there can be none here
};

inline void PrintTo(const StoreBackend& backend, std::ostream* out) { *out << backend.name; }

// One row of the tables that the tests load.
struct TestRow {
  std::optional<std::string> id;
  std::optional<std::string> channel;
  std::optional<double> spend;
  std::optional<double> clicks;
  std::optional<double> roi;
  std::optional<int32_t> day;
};

// Id (text), Channel (category), Spend (money), Clicks (count), ROI (number), Day (date).
Schema TestSchema();
Table TestTable(const std::vector<TestRow>& rows);
// `count` rows whose values follow from `first`, `first` + 1 ...; every 7th spend is missing.
Table NumberedTable(int64_t first, int64_t count);

// Every row as text, "name=value|...", with missing values as "name=-".
std::vector<std::string> Lines(const Table& table);

LoadRequest Request(const std::string& dataset, LoadMode mode, const std::string& sha256,
                    const Schema& schema = TestSchema());

class StoreContract : public ::testing::TestWithParam<StoreBackend> {
 protected:
  void SetUp() override;

  Store& store() { return *store_; }
  void Close() { store_.reset(); }
  void Reopen();

  // Loads `table` and requires that it succeeds.
  DatasetInfo MustLoad(const LoadRequest& request, const Table& table);
  // What is looked for; a default value, and a failure, where it is not there.
  template <typename T>
  static T MustFind(const Result<std::optional<T>>& found) {
    if (found) {
      const std::optional<T>& value = *found;
      if (value) return *value;
    }
    ADD_FAILURE() << (found ? "not there" : found.error().ToString());
    return {};
  }
  // The rows of a scan, and that Rewind() gives the same again.
  Table MustScan(const ScanRequest& request);
  // Lines of the whole current generation.
  std::vector<std::string> Rows(const std::string& dataset);

  std::unique_ptr<StoreHome> home_;
  std::unique_ptr<Store> store_;
};

}  // namespace pythia
