#include "ingest/cell_codes.h"

namespace pythia {
namespace {

constexpr int kTries = 16;              // factors
constexpr size_t kMostTried = 1 << 11;  // slots

}  // namespace

// Of what is behind the first bytes: addresses of pages begin and end alike.
uint64_t CellCodes::SumOfRest(std::string_view cell) {
  uint64_t sum = 0;
  uint64_t word = 0;
  for (size_t at = kShort; at < cell.size(); at += sizeof(word)) {
    std::memcpy(&word, cell.data() + std::min(at, cell.size() - sizeof(word)), sizeof(word));
    sum = (std::rotl(sum, 29) ^ word) * 0x9E3779B97F4A7C15ULL;
  }
  return sum;
}

// Not in the place where it belongs, or too long to be known there.
const uint32_t* CellCodes::FindFar(const Key& key, std::string_view cell) const {
  const size_t mask = slots_.size() - 1;
  for (size_t i = PlaceOf(key);; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.size == kFree) return nullptr;
    if (!Holds(slot, key, cell.size())) continue;
    if (cell.size() <= kShort || std::string_view(slot.text, cell.size()) == cell) {
      return &slot.code;
    }
  }
}

void CellCodes::Keep(std::string_view cell, uint32_t code) {
  Slot slot{.key = KeyOf(cell), .size = static_cast<uint32_t>(cell.size()), .code = code};
  if (cell.size() > kShort) slot.text = long_texts_.emplace_back(cell).data();
  if (++used_ * 4 > slots_.size()) Rebuild(slots_.size() * 2);
  const bool alone = PutAll({slot});
  if (!alone && slots_.size() <= kMostTried) Rebuild(slots_.size());
}

// True where all lie where they belong.
bool CellCodes::PutAll(const std::vector<Slot>& from) {
  bool all = true;
  for (const Slot& slot : from) {
    if (slot.size == kFree) continue;
    size_t i = PlaceOf(slot.key);
    for (; slots_[i].size != kFree; i = (i + 1) & (slots_.size() - 1)) all = false;
    slots_[i] = slot;
  }
  return all;
}

// Looks for a factor under which all lie where they belong; the last one will do, too.
void CellCodes::Rebuild(size_t slots) {
  const std::vector<Slot> old = std::move(slots_);
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots));
  for (int i = 0; i < kTries; ++i) {
    factor_ = factor_ * 0xD1342543DE82EF95ULL | 1;
    slots_.assign(slots, {});
    if (PutAll(old) || slots > kMostTried) return;
  }
}

}  // namespace pythia
