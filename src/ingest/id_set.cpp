#include "ingest/id_set.h"

namespace pythia {
namespace {

constexpr size_t kSparsePages = 256;   // 1 MiB
constexpr size_t kLeastPerPage = 512;  // 8 bytes for an id

}  // namespace

bool IdSet::AddNew(std::span<const uint64_t> ids) {
  for (const uint64_t id : ids) {
    if (id >= kMostId) return false;
    const size_t place = id / kPageIds;
    if (place >= pages_.size()) pages_.resize(place + place / 2 + 1);
    std::unique_ptr<Page>& page = pages_[place];
    if (page == nullptr) {
      ++num_pages_;
      if (num_pages_ > kSparsePages && ids_ < num_pages_ * kLeastPerPage) return false;
      page = std::make_unique<Page>();
    }
    uint64_t& word = (*page)[id % kPageIds / 64];
    const uint64_t bit = uint64_t{1} << (id & 63);
    if ((word & bit) != 0) return false;
    word |= bit;
    ++ids_;
  }
  return true;
}

}  // namespace pythia
