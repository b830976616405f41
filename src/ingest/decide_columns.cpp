// Which column of a file stands for which of ours, and what becomes of the others.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "ingest/column_plan.h"

namespace pythia {
namespace {

class Planner {
 public:
  Planner(const FileColumns& columns, const Survey& survey, const CleanOptions& options,
          const std::string& file)
      : columns_(columns), survey_(survey), options_(options), file_(file) {}

  Result<ColumnPlan> Run() {
    plan_.notes = columns_.notes;
    plan_.cells.resize(columns_.columns.size());
    ChooseAll();
    PYTHIA_TRY(CheckRequired());
    PYTHIA_TRY(CheckSet());
    for (size_t i = 0; i < columns_.columns.size(); ++i) PlanCell(i);
    PYTHIA_TRY(DecideNotation());
    DecideGrain();
    BuildSchema();
    PYTHIA_TRY(AddConstants());
    return std::move(plan_);
  }

 private:
  int Chosen(std::string_view column) const {
    const auto found = chosen_.find(column);
    return found == chosen_.end() ? -1 : found->second;
  }
  const ColumnProfile& Profile(int i) const { return survey_.profiles[static_cast<size_t>(i)]; }
  const std::string& Header(int i) const { return columns_.columns[static_cast<size_t>(i)].header; }

  void ChooseAll() {
    std::vector<std::string_view> wanted = {column::kCampaignName, column::kEndDate,
                                            column::kCurrency, column::kRoas};
    for (const ColumnSpec& spec : CanonicalColumns()) wanted.push_back(spec.name);
    for (const std::string_view name : wanted) {
      const int i = IsDerived(name) ? -1 : ChooseColumn(columns_, survey_, name);
      const bool required = name == column::kImpressions || name == column::kClicks;
      if (i >= 0 && (required || Profile(i).present > 0)) chosen_[name] = i;
    }
    const int start = Chosen(column::kDate);
    const bool range = start >= 0 && Chosen(column::kEndDate) >= 0 &&
                       NamesStart(columns_.columns[static_cast<size_t>(start)].form) &&
                       Chosen(column::kDuration) < 0;
    if (!range) chosen_.erase(column::kEndDate);
    const bool roas = Chosen(column::kRoi) < 0 && Chosen(column::kRevenue) < 0;
    if (!roas) chosen_.erase(column::kRoas);
  }

  Status CheckRequired() {
    std::vector<std::string> lacking;
    for (const std::string_view name : {column::kImpressions, column::kClicks}) {
      const int i = Chosen(name);
      if (i < 0) {
        lacking.emplace_back(name);
      } else if (survey_.rows > 0 && Profile(i).present == 0) {
        return Fail(
            Error{ErrorCode::kBadInput,
                  fmt::format("the column for {} is empty in all {} rows", name, survey_.rows),
                  {.file = file_, .column = Header(i)},
                  {},
                  fmt::format("Export it with {}, or name another column: --map \"Their "
                              "header={}\"",
                              name, name)});
      }
    }
    if (lacking.empty() && survey_.rows > 0) return {};
    if (lacking.empty()) {
      return Fail(Error{ErrorCode::kBadInput,
                        "a header without rows",
                        {.file = file_},
                        {},
                        "Export it again for a period with campaigns."});
    }
    return Fail(LackingColumns(columns_, lacking, file_));
  }

  Status CheckSet() {
    for (const auto& [key, value] : options_.set) {
      const std::string_view known = FindColumnName(key);
      const ColumnSpec* spec = FindCanonical(known);
      if (spec != nullptr && spec->role != Role::kPlan) {
        return Fail(Error{ErrorCode::kUsage,
                          "fills columns of the plan; this one is an outcome or an id",
                          {.column = "set"},
                          key,
                          "Choose a column such as Channel_Used or Campaign_Type."});
      }
      const int i = known.empty() ? FindHeader(key) : Chosen(known);
      if (i >= 0) {
        return Fail(Error{ErrorCode::kUsage,
                          fmt::format("the file has {} already, as \"{}\"", key, Header(i)),
                          {.file = file_, .column = "set"},
                          value,
                          "Leave it away, or give that column another meaning with --map."});
      }
    }
    return {};
  }

