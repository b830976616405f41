#include "ingest/cell_codes.h"

namespace pythia {

void CellCodes::Keep(std::string_view cell, uint32_t code) {
  if (++used_ * 2 > slots_.size()) Grow();
  Slot key = Key(cell);
  key.code = code;
  if (cell.size() > 16) key.text = long_texts_.emplace_back(cell).data();
  size_t i = HashOf(key) & (slots_.size() - 1);
  while (slots_[i].size != kFree) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = key;
}

void CellCodes::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.size == kFree) continue;
    size_t i = HashOf(slot) & (slots_.size() - 1);
    while (slots_[i].size != kFree) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

}  // namespace pythia
