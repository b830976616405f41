// Which campaigns are the same, by their ids, in bounded memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/row_memory.h"
#include "model/training_history.h"

namespace pythia {

// 128 bits of an id's text: two ids are taken for one where these are equal.
struct IdKey {
  uint64_t first = 0;
  uint64_t second = 0;

  bool operator==(const IdKey&) const = default;
  // A row without an id.
  bool none() const { return first == 0 && second == 0; }
};

// FNV-1a and a mix: the part of a row's hash that an id or a text is.
uint64_t HashText(std::string_view text);

IdKey KeyOf(std::string_view text, uint64_t hash);

// Per row the first row with its id, or its own where it has none; empty where no id repeats.
RowNumbers FirstRows(const RowVector<IdKey>& ids);

}  // namespace pythia
