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
// addressing on the first and last eight bytes. Not thread-safe.
class CellCodes {
 public:
  CellCodes() : slots_(64) {}
  // The number that was kept for `cell`; null where there is none yet. 8 bytes at `cell` can be
  // read, whatever its length.
  const uint32_t* Find(std::string_view cell) const;
  void Keep(std::string_view cell, uint32_t code);

 private:
  struct Slot {
    uint64_t head = 0;
    uint64_t tail = 0;
    uint32_t size = kFree;
    uint32_t code = 0;
    const char* text = nullptr;  // of cells beyond 16 bytes
  };
  static constexpr uint32_t kFree = ~uint32_t{0};
  static Slot Key(std::string_view cell);
  static uint64_t HashOf(const Slot& key);
  static bool IsSame(const char* text, std::string_view cell);
  void Grow();

  std::vector<Slot> slots_;
  size_t used_ = 0;
  std::deque<std::string> long_texts_;
};

inline CellCodes::Slot CellCodes::Key(std::string_view cell) {
  // Without a branch, for lengths vary.
  constexpr std::array<uint64_t, 9> kMasks = {
      0,           0xFF,         0xFFFF,         0xFFFFFF,
      0xFFFFFFFF,  0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF,
      ~uint64_t{0}};
  const size_t size = cell.size();
  const uint64_t mask = kMasks[std::min<size_t>(size, 8)];
  Slot key{.size = static_cast<uint32_t>(size)};
  std::memcpy(&key.head, cell.data(), 8);
  std::memcpy(&key.tail, cell.data() + (std::max<size_t>(size, 8) - 8), 8);
  key.head &= mask;
  key.tail &= mask;
  return key;
}

inline uint64_t CellCodes::HashOf(const Slot& key) {
  const uint64_t hash = (key.head ^ std::rotl(key.tail, 23) ^ key.size) * 0x9E3779B97F4A7C15ULL;
  return hash >> 32 ^ hash >> 20;
}

// Beyond the first and the last eight bytes.
inline bool CellCodes::IsSame(const char* text, std::string_view cell) {
  uint64_t other = 0;
  for (size_t at = 8; at + 8 < cell.size(); at += 8) {
    const size_t from = std::min(at, cell.size() - 8);
    uint64_t a = 0;
    uint64_t b = 0;
    std::memcpy(&a, text + from, 8);
    std::memcpy(&b, cell.data() + from, 8);
    other |= a ^ b;
  }
  return other == 0;
}

[[gnu::always_inline]] inline const uint32_t* CellCodes::Find(std::string_view cell) const {
  const Slot key = Key(cell);
  const size_t mask = slots_.size() - 1;
  for (size_t i = HashOf(key) & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    const bool same = slot.head == key.head && slot.tail == key.tail && slot.size == key.size;
    if (same && (key.size <= 16 || IsSame(slot.text, cell))) return &slot.code;
    if (slot.size == kFree) return nullptr;
  }
}

}  // namespace pythia
