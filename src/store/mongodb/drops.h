// Removing loads that no generation names: what was pruned or deleted, and what a process left
// behind that was killed while it loaded.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/mongodb/database.h"
#include "store/names.h"

namespace pythia::mongo {

// Loads that scans of this process read: their rows stay until the scans are gone. Thread-safe.
class Pins {
 public:
  void Add(const std::vector<int64_t>& loads);
  // Those of `loads` that nothing reads any more.
  std::vector<int64_t> Remove(const std::vector<int64_t>& loads);
  bool Has(int64_t load) const;

 private:
  mutable std::mutex mutex_;
  std::map<int64_t, int> readers_;
};

// The loads with these ids are not named any more: says so, and removes their rows unless they are
// pinned.
Status DropLoads(const Database& database, const TableNames& names, const Pins& pins,
                 const std::vector<int64_t>& loads);

// Removes the rows and entries of loads that were dropped and are not pinned here, of loads whose
// process has not been heard of for a minute, and the rest of datasets whose deletion was
// interrupted.
Status Sweep(const Database& database, const TableNames& names, const Pins& pins);

// Removes all that comes from a dataset that is marked as being deleted.
Status FinishDeletion(const Database& database, const TableNames& names, const Pins& pins,
                      std::string_view dataset);

}  // namespace pythia::mongo
