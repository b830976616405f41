#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/plot_rows.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Sheet;
using plot::Tone;

constexpr double kTermHeight = 24;
constexpr size_t kMostTerms = 30;
constexpr size_t kMostWithout = 10;  // of those, without an interval
constexpr double kNumbers = 205;     // the column of figures at the right
constexpr double kCutAt = 3;         // times the largest effect: intervals beyond are cut

struct Term {
  const Coefficient* coefficient = nullptr;
  const Effect* effect = nullptr;  // absent, or not to be drawn: null
};

const Effect* DrawableEffect(const Coefficient& coefficient) {
  if (!coefficient.effect) return nullptr;
  const Effect& effect = *coefficient.effect;
  const bool drawable = plot::IsDrawable(effect.value) && plot::IsDrawable(effect.lower) &&
                        plot::IsDrawable(effect.upper);
  return drawable ? &effect : nullptr;
}

// The largest effect on top, terms without one last.
std::vector<Term> Terms(const ModelReport& report) {
  std::vector<Term> terms;
  for (const Coefficient& coefficient : report.coefficients) {
    terms.push_back({&coefficient, DrawableEffect(coefficient)});
  }
  plot::SortLargestFirst(&terms, [](const Term& term) {
    return term.effect != nullptr ? std::abs(term.effect->value) : -1;
  });
  return terms;
}

// Drops the smallest effects, yet keeps terms without one: they are to be named. Returns how many.
size_t LeaveOut(std::vector<Term>* terms) {
  if (terms->size() <= kMostTerms) return 0;
  const size_t left_out = terms->size() - kMostTerms;
  const auto first = std::find_if(terms->begin(), terms->end(),
                                  [](const Term& term) { return term.effect == nullptr; });
  const auto with = static_cast<size_t>(first - terms->begin());
  const size_t without = terms->size() - with;
  // Whatever one of the two leaves free is the other's.
  const size_t kept_without =
      std::min(without, std::max(kMostWithout, kMostTerms - std::min(with, kMostTerms)));
  const size_t kept_with = kMostTerms - kept_without;
  terms->resize(with + kept_without);
  terms->erase(terms->begin() + static_cast<std::ptrdiff_t>(kept_with),
               terms->begin() + static_cast<std::ptrdiff_t>(with));
  return left_out;
}

// All intervals, but none so wide that it presses the others together.
plot::Span DataSpan(const std::vector<Term>& terms) {
  double largest = 0;
  for (const Term& term : terms) {
    if (term.effect != nullptr) largest = std::max(largest, std::abs(term.effect->value));
  }
  plot::Extent extent;
  extent.Add(0);
  for (const Term& term : terms) {
    if (term.effect == nullptr) continue;
    const Effect& effect = *term.effect;
    const double most = kCutAt * largest;
    extent.Add(effect.value);
    extent.Add(most > 0 ? std::clamp(effect.lower, -most, most) : effect.lower);
    extent.Add(most > 0 ? std::clamp(effect.upper, -most, most) : effect.upper);
  }
  return plot::Widened(extent.span(), 0.03);
}

std::string_view LinkWords(std::string_view target) {
  return target == "ROI"           ? "log-odds of ROI"
         : target == "Impressions" ? "log impressions"
                                   : "log clicks";
}

// `arrow` where the interval goes on beyond the axis.
void DrawEnd(double x, double y, bool arrow, double way, Tone tone, Sheet* sheet) {
  if (!arrow) return sheet->Line({x, y - 4}, {x, y + 4}, tone, 2);
  const plot::Point tip[] = {{x - 5 * way, y - 4}, {x, y}, {x - 5 * way, y + 4}};
  sheet->Path(tip, tone, 2);
}

void DrawEffect(const Effect& effect, const plot::Scale& x, double y, Sheet* sheet) {
  const Tone tone = effect.lower > 0 ? Tone::kUp : effect.upper < 0 ? Tone::kDown : Tone::kGrey;
  const bool cut_left = effect.lower < x.data.from;
  const bool cut_right = effect.upper > x.data.to;
  const double left = x(std::max(effect.lower, x.data.from));
  const double right = x(std::min(effect.upper, x.data.to));
  sheet->Line({left, y}, {right, y}, tone, 2);
  DrawEnd(left, y, cut_left, -1, tone, sheet);
  DrawEnd(right, y, cut_right, 1, tone, sheet);
  sheet->Dot({x(effect.value), y}, 4.5, tone);
}

