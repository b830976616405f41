// From data to pixels, and where an axis has its ticks. Private to report/.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace pythia::plot {

struct Span {
  double from = 0;
  double to = 0;
};

// The least and greatest drawable value of several lists; empty lists and lists of NaN give
// nothing.
class Extent {
 public:
  void Add(double value);
  void Add(std::span<const double> values);
  bool empty() const { return empty_; }
  // Never of width 0: a single value gets room on both sides.
  Span span() const;

 private:
  bool empty_ = true;
  Span span_;
};

// `data` onto `pixels`, which may run backward (y grows downward).
struct Scale {
  Span data;
  Span pixels;
  bool logarithmic = false;  // then data.from > 0

  double operator()(double value) const;
};

struct Ticks {
  std::vector<double> at;
  std::vector<std::string> text;
};

// At 1, 2 or 5 times a power of ten inside the scale, about `count`.
Ticks NiceTicks(const Scale& scale, int count);

// `span` widened by `share` of its width on both sides.
Span Widened(const Span& span, double share);

}  // namespace pythia::plot