  int FindHeader(const std::string& name) const {
    for (size_t i = 0; i < columns_.columns.size(); ++i) {
      if (columns_.columns[i].header == name) return static_cast<int>(i);
    }
    return -1;
  }

  // What the cell becomes, but for decimal mark, date order and place in the schema.
  void PlanCell(size_t i) {
    const FileColumn& column = columns_.columns[i];
    CellPlan& cell = plan_.cells[i];
    cell.name = column.header;
    const std::string_view target = column.claim ? column.claim->column : "";
    if (IsDerived(target)) {
      plan_.recognised.push_back({column.header, std::string(target), "derived"});
      recomputed_.push_back(column.header);
      return;
    }
    const bool chosen = column.claim && Chosen(target) == static_cast<int>(i);
    if (!chosen) return PlanExtra(i);
    std::string shown(target);
    if (target == column::kEndDate) shown = column::kDuration;
    if (target == column::kRoas) shown = column::kRoi;
    if (target == column::kCurrency) shown = "currency";
    plan_.recognised.push_back({column.header, shown, column.how});
    cell.name = shown;
    cell.kind = KindOf(target);
    const ColumnSpec* spec = FindCanonical(shown);
    const bool ratio = spec != nullptr && spec->type == ColumnType::kNumber;
    const bool signs = Profile(static_cast<int>(i)).percents > 0;
    if (column.form.percent && ratio && !signs) cell.scale = 0.01;
    if (column.form.micros) cell.scale = 1e-6;
  }

  static CellKind KindOf(std::string_view target) {
    if (target == column::kEndDate) return CellKind::kEndDate;
    if (target == column::kRoas) return CellKind::kRoas;
    if (target == column::kCurrency) return CellKind::kSkip;
    if (target == column::kDuration) return CellKind::kDuration;
    const ColumnSpec* spec = FindCanonical(target);
    if (spec == nullptr) return CellKind::kText;
    if (spec->type == ColumnType::kDate) return CellKind::kDate;
    if (spec->type == ColumnType::kCount) return CellKind::kCount;
    return IsNumeric(spec->type) ? CellKind::kNumber : CellKind::kText;
  }

  void PlanExtra(size_t i) {
    const FileColumn& column = columns_.columns[i];
    const ColumnProfile& profile = survey_.profiles[i];
    if (profile.present == 0) {
      empty_.push_back(column.header);
      return;
    }
    const bool by_header = column.claim && column.claim->column == column::kPersonal;
    const bool by_cells = profile.personal > 0 && MostOf(profile.personal, profile.personal_of, 80);
    if ((by_header || by_cells) && !options_.keep_personal) {
      plan_.left_out.push_back(column.header);
      return;
    }
    if (column.claim && Chosen(column.claim->column) >= 0) {
      plan_.notes.push_back(fmt::format(
          "{} is taken from \"{}\"; \"{}\" is kept under its own name.",
          Shown(column.claim->column), Header(Chosen(column.claim->column)), column.header));
    }
    plan_.unknown.push_back(column.header);
    extras_.push_back({i, ExtraSpec(column, profile)});
    CellPlan& cell = plan_.cells[i];
    const ColumnType type = extras_.back().second.type;
    cell.kind = IsNumeric(type)             ? CellKind::kNumber
                : type == ColumnType::kDate ? CellKind::kDate
                                            : CellKind::kText;
    if (column.form.micros && IsNumeric(type)) cell.scale = 1e-6;
  }

  static std::string_view Shown(std::string_view target) {
    if (target == column::kEndDate) return column::kDuration;
    if (target == column::kRoas) return column::kRoi;
    return target == column::kCurrency ? "The currency" : target;
  }

  static ColumnSpec ExtraSpec(const FileColumn& column, const ColumnProfile& profile) {
    ColumnSpec spec{.name = column.header, .type = ColumnType::kText, .role = Role::kOther};
    if (column.identifies) {
      spec.role = Role::kId;
    } else if (MostOf(profile.numbers, profile.present, 95)) {
      spec.type = ColumnType::kNumber;
    } else if (MostOf(profile.dates, profile.present, 95)) {
      spec.type = ColumnType::kDate;
    } else if (profile.levels <= kMostLevels &&
               (profile.levels <= 5 || std::cmp_less_equal(profile.levels * 2, profile.present))) {
      spec.type = ColumnType::kCategory;
      spec.role = Role::kPlan;
    }
    return spec;
  }

