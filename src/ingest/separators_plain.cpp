#include <cstdlib>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

const SeparatorKernels& Choose() {
  const char* asked = std::getenv("PYTHIA_SIMD");
  const std::string_view most = asked == nullptr ? "" : asked;
#if defined(__x86_64__)
  // All that CMakeLists.txt lets the compiler use.
  const bool avx2 = kAvx2Separators.compiled && __builtin_cpu_supports("avx2") &&
                    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("popcnt");
  const bool avx512 = avx2 && kAvx512Separators.compiled && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
  if (avx512 && most != "plain" && most != "avx2") return kAvx512Separators;
  if (avx2 && most != "plain") return kAvx2Separators;
#endif
  return kPlainSeparators;
}

}  // namespace

const SeparatorKernels kPlainSeparators = {
    .compiled = true,
    .index = &IndexSeparators<PlainGroup>,
    .is_plain_text = &IsPlainText<PlainGroup>,
};

const SeparatorKernels& SeparatorsInUse() {
  static const SeparatorKernels& kernels = Choose();
  return kernels;
}

}  // namespace pythia::ingest_internal
