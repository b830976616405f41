#include "ingest/cell_codes.h"

namespace pythia {

// Not in the place where it belongs, or too long to be known there.
const uint32_t* CellCodes::FindFar(const Key& key, std::string_view cell) const {
  const size_t mask = slots_.size() - 1;
  for (size_t i = key.hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.size == kFree) return nullptr;
    if (!Holds(slot, key, cell.size())) continue;
    if (cell.size() <= kShort || std::string_view(slot.text, cell.size()) == cell) {
      return &slot.code;
    }
  }
}

void CellCodes::Keep(std::string_view cell, uint32_t code) {
  if (++used_ * 4 > slots_.size()) Grow();
  Slot slot{.key = KeyOf(cell), .size = static_cast<uint32_t>(cell.size()), .code = code};
  if (cell.size() > kShort) slot.text = long_texts_.emplace_back(cell).data();
  Put(slot);
}

void CellCodes::Put(const Slot& slot) {
  size_t i = slot.key.hash & (slots_.size() - 1);
  while (slots_[i].size != kFree) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = slot;
}

void CellCodes::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.size != kFree) Put(slot);
  }
}

}  // namespace pythia
