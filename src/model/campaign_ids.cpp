#include "model/campaign_ids.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "base/random.h"

namespace pythia {
namespace {

// Rows of one part: its table stays in the second-level cache, or nearly. Not too many parts, for
// they are filled side by side, and where they lie in a file the system may keep 2 MB of each.
constexpr size_t kPartRows = size_t{1} << 17;
constexpr int kMostBits = 6;

// The rows that have an id, sorted by the upper bits of its key.
class Parts {
 public:
  explicit Parts(const RowVector<IdKey>& ids)
      : bits_(std::min(kMostBits, static_cast<int>(std::bit_width(ids.size() / kPartRows)))),
        ends_((size_t{1} << bits_) + 1) {
    for (const IdKey& id : ids) {
      if (!id.none()) ++ends_[PartOf(id) + 1];
    }
    for (size_t p = 1; p < ends_.size(); ++p) ends_[p] += ends_[p - 1];
    rows_.resize(ends_.back());
    std::vector<size_t> next = ends_;
    for (size_t row = 0; row < ids.size(); ++row) {
      if (!ids[row].none())
        rows_[next[PartOf(ids[row])]++] = {ids[row], static_cast<uint32_t>(row)};
    }
  }

  struct Row {
    IdKey id;
    uint32_t row = 0;
  };
  size_t size() const { return ends_.size() - 1; }
  // In the order of the rows.
  std::span<const Row> operator[](size_t part) const {
    return std::span(rows_).subspan(ends_[part], ends_[part + 1] - ends_[part]);
  }

 private:
  size_t PartOf(const IdKey& id) const { return bits_ == 0 ? 0 : id.first >> (64 - bits_); }

  int bits_;
  std::vector<size_t> ends_;
  RowVector<Row> rows_;
};

// Open addressing: a place holds the position of the row that came first with its id. As large as
// there are ids, which may be few where rows are many.
class Places {
 public:
  void Reset(std::span<const Parts::Row> rows) {
    rows_ = rows;
    used_ = 0;
    places_.assign(std::bit_ceil(std::min(rows.size(), kPartRows) * 3 / 2 + 1), kFree);
  }
  // The position of the first row with the id of row i, which is i where it is new.
  uint32_t FirstLike(uint32_t i) {
    uint32_t& place = places_[PlaceOf(rows_[i].id)];
    if (place != kFree) return place;
    place = i;
    if (++used_ * 3 / 2 >= places_.size()) Grow();
    return i;
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;

  size_t PlaceOf(const IdKey& id) const {
    const size_t mask = places_.size() - 1;
    size_t at = id.second & mask;
    while (places_[at] != kFree && rows_[places_[at]].id != id) at = (at + 1) & mask;
    return at;
  }
  void Grow() {
    std::vector<uint32_t> before(places_.size() * 2, kFree);
    before.swap(places_);
    for (const uint32_t i : before) {
      if (i != kFree) places_[PlaceOf(rows_[i].id)] = i;
    }
  }

  std::span<const Parts::Row> rows_;
  size_t used_ = 0;
  std::vector<uint32_t> places_;
};

// Calls repeated(row, first row of that id) until it says false.
template <typename Repeated>
void ForRepeats(std::span<const Parts::Row> rows, Places* places, const Repeated& repeated) {
  places->Reset(rows);
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const uint32_t first = places->FirstLike(i);
    if (first != i && !repeated(rows[i].row, rows[first].row)) return;
  }
}

}  // namespace

uint64_t HashText(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return Mix64(hash);
}

IdKey KeyOf(std::string_view text, uint64_t hash) {
  uint64_t second = Mix64(0x6964 ^ text.size());
  for (size_t at = 0; at < text.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
    second = Mix64(second * 0x9e3779b97f4a7c15ULL ^ word);
  }
  return {.first = hash, .second = second | 1};
}

RowNumbers FirstRows(const RowVector<IdKey>& ids) {
  const Parts parts(ids);
  Places places;
  bool any = false;
  for (size_t p = 0; p < parts.size() && !any; ++p) {
    ForRepeats(parts[p], &places, [&](uint32_t /*row*/, uint32_t /*first*/) {
      any = true;
      return false;
    });
  }
  RowNumbers first_rows;
  if (!any) return first_rows;
  first_rows.resize(ids.size());
  for (size_t row = 0; row < ids.size(); ++row) first_rows[row] = static_cast<uint32_t>(row);
  for (size_t p = 0; p < parts.size(); ++p) {
    ForRepeats(parts[p], &places, [&](uint32_t row, uint32_t first) {
      first_rows[row] = first;
      return true;
    });
  }
  return first_rows;
}

}  // namespace pythia
