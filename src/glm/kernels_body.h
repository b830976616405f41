// The bodies of the kernels, for the file that includes this and defines kLanes just before.
// Everything here has internal linkage: see kernels.h. Vectors are those of GCC and Clang.
#include "base/vector_exp.h"
#include "glm/kernels.h"

namespace pythia::glm {
namespace {  // NOLINT(google-build-namespaces,cert-dcl59-cpp): see above

// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result): a tile has 2^16 values at most

using Vector [[gnu::vector_size(sizeof(double) * kLanes)]] = double;
using Bits [[gnu::vector_size(sizeof(double) * kLanes)]] = unsigned long long;
// What is added to a cell at once; its length is the same at every level, so are the additions.
using Quad [[gnu::vector_size(sizeof(double) * 4)]] = double;

constexpr int kSumChains = 8;  // additions run in so many lanes, whatever the vector's length
static_assert(kTileRows % kSumChains == 0 && kSumChains % kLanes == 0);

template <typename V>
V LoadAs(const double* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

Vector Load(const double* from) { return LoadAs<Vector>(from); }

template <typename V>
void Store(const V& v, double* to) {
  __builtin_memcpy(to, &v, sizeof v);
}

Vector Splat(double x) { return Vector{} + x; }

// 0 below kLeast, infinity above kMost.
Vector ExpOf(Vector x) {
  constexpr double kLeast = -707;
  constexpr double kMost = 709.78;
  Vector p;
  Bits k;
  SplitExp(x, &p, &k);
  // The factor 2 comes last, so that the exponent does not overflow on the way.
  const Bits exponent = (k - 1) << kExponentShift;
  const Vector result = reinterpret_cast<Vector>(reinterpret_cast<Bits>(p) + exponent) * 2;
  const Vector bounded = x < kLeast ? Vector{} : result;
  const Vector above = x > kMost ? Splat(__builtin_inf()) : bounded;
  return x == x ? above : x;  // NOLINT(misc-redundant-expression): NaN stays
}

// 2 artanh(s), s = x / (2 + x), halved first where 1 + x is above the root of 2.
Vector Log1pOfShare(Vector x) {
  constexpr double kRootOf2LessOne = 0.41421356237309503;
  constexpr double kLog2 = 0x1.62e42fefa39efp-1;  // NOLINT(modernize-use-std-numbers): kernels.h
  const auto high = x > kRootOf2LessOne;
  const Vector s = high ? (x - 1) / (x + 3) : x / (x + 2);
  const Vector square = s * s;
  Vector p = Splat(2.0 / 23);
#pragma GCC unroll 10
  for (int i = 21; i >= 3; i -= 2) p = p * square + 2.0 / i;
  const Vector part = p * square * s + 2 * s;
  return high ? kLog2 + part : part;
}

// Whole vectors, then one that is filled up.
template <typename Function>
void ForAll(double* x, size_t n, const Function& function) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) Store(function(Load(x + i)), x + i);
  if (i == n) return;
  double rest[kLanes] = {};
  for (size_t k = 0; i + k < n; ++k) rest[k] = x[i + k];
  Store(function(Load(rest)), rest);
  for (size_t k = 0; i + k < n; ++k) x[i + k] = rest[k];
}

void Exp(double* x, size_t n) {
  ForAll(x, n, [](Vector v) { return ExpOf(v); });
}

void Log1pOfShares(double* x, size_t n) {
  ForAll(x, n, [](Vector v) { return Log1pOfShare(v); });
}

unsigned Cells(const CodeView& view, uint16_t* cells) {
  const uint16_t* lead = view.codes[0];
  for (int i = 0; i < view.count; ++i) cells[i] = lead[i];
  for (int i = view.count; i < kTileRows; ++i) cells[i] = 0;
  for (int b = 1; b < view.blocks; ++b) {
    const uint16_t* codes = view.codes[b];
    const auto stride = static_cast<uint16_t>(view.strides[b]);
    for (int i = 0; i < view.count; ++i) {
      cells[i] = static_cast<uint16_t>(cells[i] + codes[i] * stride);
    }
  }
  uint16_t largest = 0;
  for (int i = 0; i < kTileRows; ++i) largest = cells[i] > largest ? cells[i] : largest;
  return largest;
}

unsigned Widen(const uint8_t* packed, int count, uint16_t* cells) {
  for (int i = 0; i < count; ++i) cells[i] = packed[i];
  for (int i = count; i < kTileRows; ++i) cells[i] = 0;
  uint16_t largest = 0;
  for (int i = 0; i < kTileRows; ++i) largest = cells[i] > largest ? cells[i] : largest;
  return largest;
}

void LookUp(const double* table, const uint16_t* cells, double* eta) {
  for (int i = 0; i < kTileRows; ++i) eta[i] += table[cells[i]];
}

void Scale(const double* x, double center, double inverse_scale, double slope, double* z,
           double* eta) {
  for (int i = 0; i < kTileRows; i += kLanes) {
    const Vector scaled = (Load(x + i) - center) * inverse_scale;
    Store(scaled, z + i);
    Store(Load(eta + i) + slope * scaled, eta + i);
  }
}

void ScorePoisson(const ScoreView& view) {
  for (int i = 0; i < kTileRows; i += kLanes) {
    const Vector eta = Load(view.eta + i);
    const Vector y = Load(view.y + i);
    const Vector weight = Load(view.weight + i);
    const Vector mu = ExpOf(eta);
    Store(weight * mu, view.w + i);
    Store(weight * (mu - y), view.r + i);
    Store(weight * (mu - y * eta), view.losses + i);
  }
}

void ScoreBinomial(const ScoreView& view) {
  for (int i = 0; i < kTileRows; i += kLanes) {
    const Vector eta = Load(view.eta + i);
    const Vector y = Load(view.y + i);
    const Vector weight = Load(view.weight + i);
    // exp(-|eta|): nothing overflows, and 1 - mu keeps its digits.
    const Vector t = ExpOf(eta < 0 ? eta : -eta);
    const Vector scale = 1 / (1 + t);
    // mu - y over a common denominator: exact where mu is within rounding of y.
    const Vector high = (1 - y) - y * t;
    const Vector low = t * (1 - y) - y;
    Store(weight * (eta < 0 ? low : high) * scale, view.r + i);
    Store(weight * t * scale * scale, view.w + i);
    Store(weight * ((eta < 0 ? Vector{} : eta) - y * eta + Log1pOfShare(t)), view.losses + i);
  }
}

// Pairwise over the chains: one order for every level.
double Together(const Vector* chains) {
  double lanes[kSumChains];
  for (int c = 0; c < kSumChains / kLanes; ++c) Store(chains[c], lanes + c * kLanes);
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

double Sum(const double* a) {
  Vector chains[kSumChains / kLanes] = {};
  for (int i = 0; i < kTileRows; i += kSumChains) {
    for (int c = 0; c < kSumChains / kLanes; ++c) chains[c] += Load(a + i + c * kLanes);
  }
  return Together(chains);
}

double Dot(const double* a, const double* b) {
  Vector chains[kSumChains / kLanes] = {};
  for (int i = 0; i < kTileRows; i += kSumChains) {
    for (int c = 0; c < kSumChains / kLanes; ++c) {
      chains[c] += Load(a + i + c * kLanes) * Load(b + i + c * kLanes);
    }
  }
  return Together(chains);
}

void Multiply(const double* a, const double* b, double* product) {
  for (int i = 0; i < kTileRows; i += kLanes) Store(Load(a + i) * Load(b + i), product + i);
}

void ToRows(const double* const* columns, int num_columns, int stride, double* rows) {
  for (int first = 0; first < stride; first += 4) {
    static constexpr double kZeros[kTileRows] = {};
    const double* from[4];
    for (int j = 0; j < 4; ++j) {
      from[j] = first + j < num_columns ? columns[first + j] : kZeros;
    }
    double* to = rows + first;
    for (int i = 0; i < kTileRows; ++i, to += stride) {
      const Quad row = {from[0][i], from[1][i], from[2][i], from[3][i]};
      Store(row, to);
    }
  }
}

// kQuads is the stride in quads, 0 where it is known at run time only.
template <int kQuads>
void AddRows(const double* rows, const uint16_t* cells, int count, int quads, double* sums) {
  const int n = kQuads > 0 ? kQuads : quads;
  for (int i = 0; i < count; ++i) {
    double* cell = sums + static_cast<size_t>(cells[i]) * n * 4;
    const double* row = rows + static_cast<size_t>(i) * n * 4;
    for (int q = 0; q < n; ++q) {
      Store(LoadAs<Quad>(cell + q * 4) + LoadAs<Quad>(row + q * 4), cell + q * 4);
    }
  }
}

void AddToCells(const double* rows, const uint16_t* cells, int count, int stride, double* sums) {
  switch (stride) {
    case 4:
      return AddRows<1>(rows, cells, count, 1, sums);
    case 8:
      return AddRows<2>(rows, cells, count, 2, sums);
    case 12:
      return AddRows<3>(rows, cells, count, 3, sums);
    default:
      return AddRows<0>(rows, cells, count, stride / 4, sums);
  }
}

void AddToPairs(const uint16_t* a, const uint16_t* b, const double* w, int count, size_t b_cells,
                double* sums) {
  for (int i = 0; i < count; ++i) sums[a[i] * b_cells + b[i]] += w[i];
}

constexpr Kernels kKernelsHere = {
    .lanes = kLanes,
    .exp = Exp,
    .log1p_of_share = Log1pOfShares,
    .cells = Cells,
    .widen = Widen,
    .look_up = LookUp,
    .scale = Scale,
    .score_poisson = ScorePoisson,
    .score_binomial = ScoreBinomial,
    .sum = Sum,
    .dot = Dot,
    .multiply = Multiply,
    .to_rows = ToRows,
    .add_to_cells = AddToCells,
    .add_to_pairs = AddToPairs,
};

// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)

}  // namespace
}  // namespace pythia::glm
