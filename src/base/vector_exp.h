// exp() for vectors of GCC and Clang, for files that are compiled once for each kind of processor.
// So that no code for a newer processor reaches an older one, it has internal linkage and uses
// nothing inline of the standard library.
#pragma once

namespace pythia {
namespace {  // NOLINT(google-build-namespaces,cert-dcl59-cpp): see above

// exp(x) = p * 2^k to 1 ulp, for |x| up to about 709; `k` in the lowest bits of its lanes. Cody and
// Waite's reduction by log 2 in two parts, then Taylor to degree 13.
template <typename Vector, typename Bits>
[[gnu::always_inline]] inline void SplitExp(const Vector& x, Vector* p, Bits* k) {
  constexpr double kInverseFactorial[] = {1,
                                          1,
                                          1.0 / 2,
                                          1.0 / 6,
                                          1.0 / 24,
                                          1.0 / 120,
                                          1.0 / 720,
                                          1.0 / 5040,
                                          1.0 / 40320,
                                          1.0 / 362880,
                                          1.0 / 3628800,
                                          1.0 / 39916800,
                                          1.0 / 479001600};
  // NOLINTBEGIN(modernize-use-std-numbers): parts of log 2 that products of `whole` do not round
  constexpr double kToInteger = 0x1.8p52;  // adding it leaves round(x) in the lowest bits
  Vector whole = x * 0x1.71547652b82fep+0 + kToInteger;
  *k = reinterpret_cast<Bits>(whole);
  whole -= kToInteger;
  const Vector r = (x - whole * 0x1.62e42feep-1) - whole * 0x1.a39ef35793c76p-33;
  // NOLINTEND(modernize-use-std-numbers)
  Vector sum = Vector{} + 1.0 / 6227020800;
#pragma GCC unroll 13
  for (int i = 12; i >= 0; --i) sum = sum * r + kInverseFactorial[i];
  *p = sum;
}

// Of a double's bits.
constexpr int kExponentShift = 52;

}  // namespace
}  // namespace pythia
