#include "ingest/separators_body.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace pythia::ingest_internal {

#if defined(__AVX2__)
namespace {

inline uint64_t PrefixXor(uint64_t bits) {
  const __m128i all = _mm_set_epi64x(0, static_cast<int64_t>(bits));
  return static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_clmulepi64_si128(all, _mm_set1_epi8(-1), 0)));
}

struct Avx2Group {
  explicit Avx2Group(const char* bytes)
      : low(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes))),
        high(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes) + 1)) {}
  static uint64_t Bits(__m256i a, __m256i b) {
    return static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(b))) << 32 |
           static_cast<uint32_t>(_mm256_movemask_epi8(a));
  }
  uint64_t Equal(char c) const {
    const __m256i all = _mm256_set1_epi8(c);
    return Bits(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
  }
  uint64_t Odd() const { return Bits(low, high) | Equal('\0'); }
  // Eight at a time, without asking how many there are of them.
  static void Write(uint64_t mask, uint32_t base, uint32_t* out) {
    while (mask != 0) {
      for (int i = 0; i < 8; ++i) {
        out[i] = base + static_cast<uint32_t>(_tzcnt_u64(mask));
        mask &= mask - 1;
      }
      out += 8;
    }
  }
  __m256i low;
  __m256i high;
};

}  // namespace

const SeparatorKernels kAvx2Separators = {
    .compiled = true,
    .index = &IndexSeparators<Avx2Group>,
    .is_plain_text = &IsPlainText<Avx2Group>,
};
#else
const SeparatorKernels kAvx2Separators = {};
#endif

}  // namespace pythia::ingest_internal
