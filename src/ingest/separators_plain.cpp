#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/simd_level.h"
#include "ingest/separators_body.h"

namespace pythia::ingest_internal {
namespace {

// Bit i: an odd number of the bits up to i are set.
inline uint64_t PrefixXor(uint64_t bits) {
  for (int step = 1; step < 64; step *= 2) bits ^= bits << step;
  return bits;
}

#if defined(__SSE2__)
struct PlainGroup {
  explicit PlainGroup(const char* bytes) {
    for (int part = 0; part < 4; ++part) {
      x[part] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + part);
    }
  }
  uint64_t Equal(char c) const {
    const __m128i all = _mm_set1_epi8(c);
    uint64_t mask = 0;
    for (int part = 0; part < 4; ++part) {
      mask |= Bits(_mm_cmpeq_epi8(x[part], all)) << (16 * part);
    }
    return mask;
  }
  uint64_t Odd() const {
    uint64_t mask = Equal('\0');
    for (const __m128i& part : x) mask |= Bits(part);
    return mask;
  }
  static uint64_t Bits(__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); }
#else
struct PlainGroup {
  explicit PlainGroup(const char* from) : bytes(from) {}
  uint64_t Equal(char c) const {
    uint64_t mask = 0;
    for (size_t i = 0; i < kIndexGroup; ++i) mask |= static_cast<uint64_t>(bytes[i] == c) << i;
    return mask;
  }
  uint64_t Odd() const {
    uint64_t mask = 0;
    for (size_t i = 0; i < kIndexGroup; ++i) {
      mask |= static_cast<uint64_t>(bytes[i] == 0 || (bytes[i] & 0x80) != 0) << i;
    }
    return mask;
  }
#endif
  static void Write(uint64_t mask, uint32_t base, uint32_t* out) {
    for (; mask != 0; mask &= mask - 1) {
      *out++ = base + static_cast<uint32_t>(__builtin_ctzll(mask));
    }
  }
#if defined(__SSE2__)
  __m128i x[4];
#else
  const char* bytes;
#endif
};

}  // namespace

const SeparatorKernels kPlainSeparators = {
    .compiled = true,
    .index = &IndexSeparators<PlainGroup>,
    .is_plain_text = &IsPlainText<PlainGroup>,
};

const SeparatorKernels& SeparatorsInUse() {
  const SimdLevel level = SimdLevelInUse();
  // Not every processor with the rest of AVX-512 can compress bytes.
#if defined(__x86_64__)
  const bool compresses = __builtin_cpu_supports("avx512vbmi2");
  if (level == SimdLevel::kAvx512 && compresses && kAvx512Separators.compiled) {
    return kAvx512Separators;
  }
#endif
  if (level >= SimdLevel::kAvx2 && kAvx2Separators.compiled) return kAvx2Separators;
  return kPlainSeparators;
}

}  // namespace pythia::ingest_internal
