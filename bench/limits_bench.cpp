// What this machine can do at most, for load_bench.py and train_bench.py to hold their figures
// against; prints it as JSON. Each figure is the best of several tries.
//
//   pythia_limits_bench FILE THREADS
//
// "read": MB/s of copying FILE out of the system's cache, on one thread. "digest": MB/s of SHA-256
// over bytes in the processor's cache, on one thread. "memory": MB/s of reading memory, all threads
// together. "gflops": 10^9 floating-point operations per second of fused multiplications and
// additions in registers, all threads together.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/simd_level.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace {

constexpr int kTries = 5;
constexpr size_t kCached = size_t{1} << 18;
constexpr size_t kDigested = size_t{1} << 28;
constexpr size_t kMemory = size_t{1} << 25;  // words of 8 bytes per thread: beyond every cache
constexpr int64_t kSteps = int64_t{1} << 25;
// Enough chains to fill two units of a latency of four steps, and more.
constexpr int kChains = 12;

[[noreturn]] void Die(const std::string& words) {
  (void)std::fprintf(stderr, "limits_bench: %s\n", words.c_str());
  std::exit(1);
}

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What `work` says it did per second, at best.
double Best(const std::function<double()>& work) {
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    const double begun = Now();
    const double done = work();
    best = std::max(best, done / (Now() - begun));
  }
  return best;
}

// As Best(), of `work(thread)` on so many threads at once.
double BestOf(int threads, const std::function<double(int)>& work) {
  return Best([&] {
    std::vector<double> done(static_cast<size_t>(threads));
    {
      std::vector<std::jthread> others;
      for (int t = 0; t < threads; ++t) {
        others.emplace_back([&, t] { done[static_cast<size_t>(t)] = work(t); });
      }
    }
    return std::accumulate(done.begin(), done.end(), 0.0);
  });
}

double ReadFile(const char* path, std::vector<char>* buffer) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) Die(fmt::format("cannot read {}", path));
  double bytes = 0;
  for (;;) {
    const ssize_t got = ::read(file, buffer->data(), buffer->size());
    if (got <= 0) break;
    bytes += static_cast<double>(got);
  }
  ::close(file);
  return bytes;
}

double Digest(const std::vector<char>& buffer) {
  pythia::Sha256 sha;
  for (size_t done = 0; done < kDigested; done += buffer.size()) {
    sha.Update({buffer.data(), buffer.size()});
  }
  return sha.HexDigest().empty() ? 0 : static_cast<double>(kDigested);
}

// Keeps the compiler from leaving out what nobody looks at.
void Use(double value) {
  [[maybe_unused]] static volatile double sink = 0;
  sink = value;
}

template <size_t kBytes>
struct Lanes {
  using Words [[gnu::vector_size(kBytes)]] = uint64_t;
};

// Inlined into functions of a kind of processor.
template <size_t kBytes>
[[gnu::always_inline]] inline void Xor(const std::vector<uint64_t>& words) {
  using Words = typename Lanes<kBytes>::Words;
  Words chains[4] = {};
  for (size_t i = 0; i < words.size(); i += 4 * sizeof(Words) / sizeof(uint64_t)) {
    for (size_t c = 0; c < 4; ++c) {
      Words next;
      __builtin_memcpy(&next, &words[i + c * sizeof(Words) / sizeof(uint64_t)], sizeof next);
      chains[c] ^= next;
    }
  }
  const Words all = chains[0] ^ chains[1] ^ chains[2] ^ chains[3];
  Use(static_cast<double>(all[0]));
}

double MultiplyPlain() {
  using Pair [[gnu::vector_size(2 * sizeof(double))]] = double;
  Pair chains[kChains] = {};
  const Pair factor = {0.5, 0.5};
  for (int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
    for (auto& chain : chains) chain = chain * factor + factor;
  }
  for (const auto& chain : chains) Use(chain[0]);
  return 2.0 * 2 * kChains * kSteps;
}

#ifdef __x86_64__
[[gnu::target("avx512f")]] void Xor512(const std::vector<uint64_t>& words) { Xor<64>(words); }
[[gnu::target("avx2")]] void Xor256(const std::vector<uint64_t>& words) { Xor<32>(words); }

[[gnu::target("avx512f")]] double Multiply512() {
  __m512d chains[kChains];
  for (int c = 0; c < kChains; ++c) chains[c] = _mm512_set1_pd(c);
  const __m512d factor = _mm512_set1_pd(0.5);
  for (int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
    for (auto& chain : chains) chain = _mm512_fmadd_pd(chain, factor, factor);
  }
  for (const auto& chain : chains) Use(_mm512_cvtsd_f64(chain));
  return 2.0 * 8 * kChains * kSteps;
}

[[gnu::target("avx2,fma")]] double Multiply256() {
  __m256d chains[kChains];
  for (int c = 0; c < kChains; ++c) chains[c] = _mm256_set1_pd(c);
  const __m256d factor = _mm256_set1_pd(0.5);
  for (int64_t i = 0; i < kSteps; ++i) {
#pragma GCC unroll 12
    for (auto& chain : chains) chain = _mm256_fmadd_pd(chain, factor, factor);
  }
  for (const auto& chain : chains) Use(_mm256_cvtsd_f64(chain));
  return 2.0 * 4 * kChains * kSteps;
}

double Multiply() {
  switch (pythia::SimdLevelInUse()) {
    case pythia::SimdLevel::kAvx512:
      return Multiply512();
    case pythia::SimdLevel::kAvx2:
      return Multiply256();
    case pythia::SimdLevel::kPlain:
      break;
  }
  return MultiplyPlain();
}

void XorAll(const std::vector<uint64_t>& words) {
  switch (pythia::SimdLevelInUse()) {
    case pythia::SimdLevel::kAvx512:
      return Xor512(words);
    case pythia::SimdLevel::kAvx2:
      return Xor256(words);
    case pythia::SimdLevel::kPlain:
      return Xor<16>(words);
  }
}
#else
double Multiply() { return MultiplyPlain(); }
void XorAll(const std::vector<uint64_t>& words) { Xor<16>(words); }
#endif

double ReadMemory(const std::vector<uint64_t>& words) {
  XorAll(words);
  return static_cast<double>(words.size() * sizeof(uint64_t));
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 0;
  if (argc == 3) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), threads);
  if (threads < 1) Die("FILE THREADS");
  std::vector<char> buffer(kCached);
  const double read = Best([&] { return ReadFile(argv[1], &buffer); });
  const double digest = Best([&] { return Digest(buffer); });
  const std::vector<std::vector<uint64_t>> words(static_cast<size_t>(threads),
                                                 std::vector<uint64_t>(kMemory, 1));
  const double memory =
      BestOf(threads, [&](int t) { return ReadMemory(words[static_cast<size_t>(t)]); });
  const double gflops = BestOf(threads, [](int) { return Multiply(); });
  fmt::print("{{\"read\": {}, \"digest\": {}, \"memory\": {}, \"gflops\": {}}}\n", read / 1e6,
             digest / 1e6, memory / 1e6, gflops / 1e9);
  return 0;
}
