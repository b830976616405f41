// The loop over groups of 64 bytes. `Group` loads one and compares: Equal(c) is a mask of the bytes
// that are c, Odd() of those that are NUL or not ASCII; Group::Write() puts the places of the bits
// of a mask, at most 64, and may write 64 whatever their number.
#pragma once

#include "ingest/separators.h"

namespace pythia::ingest_internal {
namespace {  // NOLINT(google-build-namespaces,cert-dcl59-cpp): every level has its own

inline uint64_t PrefixXor(uint64_t bits);

template <typename Group>
void IndexSeparators(SeparatorRun* run) {
  SeparatorRun r = *run;
  while (r.at < r.end && r.room - r.count >= kIndexGroup && r.records < r.most_records) {
    const Group group(r.bytes + r.at);
    const size_t left = r.end - r.at;
    const uint64_t valid = left < kIndexGroup ? (uint64_t{1} << left) - 1 : ~uint64_t{0};
    const uint64_t quotes = r.has_quotes ? group.Equal('"') & valid : 0;
    const uint64_t inside = PrefixXor(quotes) ^ r.inside;
    const uint64_t all_lines = (group.Equal('\n') | group.Equal(r.line_end)) & valid;
    const uint64_t lines = all_lines & ~inside;
    const uint64_t separators = lines | (group.Equal(r.delimiter) & valid & ~inside);
    const uint64_t joints = separators | quotes;
    if ((quotes & inside & ~(joints << 1 | r.joint)) != 0) {
      r.irregular = true;
      break;
    }
    r.quoted_lines = r.quoted_lines || lines != all_lines;
    Group::Write(separators, static_cast<uint32_t>(r.at), r.separators + r.count);
    for (uint64_t rest = lines; rest != 0; rest &= rest - 1) {
      const uint64_t behind = (rest - 1) & ~rest;
      r.ends[r.records++] = static_cast<uint32_t>(r.count) +
                            static_cast<uint32_t>(__builtin_popcountll(separators & behind));
    }
    r.count += static_cast<size_t>(__builtin_popcountll(separators));
    const size_t step = left < kIndexGroup ? left : kIndexGroup;
    r.inside = uint64_t{0} - (inside >> (step - 1) & 1);
    r.joint = joints >> (step - 1) & 1;
    r.at += step;
  }
  *run = r;
}

template <typename Group>
bool IsPlainText(const char* bytes, size_t size) {
  size_t at = 0;
  for (; at + kIndexGroup <= size; at += kIndexGroup) {
    if (Group(bytes + at).Odd() != 0) return false;
  }
  for (; at < size; ++at) {
    if (bytes[at] <= 0) return false;
  }
  return true;
}

}  // namespace
}  // namespace pythia::ingest_internal
