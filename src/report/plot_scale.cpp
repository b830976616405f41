#include "report/plot_scale.h"

#include <algorithm>
#include <cmath>

#include "report/plot_text.h"

namespace pythia::plot {
namespace {

constexpr int kMostTicks = 50;
// Relative: below it doubles cannot tell ticks apart.
constexpr double kLeastWidth = 1e-9;
constexpr double kSlack = 1e-9;

double NiceStep(double width, int count) {
  const double rough = width / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - kSlack)) return factor * power;
  }
  return 10 * power;
}

Ticks LinearTicks(const Span& data, int count) {
  const double step = NiceStep(data.to - data.from, count);
  const double first = std::ceil(data.from / step - kSlack);
  Ticks ticks;
  for (int i = 0; i < kMostTicks; ++i) {
    const double at = (first + i) * step;
    if (at > data.to + kSlack * step) break;
    ticks.at.push_back(at == 0 ? 0 : at);  // no negative zero
  }
  ticks.text = TickTexts(ticks.at, step);
  return ticks;
}

Ticks LogTicks(const Span& data, int count) {
  const double decades = std::log10(data.to / data.from);
  const bool dense = decades * 3 <= count;
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / count)));
  const int first = static_cast<int>(std::floor(std::log10(data.from)));
  Ticks ticks;
  for (int i = 0; i <= static_cast<int>(decades) + 1; i += stride) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double at = factor * std::pow(10, first + i);
      if (!dense && factor > 1) continue;
      if (at < data.from * (1 - kSlack) || at > data.to * (1 + kSlack)) continue;
      ticks.at.push_back(at);
      ticks.text.push_back(TickTexts(std::span(&at, 1), at)[0]);
    }
  }
  return ticks;
}

}  // namespace

void Extent::Add(double value) {
  if (!IsDrawable(value)) return;
  span_.from = empty_ ? value : std::min(span_.from, value);
  span_.to = empty_ ? value : std::max(span_.to, value);
  empty_ = false;
}

void Extent::Add(std::span<const double> values) {
  for (const double value : values) Add(value);
}

Span Extent::span() const {
  const double size = std::max(std::abs(span_.from), std::abs(span_.to));
  if (span_.to - span_.from > std::max(kLeastWidth * size, 1e-290)) return span_;
  const double room = size > 1e-290 ? 0.1 * size : 1;
  return {span_.from - room, span_.to + room};
}

double Scale::operator()(double value) const {
  const double share = logarithmic ? std::log(value / data.from) / std::log(data.to / data.from)
                                   : (value - data.from) / (data.to - data.from);
  return pixels.from + share * (pixels.to - pixels.from);
}

Ticks NiceTicks(const Scale& scale, int count) {
  return scale.logarithmic ? LogTicks(scale.data, std::max(2, count))
                           : LinearTicks(scale.data, std::max(2, count));
}

Span Widened(const Span& span, double share) {
  const double room = share * (span.to - span.from);
  return {span.from - room, span.to + room};
}

}  // namespace pythia::plot