void DrawFigures(const Effect& effect, double column, double baseline, int decimals, Sheet* sheet) {
  constexpr double kValueWidth = 58;
  sheet->Text({column + kValueWidth, baseline}, plot::SignedText(effect.value, decimals),
              {.size = plot::kSmallSize, .anchor = Anchor::kEnd});
  sheet->Fitted({column + kValueWidth + plot::kGap, baseline},
                fmt::format("{} to {}", plot::SignedText(effect.lower, decimals),
                            plot::SignedText(effect.upper, decimals)),
                kNumbers - kValueWidth - 2 * plot::kGap,
                {.size = plot::kSmallSize, .tone = Tone::kMuted});
}

void DrawTerm(const Term& term, const plot::Scale& x, double label_end, double y, int decimals,
              Sheet* sheet) {
  const double baseline = y + plot::kTextDrop * plot::kLabelSize;
  const std::string& name = term.coefficient->term;
  sheet->Text({label_end, baseline}, plot::Shortened(name, plot::kLabelSize, plot::kMostLabel),
              {.anchor = Anchor::kEnd, .tone = term.effect != nullptr ? Tone::kInk : Tone::kMuted},
              CleanText(name));
  const plot::Look look = {.size = plot::kSmallSize, .tone = Tone::kMuted};
  const double column = plot::kWidth - plot::kMargin - kNumbers + plot::kGap;
  if (term.effect == nullptr) {
    sheet->Ring({x(0), y}, 4, Tone::kGrey);
    sheet->Text({column + plot::kGap, baseline}, "no interval", look,
                "the history sets no limit to it, or cannot tell it from others");
    return;
  }
  DrawEffect(*term.effect, x, y, sheet);
  DrawFigures(*term.effect, column, baseline, decimals, sheet);
}

}  // namespace

std::string CoefficientsSvg(const ModelReport& report) {
  const std::string heading =
      fmt::format("Effects with 95 % intervals: {}", LinkWords(report.target));
  std::vector<Term> terms = Terms(report);
  if (terms.empty()) return plot::NothingToShow(heading, "the model has no terms");
  const size_t left_out = LeaveOut(&terms);

  std::vector<std::string> labels;
  for (const Term& term : terms) labels.push_back(term.coefficient->term);
  const double label_end =
      plot::kMargin + plot::WidestText(labels, plot::kLabelSize, plot::kMostLabel);
  const plot::Scale x = {DataSpan(terms),
                         {label_end + 2 * plot::kGap, plot::kWidth - plot::kMargin - kNumbers}};
  const double bottom = plot::kTop + static_cast<double>(terms.size()) * kTermHeight + 4;
  const double more = left_out > 0 ? 20 : 0;
  Sheet sheet(bottom + plot::kAxisHeight + plot::kMargin / 2 + more, heading,
              "A category against the mean of its levels, a number per standard deviation; "
              "associations, not causes",
              fmt::format("{} has the largest effect of {} terms.",
                          plot::Shortened(terms[0].coefficient->term, plot::kLabelSize, 400),
                          report.coefficients.size()));
  sheet.BottomAxis(x, plot::kTop, bottom, fmt::format("effect on {}", LinkWords(report.target)));
  sheet.Line({x(0), plot::kTop}, {x(0), bottom}, Tone::kAxis);
  const int decimals =
      terms[0].effect != nullptr ? std::min(3, plot::Decimals(terms[0].effect->value)) : 2;
  for (size_t i = 0; i < terms.size(); ++i) {
    const double y = plot::kTop + (static_cast<double>(i) + 0.5) * kTermHeight;
    DrawTerm(terms[i], x, label_end, y, decimals, &sheet);
  }
  if (left_out > 0) {
    sheet.Text({plot::kMargin, bottom + plot::kAxisHeight + more},
               fmt::format("{} more terms are not shown.", left_out),
               {.size = plot::kSmallSize, .tone = Tone::kMuted});
  }
  return sheet.Take();
}

}  // namespace pythia
