// The bodies of the kernels, for the file that includes this and defines kLanes and kLaneBits just
// before. Everything here has internal linkage: see kernels.h. Vectors are those of GCC and Clang.
#include "base/vector_exp.h"
#include "explain/kernels.h"

namespace pythia::explain_internal {
namespace {  // NOLINT(google-build-namespaces,cert-dcl59-cpp): see above

// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result): a game has 2^16 values at most

using Vector [[gnu::vector_size(sizeof(double) * kLanes)]] = double;
using Bits [[gnu::vector_size(sizeof(double) * kLanes)]] = unsigned long long;

constexpr int kPaddedPlayers = 16;
static_assert(kPaddedPlayers >= kMaxCoalitionPlayers && kPaddedPlayers % kLanes == 0);
constexpr int kMaxVectors = (1 << kMaxCoalitionPlayers) / kLanes;

// exp() of something outside is not wanted anywhere: the value would not be a normal number.
constexpr double kLeastExponent = -708;
// Between these, products of exponentials stay normal numbers in any order.
constexpr double kSafeExponent = 690;
// From here on a / (1 + a) is 1.
constexpr double kCertain = 0x1p57;

Vector Splat(double x) { return Vector{} + x; }

Vector Load(const double* from) {
  Vector v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

void Store(Vector v, double* to) { __builtin_memcpy(to, &v, sizeof v); }

double Largest(double a, double b) { return a > b ? a : b; }
double Least(double a, double b) { return a < b ? a : b; }
double Size(double a) { return a < 0 ? -a : a; }

double LaneSum(Vector v) {
  double lanes[kLanes];
  Store(v, lanes);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

// All bits set in the lanes whose number has bit `bit`.
Bits LanesWith(int bit) {
  static constexpr uint64_t kSet = ~0ULL;
  static constexpr uint64_t kMasks[3][kMaxLanes] = {
      {0, kSet, 0, kSet, 0, kSet, 0, kSet},
      {0, 0, kSet, kSet, 0, 0, kSet, kSet},
      {0, 0, 0, 0, kSet, kSet, kSet, kSet},
  };
  Bits mask;
  __builtin_memcpy(&mask, kMasks[bit], sizeof mask);
  return mask;
}

Vector Choose(Bits mask, double where_set, double elsewhere) {
  return reinterpret_cast<Vector>((reinterpret_cast<Bits>(Splat(where_set)) & mask) |
                                  (reinterpret_cast<Bits>(Splat(elsewhere)) & ~mask));
}

// 1 ulp for kLeastExponent <= x <= 709.78; less counts as kLeastExponent.
Vector Exp(Vector x) {
  x = x > kLeastExponent ? x : Splat(kLeastExponent);
  Vector p;
  Bits k;
  SplitExp(x, &p, &k);
  return reinterpret_cast<Vector>(reinterpret_cast<Bits>(p) + (k << kExponentShift));
}

double ExpOne(double x) { return Exp(Splat(x))[0]; }

// with[j] = sum of u[g] over the g that have bit j. u[0] ends as the sum of all.
void BitSums(int bits, Vector* u, Vector* with) {
  constexpr int kChains = 4;  // independent additions
  for (int j = bits - 1; j >= 0; --j) {
    const int half = 1 << j;
    Vector sums[kChains] = {};
    if (half >= kChains) {
      for (int g = 0; g < half; g += kChains) {
        for (int c = 0; c < kChains; ++c) {
          const Vector upper = u[half + g + c];
          sums[c] += upper;
          u[g + c] += upper;
        }
      }
    } else {
      for (int g = 0; g < half; ++g) {
        const Vector upper = u[half + g];
        sums[0] += upper;
        u[g] += upper;
      }
    }
    with[j] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
}

// phi from u = weight v(S): with A_i the sum of u over the coalitions that have i,
// phi_i = A_i + c, and c follows from what all phi add up to.
void PhiFromWeighted(int players, Vector* u, double gain, double* phi) {
  Vector with[kMaxCoalitionPlayers];
  BitSums(players - kLaneBits, u, with);
  double sum = -gain;
  for (int j = 0; j < players; ++j) {
    phi[j] = j < kLaneBits
                 ? LaneSum(reinterpret_cast<Vector>(reinterpret_cast<Bits>(u[0]) & LanesWith(j)))
                 : LaneSum(with[j - kLaneBits]);
    sum += phi[j];
  }
  const double share = sum / players;
  for (int j = 0; j < players; ++j) phi[j] -= share;
}

// ---- tables

// y of every coalition: scale times the product of exp(a_j - mean_j) over its players.
void Products(int players, double scale, const double* mean, const double* plan, Vector* u) {
  double factor[kPaddedPlayers] = {};
  for (int j = 0; j < players; ++j) factor[j] = plan[j] - mean[j];
  for (int j = 0; j < players; j += kLanes) Store(Exp(Load(factor + j)), factor + j);
  u[0] = Splat(scale);
  for (int j = 0; j < kLaneBits; ++j) u[0] *= Choose(LanesWith(j), factor[j], 1);
  for (int j = kLaneBits; j < players; ++j) {
    const int half = 1 << (j - kLaneBits);
    for (int g = 0; g < half; ++g) u[half + g] = u[g] * factor[j];
  }
}

void TableExp(const ExpTableView& view, const double* plan, double* phi) {
  Vector u[kMaxVectors];
  const int vectors = 1 << (view.players - kLaneBits);
  Products(view.players, view.scale, view.mean, plan, u);
  const double gain = u[vectors - 1][kLanes - 1] - view.base;
  for (int g = 0; g < vectors; ++g) u[g] *= Load(view.weighted + g * kLanes);
  PhiFromWeighted(view.players, u, gain, phi);
}

// kLanes coefficients, or one for all lanes.
template <int kWidth>
Vector Coefficients(const double* from) {
  return kWidth == 1 ? Splat(*from) : Load(from);
}

template <int kWidth>
Vector FractionValue(const FractionGroup& group, const double* c, Vector y) {
  Vector value = {};
  for (int f = 0; f < group.fractions; ++f) {
    Vector p = Coefficients<kWidth>(c);
    Vector q = Coefficients<kWidth>(c + kWidth);
    c += 2 * kWidth;
    for (int i = 1; i < group.degree; ++i) {
      p = p * y + Coefficients<kWidth>(c);
      q = q * y + Coefficients<kWidth>(c + kWidth);
      c += 2 * kWidth;
    }
    value += p * y / (q * y + 1);
  }
  return value;
}

void TableLogistic(const LogisticTableView& view, const double* plan, double* phi) {
  Vector u[kMaxVectors];
  const int vectors = 1 << (view.players - kLaneBits);
  Products(view.players, view.scale, view.mean, plan, u);
  const double odds = u[vectors - 1][kLanes - 1];
  const double gain = 1 / (1 + 1 / odds) - view.base;
  for (int g = 0; g < vectors; ++g) {
    const Vector y = u[g] < view.most ? u[g] : Splat(view.most);
    u[g] = FractionValue<kLanes>(view.groups[g], view.coefficients + view.groups[g].first, y);
  }
  PhiFromWeighted(view.players, u, gain, phi);
}

// ---- tables, a plan per lane

// Number j of every plan.
Vector Column(const double* rows, int players, int j) {
  Vector v = {};
  for (int lane = 0; lane < kLanes; ++lane) v[lane] = rows[lane * players + j];
  return v;
}

void StoreColumn(Vector v, int players, int j, double* rows) {
  for (int lane = 0; lane < kLanes; ++lane) rows[lane * players + j] = v[lane];
}

// As Products, u[S] for every plan. Returns which plans are out of reach; they count as the mean.
template <class View>
unsigned ProductsOfPlans(const View& view, const double* plans, Vector* u) {
  Vector factor[kMaxLanePlayers];
  Vector distance = {};
  for (int j = 0; j < view.players; ++j) {
    factor[j] = Column(plans, view.players, j) - view.mean[j];
    distance += factor[j] < 0 ? -factor[j] : factor[j];
  }
  const Bits within = reinterpret_cast<Bits>(distance <= view.reach);
  for (int j = 0; j < view.players; ++j) factor[j] = Exp(within ? factor[j] : Vector{});
  u[0] = Splat(view.scale);
  for (int j = 0; j < view.players; ++j) {
    const int half = 1 << j;
    for (int s = 0; s < half; ++s) u[half + s] = u[s] * factor[j];
  }
  unsigned out_of_reach = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    out_of_reach |= static_cast<unsigned>(~within[lane] & 1) << lane;
  }
  return out_of_reach;
}

// As PhiFromWeighted.
void PhiOfPlans(int players, Vector* u, Vector gain, double* phi) {
  Vector with[kMaxLanePlayers];
  BitSums(players, u, with);
  Vector sum = -gain;
  for (int j = 0; j < players; ++j) sum += with[j];
  const Vector share = sum / static_cast<double>(players);
  for (int j = 0; j < players; ++j) StoreColumn(with[j] - share, players, j, phi);
}

unsigned LanesExp(const ExpTableView& view, const double* plans, double* phi) {
  Vector u[1 << kMaxLanePlayers];
  const unsigned out_of_reach = ProductsOfPlans(view, plans, u);
  const int sets = 1 << view.players;
  const Vector gain = u[sets - 1] - view.base;
  for (int s = 0; s < sets; ++s) u[s] *= view.weighted[s];
  PhiOfPlans(view.players, u, gain, phi);
  return out_of_reach;
}

unsigned LanesLogistic(const LogisticTableView& view, const double* plans, double* phi) {
  Vector u[1 << kMaxLanePlayers];
  const unsigned out_of_reach = ProductsOfPlans(view, plans, u);
  const int last = (1 << view.players) - 1;
  const Vector gain = 1 / (1 + 1 / u[last]) - view.base;
  for (int s = 1; s < last; ++s) {
    const Vector y = u[s] < view.most ? u[s] : Splat(view.most);
    u[s] = FractionValue<1>(view.groups[s], view.coefficients + view.groups[s].first, y);
  }
  u[0] = u[last] = Vector{};  // nobody's and everybody's count nothing
  PhiOfPlans(view.players, u, gain, phi);
  return out_of_reach;
}

// ---- direct sum

// What a row and the plan put into a coalition: `start`, and per player one of two factors; or
// summands, where factors could overflow.
struct RowFactors {
  double start;
  double with[kPaddedPlayers];
  double without[kPaddedPlayers];
  bool summands;
};

// The largest and the least linear predictor of any coalition for one row.
struct Range {
  double least;
  double largest;
};

Range RangeOfRow(const DirectView& view, const double* row, const double* plan) {
  Range range = {view.intercept, view.intercept};
  for (int j = 0; j < view.players; ++j) {
    range.least += Least(plan[j], row[j]);
    range.largest += Largest(plan[j], row[j]);
  }
  return range;
}

// Factors at most 1, relative to the largest of the row, which is worth `start`.
void FactorsOfRow(const DirectView& view, const double* row, const double* plan, double start,
                  RowFactors* out) {
  double small[kPaddedPlayers] = {};
  for (int j = 0; j < view.players; ++j) small[j] = -Size(plan[j] - row[j]);
  for (int j = 0; j < view.players; j += kLanes) Store(Exp(Load(small + j)), small + j);
  for (int j = 0; j < view.players; ++j) {
    out->with[j] = plan[j] >= row[j] ? 1 : small[j];
    out->without[j] = plan[j] >= row[j] ? small[j] : 1;
  }
  out->start = start;
  out->summands = false;
}

void SummandsOfRow(const DirectView& view, const double* row, const double* plan, RowFactors* out) {
  for (int j = 0; j < view.players; ++j) {
    out->with[j] = plan[j];
    out->without[j] = row[j];
  }
  out->start = view.intercept;
  out->summands = true;
}

struct Times {
  Vector operator()(Vector a, Vector b) const { return a * b; }
};
struct Plus {
  Vector operator()(Vector a, Vector b) const { return a + b; }
};

// Coalitions are filled in tiles of the first players, small enough for the nearest cache.
constexpr int kTilePlayers = 9;
constexpr int kTileVectors = (1 << kTilePlayers) / kLanes;

template <class Join>
void FillTile(const RowFactors& row, int players, int tile_players, int high, Join join,
              Vector* u) {
  Vector start = Splat(row.start);
  for (int j = tile_players; j < players; ++j) {
    const bool in = (high >> (j - tile_players) & 1) != 0;
    start = join(start, Splat(in ? row.with[j] : row.without[j]));
  }
  for (int j = 0; j < kLaneBits; ++j) {
    start = join(start, Choose(LanesWith(j), row.with[j], row.without[j]));
  }
  u[0] = start;
  for (int j = kLaneBits; j < tile_players; ++j) {
    const int half = 1 << (j - kLaneBits);
    const Vector with = Splat(row.with[j]);
    const Vector without = Splat(row.without[j]);
    for (int g = 0; g < half; ++g) {
      u[half + g] = join(u[g], with);
      u[g] = join(u[g], without);
    }
  }
}

// exp(eta) of a row in every coalition of a tile.
void RowTile(const RowFactors& row, int players, int tile_players, int high, Vector* u) {
  if (!row.summands) {
    FillTile(row, players, tile_players, high, Times(), u);
    return;
  }
  FillTile(row, players, tile_players, high, Plus(), u);
  const int vectors = 1 << (tile_players - kLaneBits);
  for (int g = 0; g < vectors; ++g) {
    u[g] = Exp(u[g] < kSafeExponent ? u[g] : Splat(kSafeExponent));
  }
}

constexpr int kRowsAtOnce = 4;

Vector AtMostCertain(Vector a) { return a < kCertain ? a : Splat(kCertain); }

// Four values of a / (1 + a) with one division.
struct AddLogistic {
  Vector operator()(Vector a, Vector b, Vector c, Vector d) const {
    a = AtMostCertain(a);
    b = AtMostCertain(b);
    c = AtMostCertain(c);
    d = AtMostCertain(d);
    const Vector ab = a * b;
    const Vector cd = c * d;
    const Vector low_ab = a + b + ab;
    const Vector low_cd = c + d + cd;
    // (low_ab + ab) / (1 + low_ab) + (low_cd + cd) / (1 + low_cd)
    return ((low_ab + ab) * (low_cd + 1) + (low_cd + cd) * (low_ab + 1)) /
           ((low_ab + 1) * (low_cd + 1));
  }
};

struct AddExp {
  Vector operator()(Vector a, Vector b, Vector c, Vector d) const { return (a + b) + (c + d); }
};

template <class Add>
void AddRows(const RowFactors* rows, int count, int players, Add add, Vector* values) {
  Vector tiles[kRowsAtOnce][kTileVectors];
  const int tile_players = players < kTilePlayers ? players : kTilePlayers;
  const int vectors = 1 << (tile_players - kLaneBits);
  for (int r = count; r < kRowsAtOnce; ++r) {
    for (int g = 0; g < vectors; ++g) tiles[r][g] = Vector{};
  }
  for (int high = 0; high < 1 << (players - tile_players); ++high) {
    for (int r = 0; r < count; ++r) RowTile(rows[r], players, tile_players, high, tiles[r]);
    Vector* to = values + static_cast<size_t>(high) * vectors;
    for (int g = 0; g < vectors; ++g) {
      to[g] += add(tiles[0][g], tiles[1][g], tiles[2][g], tiles[3][g]);
    }
  }
}

// phi from the sums of the rows' values.
void PhiFromSums(const DirectView& view, Vector* values, double* phi) {
  const int vectors = 1 << (view.players - kLaneBits);
  const double share = 1 / static_cast<double>(view.rows);
  const double gain = (values[vectors - 1][kLanes - 1] - values[0][0]) * share;
  Vector weight[kMaxCoalitionPlayers + 1];  // by the number of players past the lanes' own
  for (int high = 0; high <= view.players - kLaneBits; ++high) {
    for (int lane = 0; lane < kLanes; ++lane) {
      weight[high][lane] = view.weights[high + __builtin_popcount(lane)] * share;
    }
  }
  for (int g = 0; g < vectors; ++g) values[g] *= weight[__builtin_popcount(g)];
  PhiFromWeighted(view.players, values, gain, phi);
}

template <class Prepare, class Add>
void SumRows(const DirectView& view, Prepare prepare, Add add, Vector* values) {
  RowFactors rows[kRowsAtOnce];
  for (int g = 0; g < 1 << (view.players - kLaneBits); ++g) values[g] = Vector{};
  for (size_t first = 0; first < view.rows; first += kRowsAtOnce) {
    const size_t left = view.rows - first;
    const int count = left < kRowsAtOnce ? static_cast<int>(left) : kRowsAtOnce;
    for (int r = 0; r < count; ++r) {
      prepare(view.contributions + (first + r) * view.players, &rows[r]);
    }
    AddRows(rows, count, view.players, add, values);
  }
}

double DirectExp(const DirectView& view, const double* plan, double* phi) {
  Vector values[kMaxVectors];
  double peak = RangeOfRow(view, view.contributions, plan).largest;
  for (size_t r = 1; r < view.rows; ++r) {
    const double* row = view.contributions + r * view.players;
    peak = Largest(peak, RangeOfRow(view, row, plan).largest);
  }
  const auto prepare = [&](const double* row, RowFactors* out) {
    FactorsOfRow(view, row, plan, ExpOne(RangeOfRow(view, row, plan).largest - peak), out);
  };
  SumRows(view, prepare, AddExp(), values);
  PhiFromSums(view, values, phi);
  return peak;
}

void DirectLogistic(const DirectView& view, const double* plan, double* phi) {
  Vector values[kMaxVectors];
  const auto prepare = [&](const double* row, RowFactors* out) {
    const Range range = RangeOfRow(view, row, plan);
    if (range.least > -kSafeExponent && range.largest < kSafeExponent) {
      FactorsOfRow(view, row, plan, ExpOne(range.largest), out);
    } else {
      SummandsOfRow(view, row, plan, out);
    }
  };
  SumRows(view, prepare, AddLogistic(), values);
  PhiFromSums(view, values, phi);
}

// ---- set-up of the logistic table

void LogisticSums(const double* y, size_t points, const double* z, const double* weight, size_t n,
                  double* sums) {
  for (size_t i = 0; i < points; i += kLanes) {
    const Vector at = Load(y + i);
    Vector sum = {};
    for (size_t k = 0; k < n; k += kRowsAtOnce) {
      const Vector a = AtMostCertain(at * z[k]);
      const Vector b = AtMostCertain(at * z[k + 1]);
      const Vector c = AtMostCertain(at * z[k + 2]);
      const Vector d = AtMostCertain(at * z[k + 3]);
      const Vector above_ab = weight[k] * a * (b + 1) + weight[k + 1] * b * (a + 1);
      const Vector above_cd = weight[k + 2] * c * (d + 1) + weight[k + 3] * d * (c + 1);
      const Vector below_ab = (a + 1) * (b + 1);
      const Vector below_cd = (c + 1) * (d + 1);
      sum += (above_ab * below_cd + above_cd * below_ab) / (below_ab * below_cd);
    }
    Store(sum, sums + i);
  }
}

double Dot(const double* a, const double* b, size_t n) {
  Vector even = {};
  Vector odd = {};
  size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    even += Load(a + i) * Load(b + i);
    odd += Load(a + i + kLanes) * Load(b + i + kLanes);
  }
  if (i < n) even += Load(a + i) * Load(b + i);
  return LaneSum(even + odd);
}

double LanczosStep(const double* x, size_t n, size_t k, double* q, double* alpha) {
  const double* last = q + k * n;
  double* next = q + (k + 1) * n;
  for (size_t i = 0; i < n; i += kLanes) Store(Load(x + i) * Load(last + i), next + i);
  *alpha = Dot(next, last, n);
  // Against all earlier ones: without it rounding brings them back.
  for (size_t j = k + 1; j-- > 0;) {
    const double* earlier = q + j * n;
    const double along = Dot(next, earlier, n);
    for (size_t i = 0; i < n; i += kLanes) {
      Store(Load(next + i) - along * Load(earlier + i), next + i);
    }
  }
  return __builtin_sqrt(Dot(next, next, n));
}

// ---- product form

struct Complex {
  Vector re;
  Vector im;
};
Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
Complex operator*(const Complex& a, const Complex& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
Complex operator*(double a, const Complex& b) { return {a * b.re, a * b.im}; }

Vector One(const Vector& /*like*/) { return Splat(1); }
Complex One(const Complex& /*like*/) { return {Splat(1), Vector{}}; }

// One player of a product game: worth `without`, or with the player `without + change`. All in one
// block: arrays a power of two apart would share cache sets.
template <class Number>
struct Slot {
  Number without;
  Number change;
  Number factor;
  Number left;    // product over the players before
  Number others;  // sum over the nodes of the product over the other players
};

// others = integral over p in [0, 1] of the product over the other players of
// (without + p change), times `start`.
template <class Number>
void IntegrateOthers(const ProductView& view, const Number& start, Slot<Number>* slots) {
  const Number one = One(start);
  for (int j = 0; j < view.players; ++j) slots[j].others = Number{};
  for (int n = 0; n < view.nodes; ++n) {
    Number left = view.node_weight[n] * start;
    for (int j = 0; j < view.players; ++j) {
      Slot<Number>& slot = slots[j];
      slot.factor = slot.without + view.node[n] * slot.change;
      slot.left = left;
      left = left * slot.factor;
    }
    Number right = one;
    for (int j = view.players - 1; j >= 0; --j) {
      Slot<Number>& slot = slots[j];
      slot.others = slot.others + slot.left * right;
      right = right * slot.factor;
    }
  }
}

void Reach(const ProductView& view, const double* plan, double* least, double* largest) {
  for (size_t g = 0; g < view.groups; ++g) {
    const double* rows = view.contributions + g * view.players * kLanes;
    Vector low = Splat(view.intercept);
    Vector high = low;
    for (int j = 0; j < view.players; ++j) {
      const Vector b = Load(rows + j * kLanes);
      const Vector a = Splat(plan[j]);
      low += a < b ? a : b;
      high += a < b ? b : a;
    }
    for (int lane = 0; lane < kLanes; ++lane) {
      const bool first = g == 0 && lane == 0;
      *least = first ? low[lane] : Least(*least, low[lane]);
      *largest = first ? high[lane] : Largest(*largest, high[lane]);
    }
  }
}

// Per row relative to its own largest value, so that factors are at most 1.
void ProductExp(const ProductView& view, const double* plan, double power, double largest,
                double* phi) {
  Slot<Vector> slots[kMaxProductPlayers];
  Vector sums[kMaxProductPlayers] = {};
  for (size_t g = 0; g < view.groups; ++g) {
    const double* rows = view.contributions + g * view.players * kLanes;
    Vector top = Splat(view.intercept);
    for (int j = 0; j < view.players; ++j) {
      const Vector b = Load(rows + j * kLanes);
      const Vector a = Splat(plan[j]);
      const Bits plan_is_less = reinterpret_cast<Bits>(a < b);
      top += plan_is_less ? b : a;
      const Vector small = Exp(power * (plan_is_less ? a - b : b - a));
      slots[j].without = plan_is_less ? Splat(1) : small;
      slots[j].change = plan_is_less ? small - 1 : 1 - small;
    }
    const Vector start = Exp(power * (top - largest)) * Load(view.share + g * kLanes);
    IntegrateOthers(view, start, slots);
    for (int j = 0; j < view.players; ++j) sums[j] += slots[j].change * slots[j].others;
  }
  for (int j = 0; j < view.players; ++j) phi[j] = LaneSum(sums[j]);
}

void ProductWaves(const ProductView& view, const WaveView& waves, double* phi) {
  Slot<Complex> slots[kMaxProductPlayers];
  Complex row[kMaxProductPlayers];   // at t_k
  Complex step[kMaxProductPlayers];  // from t_k to t_k+1
  Vector sums[kMaxProductPlayers] = {};
  for (size_t g = 0; g < view.groups; ++g) {
    const double* first = waves.rows + g * view.players * 2 * kLanes;
    const Vector share = Load(view.share + g * kLanes);
    for (int j = 0; j < view.players; ++j) {
      row[j] = {Load(first + 2 * j * kLanes), Load(first + (2 * j + 1) * kLanes)};
      step[j] = row[j] * row[j];
    }
    for (size_t k = 0; k < waves.terms; ++k) {
      const double* plan = waves.plan + k * view.players * 2;
      for (int j = 0; j < view.players; ++j) {
        slots[j].without = row[j];
        slots[j].change = Complex{Splat(plan[2 * j]), Splat(plan[2 * j + 1])} - row[j];
        row[j] = row[j] * step[j];
      }
      const Complex turn = {waves.turn[2 * k] * share, waves.turn[2 * k + 1] * share};
      IntegrateOthers(view, turn, slots);
      for (int j = 0; j < view.players; ++j) sums[j] += (slots[j].change * slots[j].others).im;
    }
  }
  for (int j = 0; j < view.players; ++j) phi[j] = LaneSum(sums[j]);
}

constexpr Kernels kKernelsHere = {
    .lanes = kLanes,
    .direct_exp = DirectExp,
    .direct_logistic = DirectLogistic,
    .table_exp = TableExp,
    .table_logistic = TableLogistic,
    .lanes_exp = LanesExp,
    .lanes_logistic = LanesLogistic,
    .logistic_sums = LogisticSums,
    .lanczos_step = LanczosStep,
    .reach = Reach,
    .product_exp = ProductExp,
    .product_waves = ProductWaves,
};

// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)

}  // namespace
}  // namespace pythia::explain_internal