  Status DecideNotation() {
    std::vector<size_t> numeric;
    std::vector<size_t> dates;
    std::vector<size_t> money;
    std::vector<bool> counts(columns_.columns.size());
    for (size_t i = 0; i < plan_.cells.size(); ++i) {
      const CellPlan& cell = plan_.cells[i];
      const bool number = cell.kind == CellKind::kNumber || cell.kind == CellKind::kCount ||
                          cell.kind == CellKind::kDuration || cell.kind == CellKind::kRoas;
      if (number) numeric.push_back(i);
      if (cell.kind == CellKind::kDate || cell.kind == CellKind::kEndDate) dates.push_back(i);
      counts[i] = cell.kind == CellKind::kCount;
      if (cell.name == column::kAcquisitionCost || cell.name == column::kRevenue) {
        money.push_back(i);
      }
    }
    PYTHIA_ASSIGN(
        const std::vector<char> decimals,
        DecideDecimals(columns_, survey_, numeric, counts, options_, file_, &plan_.notes));
    PYTHIA_ASSIGN(const std::vector<DateOrder> orders,
                  DecideDateOrders(columns_, survey_, dates, options_, file_, &plan_.notes));
    for (size_t i = 0; i < plan_.cells.size(); ++i) {
      plan_.cells[i].decimal = decimals[i];
      plan_.cells[i].order = orders[i];
    }
    PYTHIA_ASSIGN(plan_.currency, DecideCurrency(columns_, survey_, money, file_, &plan_.notes));
    return {};
  }

  void DecideGrain() {
    const bool named = Chosen(column::kCampaignId) >= 0 || Chosen(column::kCampaignName) >= 0;
    const bool dated = Chosen(column::kDate) >= 0;
    const bool own_duration = Chosen(column::kDuration) >= 0;
    const bool repeats =
        survey_.repeated_rows * 5 >= survey_.dated_rows && survey_.repeated_rows > 0;
    plan_.grain = options_.grain.value_or(Grain::kCampaign);
    plan_.roll_up = plan_.grain == Grain::kCampaign && named && dated &&
                    (options_.grain ? survey_.repeated_rows > 0 : repeats) && !own_duration;
    if (survey_.repeated_rows > 0 && !plan_.roll_up && !options_.grain && named && dated) {
      plan_.notes.push_back(fmt::format(
          "{} of {} rows repeat a campaign on another day; rows are kept as campaigns. --grain "
          "campaign rolls them up.",
          survey_.repeated_rows, survey_.dated_rows));
    }
    if (options_.grain == Grain::kCampaign && !plan_.roll_up) {
      plan_.notes.push_back(
          fmt::format("--grain campaign rolled nothing up: {}.", WhyNotRolledUp(named, dated)));
    }
    if (survey_.repeated_rows > 0 && plan_.grain == Grain::kRow && Chosen(column::kDuration) < 0) {
      if (chosen_.erase(column::kEndDate) > 0) {
        plan_.notes.emplace_back("Rows are parts of campaigns, so their periods are no Duration.");
      }
    }
  }

  std::string_view WhyNotRolledUp(bool named, bool dated) const {
    if (!columns_.Claimants(column::kDuration).empty()) {
      return "the file has a Duration of its own";
    }
    if (!named) return "the file has no Campaign_ID and no campaign names";
    if (!dated) return "the file has no Date";
    return "no campaign comes back on another day";
  }

  void BuildSchema() {
    std::set<std::string> used;
    for (const ColumnSpec& spec : CanonicalColumns()) used.insert(spec.name);
    used.emplace(column::kCampaignName);
    for (const ColumnSpec& spec : CanonicalColumns()) AddCanonical(spec);
    if (const int i = Chosen(column::kCampaignName); i >= 0) {
      Place(i, {std::string(column::kCampaignName), ColumnType::kText, Role::kId});
    }
    for (auto& [i, spec] : extras_) {
      const std::string name = spec.name;
      for (int n = 2; !used.insert(spec.name).second; ++n)
        spec.name = fmt::format("{}_{}", name, n);
      Place(static_cast<int>(i), spec);
    }
    AddNotes();
  }

