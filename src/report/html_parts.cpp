#include "report/html_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "report/plot_text.h"

namespace pythia::html {
namespace {

constexpr double kSmallMoney = 100;  // below it, cents count

void WriteCells(std::initializer_list<std::string_view> cells, size_t numbers,
                std::string_view first, std::string_view others, HtmlWriter* page) {
  const auto row = page->In("tr");
  size_t i = 0;
  for (const std::string_view cell : cells) {
    page->Leaf(i == 0 ? first : others, cell, i >= numbers ? "n" : "");
    ++i;
  }
}

}  // namespace

void WriteRow(std::initializer_list<std::string_view> cells, size_t numbers, HtmlWriter* page) {
  WriteCells(cells, numbers, "th", "td", page);
}

void WriteHead(std::initializer_list<std::string_view> cells, size_t numbers, HtmlWriter* page) {
  const auto head = page->In("thead");
  WriteCells(cells, numbers, "th", "th", page);
}

void WriteFact(std::string_view name, std::string_view figure, HtmlWriter* page) {
  const auto fact = page->In("div");
  page->Leaf("dt", name);
  page->Leaf("dd", figure);
}

std::string Sentence(std::string_view words) {
  std::string text(words);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string Counted(int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", plot::CountText(count), count == 1 ? one : many);
}

std::string PlainName(std::string_view column) {
  std::string text(column);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string DayWords(std::string_view iso) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto is_day = [&] {
    if (iso.size() < 10 || iso[4] != '-' || iso[7] != '-') return false;
    for (const size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
      if (iso[i] < '0' || iso[i] > '9') return false;
    }
    return true;
  };
  if (!is_day()) return std::string(iso);
  const int month = 10 * (iso[5] - '0') + (iso[6] - '0');
  const int day = 10 * (iso[8] - '0') + (iso[9] - '0');
  if (month < 1 || month > 12) return std::string(iso);
  return fmt::format("{} {} {}", day, kMonths[static_cast<size_t>(month - 1)], iso.substr(0, 4));
}

std::string TimeWords(std::string_view iso) {
  const std::string day = DayWords(iso);
  if (day == iso || iso.size() < 16) return day;
  return fmt::format("{}, {} UTC", day, iso.substr(11, 5));
}

std::string MoneyWords(double amount, const std::string& currency) {
  const std::string text = plot::NumberText(amount, std::abs(amount) < kSmallMoney ? 2 : 0);
  return currency.empty() ? text : text + " " + currency;
}

std::string ValueWords(std::string_view column, const PlanValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const double number = std::get<double>(value);
  const std::string text = plot::NumberText(number, number == std::round(number) ? 0 : 2);
  if (column != column::kDuration) return text;
  return text + (number == 1 ? " day" : " days");
}

std::string PlanWords(const Plan& plan) {
  std::string text;
  for (const auto& [name, value] : plan.values) {
    if (name == column::kAcquisitionCost) continue;
    text += (text.empty() ? "" : ", ") + ValueWords(name, value);
  }
  return text.empty() ? "any plan" : text;
}

bool HasSignal(const ModelReport& model) {
  return model.verdict && model.verdict->verdict == "signal";
}

}  // namespace pythia::html
