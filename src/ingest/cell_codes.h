// Numbers for the texts of a column's cells.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace pythia {

// Remembers every cell as it stands in the file, so that what it means is found out once. Open
// addressing, with a factor under which few cells share a place; cells up to 32 bytes are compared
// without a branch. Not thread-safe.
class CellCodes {
 public:
  CellCodes() : slots_(64) {}
  // The number that was kept for `cell`; null where there is none yet. 32 bytes at `cell` can be
  // read, whatever its length.
  const uint32_t* Find(std::string_view cell) const;
  void Keep(std::string_view cell, uint32_t code);

 private:
  static constexpr size_t kShort = 32;
  using Half [[gnu::vector_size(16)]] = uint64_t;
  // The first bytes, zeros behind the text, and what all of the cell sums up to.
  struct Key {
    Half low = {};
    Half high = {};
    uint64_t sum = 0;
  };
  struct alignas(64) Slot {
    Key key;
    uint32_t size = kFree;
    uint32_t code = 0;
    const char* text = nullptr;  // of cells that are longer
  };
  static constexpr uint32_t kFree = ~uint32_t{0};
  static Half Part(const char* text, size_t half, size_t size);
  static Key KeyOf(std::string_view cell);
  static uint64_t SumOfRest(std::string_view cell);
  static bool Holds(const Slot& slot, const Key& key, size_t size);
  const uint32_t* FindFar(const Key& key, std::string_view cell) const;
  size_t PlaceOf(const Key& key) const { return key.sum * factor_ >> shift_; }
  bool PutAll(const std::vector<Slot>& from);
  void Rebuild(size_t slots);

  std::vector<Slot> slots_;
  uint64_t factor_ = 0x9E3779B97F4A7C15ULL;  // odd
  unsigned shift_ = 64 - 6;                  // to as many bits as there are slots
  size_t used_ = 0;
  std::deque<std::string> long_texts_;
};

// 16 of the first 32 bytes, without what is not the text's.
inline CellCodes::Half CellCodes::Part(const char* text, size_t half, size_t size) {
  // A window on ones and zeros: `size` ones from its beginning on.
  static constexpr std::array<uint64_t, 8> kOnes = {~0ULL, ~0ULL, ~0ULL, ~0ULL, 0, 0, 0, 0};
  const size_t most = std::min(size, kShort);
  const char* window = reinterpret_cast<const char*>(kOnes.data()) + (kShort - most) + half * 16;
  Half bytes;
  Half mask;
  std::memcpy(&bytes, text + half * 16, sizeof(bytes));
  std::memcpy(&mask, window, sizeof(mask));
  return bytes & mask;
}

inline CellCodes::Key CellCodes::KeyOf(std::string_view cell) {
  Key key{.low = Part(cell.data(), 0, cell.size()), .high = Part(cell.data(), 1, cell.size())};
  key.sum = key.low[0] ^ std::rotl(key.low[1], 23) ^ std::rotl(key.high[0], 41) ^
            std::rotl(key.high[1], 11) ^ cell.size();
  if (cell.size() > kShort) [[unlikely]]
    key.sum ^= SumOfRest(cell);
  return key;
}

inline bool CellCodes::Holds(const Slot& slot, const Key& key, size_t size) {
  const Half differ = (slot.key.low ^ key.low) | (slot.key.high ^ key.high);
  return (differ[0] | differ[1] | (slot.size ^ size)) == 0;
}

[[gnu::always_inline]] inline const uint32_t* CellCodes::Find(std::string_view cell) const {
  const Key key = KeyOf(cell);
  const Slot& slot = slots_[PlaceOf(key)];
  if (Holds(slot, key, cell.size()) && cell.size() <= kShort) [[likely]]
    return &slot.code;
  return FindFar(key, cell);
}

}  // namespace pythia