  void AddNotes() {
    if (!recomputed_.empty()) {
      plan_.notes.push_back(fmt::format("Not read but computed from the other columns: {}.",
                                        ListNames(recomputed_, 12)));
    }
    const int spend = Chosen(column::kAcquisitionCost);
    if (spend >= 0 && columns_.columns[static_cast<size_t>(spend)].how == "alias" &&
        columns_.columns[static_cast<size_t>(spend)].form.core.find("budget") ==
            std::string::npos) {
      plan_.notes.push_back(fmt::format(
          "Acquisition_Cost is \"{}\": what was spent in the end, which may differ from a plan.",
          Header(spend)));
    }
    if (!empty_.empty()) {
      plan_.notes.push_back(
          fmt::format("Left out, for they are empty in every row: {}.", ListNames(empty_, 12)));
    }
    if (!plan_.left_out.empty()) {
      plan_.notes.push_back(
          fmt::format("Left out, for they look like e-mail addresses or phone "
                      "numbers: {}. --keep-personal keeps them.",
                      ListNames(plan_.left_out)));
    }
  }

  void Place(int file_column, const ColumnSpec& spec) {
    plan_.cells[static_cast<size_t>(file_column)].column = static_cast<int>(plan_.schema.size());
    plan_.schema.push_back(spec);
  }

  void AddCanonical(const ColumnSpec& spec) {
    const bool spend = Chosen(column::kAcquisitionCost) >= 0 || IsSet(column::kAcquisitionCost);
    if (IsSet(spec.name)) {
      plan_.schema.push_back(spec);
      return;
    }
    if (const int i = Chosen(spec.name); i >= 0) return Place(i, spec);
    if (spec.name == column::kDuration && Chosen(column::kEndDate) >= 0) {
      return Place(Chosen(column::kEndDate), spec);
    }
    if (spec.name == column::kRoi && Chosen(column::kRoas) >= 0) {
      plan_.notes.emplace_back("There is no ROI or revenue in the file: ROI = ROAS - 1.");
      return Place(Chosen(column::kRoas), spec);
    }
    const bool derived = spec.name == column::kCtr ||
                         ((spec.name == column::kCpc || spec.name == column::kCpm) && spend) ||
                         (spec.name == column::kRoi && Chosen(column::kRevenue) >= 0 && spend);
    if (derived) {
      plan_.schema.push_back(spec);
      plan_.recognised.push_back({"", spec.name, "derived"});
      return;
    }
    const bool rolled = spec.name == column::kDuration && plan_.roll_up;
    if (!IsDerived(spec.name) && !rolled) plan_.missing.push_back(spec.name);
  }

  bool IsSet(std::string_view name) const {
    return std::any_of(options_.set.begin(), options_.set.end(),
                       [&](const auto& pair) { return FindColumnName(pair.first) == name; });
  }

  Status AddConstants() {
    for (const auto& [key, value] : options_.set) {
      const std::string_view known = FindColumnName(key);
      const ColumnSpec* canonical = FindCanonical(known);
      const ColumnSpec spec =
          canonical != nullptr ? *canonical : ColumnSpec{key, ColumnType::kCategory, Role::kPlan};
      PYTHIA_ASSIGN(PlanValue constant, ParsePlanValue(spec, value));
      auto place = std::find_if(plan_.schema.begin(), plan_.schema.end(),
                                [&](const ColumnSpec& there) { return there.name == spec.name; });
      if (place == plan_.schema.end()) place = plan_.schema.insert(place, spec);
      plan_.constants.emplace_back(static_cast<int>(place - plan_.schema.begin()),
                                   std::move(constant));
      plan_.recognised.push_back({"", spec.name, "set"});
    }
    return {};
  }

  const FileColumns& columns_;
  const Survey& survey_;
  const CleanOptions& options_;
  const std::string& file_;
  ColumnPlan plan_;
  std::map<std::string_view, int> chosen_;  // our column → column of the file
  std::vector<std::pair<size_t, ColumnSpec>> extras_;
  std::vector<std::string> empty_;
  std::vector<std::string> recomputed_;
};

}  // namespace

Result<ColumnPlan> PlanColumns(const FileColumns& columns, const Survey& survey,
                               const CleanOptions& options, const std::string& file) {
  return Planner(columns, survey, options, file).Run();
}

}  // namespace pythia
