// Whole numbers that were met, a bit each. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pythia {

// For ids that lie close together, as serial numbers do.
class IdSet {
 public:
  // Adds all of them; false, and some were added, where one is there already, is 2^32 or more, or
  // where the ids lie so far apart that a bit each is no small thing.
  bool AddNew(std::span<const uint64_t> ids);

 private:
  static constexpr uint64_t kMostId = uint64_t{1} << 32;
  static constexpr uint64_t kPageIds = 1 << 15;
  using Page = std::array<uint64_t, kPageIds / 64>;

  std::vector<std::unique_ptr<Page>> pages_;
  size_t num_pages_ = 0;
  size_t ids_ = 0;
};

}  // namespace pythia
