#include "ingest/separators_body.h"

#if defined(__AVX512VBMI2__)
#include <immintrin.h>
#endif

namespace pythia::ingest_internal {

#if defined(__AVX512VBMI2__)
namespace {

inline uint64_t PrefixXor(uint64_t bits) {
  const __m128i all = _mm_set_epi64x(0, static_cast<int64_t>(bits));
  return static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_clmulepi64_si128(all, _mm_set1_epi8(-1), 0)));
}

alignas(64) constexpr unsigned char kIota[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

struct Avx512Group {
  explicit Avx512Group(const char* bytes) : x(_mm512_loadu_si512(bytes)) {}
  uint64_t Equal(char c) const { return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(c)); }
  uint64_t Odd() const { return _mm512_movepi8_mask(x) | Equal('\0'); }
  // The places' bytes side by side, widened, and counted from `base`.
  static void Write(uint64_t mask, uint32_t base, uint32_t* out) {
    const __m512i places = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(kIota));
    const __m512i from = _mm512_set1_epi32(static_cast<int>(base));
    const auto put = [&](__m128i part, uint32_t* to) {
      _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xFFFF, part), from));
    };
    put(_mm512_castsi512_si128(places), out);
    if (__builtin_popcountll(mask) <= 16) return;
    put(_mm512_maskz_extracti32x4_epi32(0xF, places, 1), out + 16);
    put(_mm512_maskz_extracti32x4_epi32(0xF, places, 2), out + 32);
    put(_mm512_maskz_extracti32x4_epi32(0xF, places, 3), out + 48);
  }
  __m512i x;
};

}  // namespace

const SeparatorKernels kAvx512Separators = {
    .compiled = true,
    .index = &IndexSeparators<Avx512Group>,
    .is_plain_text = &IsPlainText<Avx512Group>,
};
#else
const SeparatorKernels kAvx512Separators = {};
#endif

}  // namespace pythia::ingest_internal
