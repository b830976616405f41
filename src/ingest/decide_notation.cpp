// How numbers and dates are written: decimal marks, date orders, currency.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "ingest/column_plan.h"

namespace pythia {
namespace {

tl::unexpected<Error> TwoReadings(const std::string& file, const std::string& column,
                                  std::string message, std::string value, std::string hint) {
  return Fail(Error{ErrorCode::kBadInput,
                    std::move(message),
                    {.file = file, .column = column},
                    std::move(value),
                    std::move(hint)});
}

// '.' or ',' where the column's own cells tell, '\0' where they do not.
char OwnDecimal(const ColumnProfile& profile) {
  if (profile.dots > 0 || profile.commas > 0) return profile.dots >= profile.commas ? '.' : ',';
  const bool open = profile.maybe_dots > 0 || profile.maybe_commas > 0;
  return open ? '\0' : '.';
}

// '.' or ',' where the columns whose own cells tell agree, else '\0'.
char FileDecimal(const Survey& survey, const std::vector<size_t>& numeric) {
  bool dot = false;
  bool comma = false;
  for (const size_t i : numeric) {
    const ColumnProfile& profile = survey.profiles[i];
    const bool dots_win = profile.dots > 0 && profile.dots >= profile.commas;
    dot = dot || dots_win;
    comma = comma || (profile.commas > 0 && !dots_win);
  }
  if (dot == comma) return '\0';
  return dot ? '.' : ',';
}

// "$1,234" in every cell: those who write the sign in front group with commas.
bool GroupsByCurrency(const ColumnProfile& profile) {
  static const std::set<std::string> kFront = {"$", "US$", "\xC2\xA3", "CA$", "AU$", "A$", "C$"};
  return profile.maybe_dots == 0 && !profile.currencies.empty() &&
         std::all_of(profile.currencies.begin(), profile.currencies.end(),
                     [](const std::string& symbol) { return kFront.count(symbol) > 0; });
}

// '\0' where it stays open.
char OpenDecimal(const ColumnProfile& profile, bool count, char file_decimal) {
  const bool mixed = profile.maybe_dots > 0 && profile.maybe_commas > 0;
  if (mixed) return '\0';
  const char as_groups = profile.maybe_dots > 0 ? ',' : '.';
  // Whole things have no three decimals, so the mark groups them, unless the file says otherwise.
  if (count) return file_decimal == '\0' || file_decimal == as_groups ? as_groups : '\0';
  if (file_decimal != '\0') return file_decimal;
  return GroupsByCurrency(profile) ? '.' : '\0';
}

}  // namespace

Result<std::vector<char>> DecideDecimals(const FileColumns& columns, const Survey& survey,
                                         const std::vector<size_t>& numeric,
                                         const std::vector<bool>& counts,
                                         const CleanOptions& options, const std::string& file,
                                         std::vector<std::string>* notes) {
  std::vector<char> decimals(columns.columns.size(), options.decimal.value_or('.'));
  if (options.decimal) return decimals;
  const char file_decimal = FileDecimal(survey, numeric);
  for (const size_t i : numeric) {
    const ColumnProfile& profile = survey.profiles[i];
    char decimal = OwnDecimal(profile);
    const bool open = decimal == '\0';
    if (open) decimal = OpenDecimal(profile, counts[i], file_decimal);
    const std::string& header = columns.columns[i].header;
    if (decimal == '\0') {
      return TwoReadings(file, header, "numbers that can be read in two ways",
                         profile.maybe_example,
                         "Say which mark begins the decimals: --decimal . or --decimal ,");
    }
    if (open && !counts[i]) {
      notes->push_back(
          fmt::format("In \"{}\" the decimal mark is taken for '{}', as in the rest "
                      "of the file ({}).",
                      header, decimal, profile.maybe_example));
    }
    decimals[i] = decimal;
  }
  return decimals;
}

Result<std::vector<DateOrder>> DecideDateOrders(const FileColumns& columns, const Survey& survey,
                                                const std::vector<size_t>& dates,
                                                const CleanOptions& options,
                                                const std::string& file,
                                                std::vector<std::string>* notes) {
  std::vector<DateOrder> orders(columns.columns.size(),
                                options.date_order.value_or(DateOrder::kDmy));
  if (options.date_order) return orders;
  int64_t day_first = 0;
  int64_t month_first = 0;
  for (const size_t i : dates) {
    day_first += survey.profiles[i].day_first;
    month_first += survey.profiles[i].month_first;
  }
  for (const size_t i : dates) {
    const ColumnProfile& profile = survey.profiles[i];
    const std::string& header = columns.columns[i].header;
    const bool own = profile.day_first != profile.month_first;
    if (own) {
      orders[i] = profile.day_first > profile.month_first ? DateOrder::kDmy : DateOrder::kMdy;
    } else if (profile.either > 0 && profile.dotted < profile.either) {
      if (day_first == month_first) {
        return TwoReadings(file, header, "dates that can be read in two ways",
                           profile.either_example,
                           "Say what comes first: --date-order dmy (day) or --date-order mdy "
                           "(month)");
      }
      orders[i] = day_first > month_first ? DateOrder::kDmy : DateOrder::kMdy;
      notes->push_back(
          fmt::format("Dates in \"{}\" are read with the {} first, as in the rest of "
                      "the file.",
                      header, orders[i] == DateOrder::kDmy ? "day" : "month"));
    }
  }
  return orders;
}

Result<std::string> DecideCurrency(const FileColumns& columns, const Survey& survey,
                                   const std::vector<size_t>& money, const std::string& file,
                                   std::vector<std::string>* notes) {
  std::set<std::string> codes;
  std::set<std::string> symbols;
  for (const std::string& text : survey.currencies) {
    const std::string_view code = CurrencyCode(text);
    codes.emplace(code.empty() ? std::string_view(text) : code);
  }
  for (const size_t i : money) {
    if (!columns.columns[i].form.currency.empty()) codes.insert(columns.columns[i].form.currency);
    symbols.insert(survey.profiles[i].currencies.begin(), survey.profiles[i].currencies.end());
  }
  std::set<std::string> all = codes;
  for (const std::string& symbol : symbols) {
    const bool known = std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
      return CurrencyMayBe(symbol, code);
    });
    const std::string_view code = CurrencyCode(symbol);
    if (!known) all.emplace(code.empty() ? std::string_view(symbol) : code);
  }
  if (all.size() > 1) {
    return Fail(
        Error{ErrorCode::kBadInput,
              fmt::format("amounts in several currencies: {}", ListNames({all.begin(), all.end()})),
              {.file = file},
              {},
              "Load each currency into a dataset of its own; nothing is converted here."});
  }
  if (all.empty()) return std::string();
  const std::string only = *all.begin();
  if (!CurrencyCode(only).empty() && only.size() == 3) {
    if (codes.empty() && symbols.count("$") > 0) {
      notes->emplace_back("Amounts carry a \"$\", which is taken for US dollars.");
    }
    return only;
  }
  notes->push_back(
      fmt::format("\"{}\" stands for several currencies; the dataset's currency stays "
                  "unknown.",
                  only));
  return std::string();
}

}  // namespace pythia
