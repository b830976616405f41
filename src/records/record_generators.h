// Random records for the tests of this room. Include after rapidcheck/gtest.h.
#pragma once

#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "campaign/column.h"
#include "campaign/table.h"

namespace pythia::any {

inline double Finite() {
  return *rc::gen::suchThat(rc::gen::map(rc::gen::arbitrary<uint64_t>(),
                                         [](uint64_t bits) { return std::bit_cast<double>(bits); }),
                            [](double value) { return std::isfinite(value); });
}

// UTF-8 of any code points.
inline std::string Text() {
  std::string text;
  for (const uint32_t code :
       *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange<uint32_t>(0, 0x110000))) {
    AppendUtf8(code, &text);
  }
  return text;
}

template <typename T, typename Make>
std::optional<T> Maybe(const Make& make) {
  if (*rc::gen::arbitrary<bool>()) return make();
  return std::nullopt;
}

template <typename Make>
auto List(const Make& make) {
  std::vector<decltype(make())> list;
  const int size = *rc::gen::inRange(0, 4);
  for (int i = 0; i < size; ++i) list.push_back(make());
  return list;
}

}  // namespace pythia::any
