#include <filesystem>

#include <fmt/format.h>

#include "base/clock.h"
#include "campaign/dates.h"
#include "campaign/schema.h"
#include "engine/engine.h"

namespace pythia {
namespace {

const ColumnSpec* FindColumn(const Schema& schema, std::string_view name) {
  for (const ColumnSpec& spec : schema) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<DatasetInfo>> Engine::ListDatasets() {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return store->ListDatasets();
}

Result<DatasetDetails> Engine::ShowDataset(const std::string& name) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo info, RequireDataset(*store, dataset));
  DatasetDetails details;
  PYTHIA_ASSIGN(details.generations, store->Generations(dataset));
  const ColumnSpec* channel = FindColumn(info.schema, column::kChannelUsed);
  if (channel == nullptr || channel->type != ColumnType::kCategory) return details;
  for (const std::string_view sum :
       {column::kImpressions, column::kClicks, column::kAcquisitionCost, column::kRevenue}) {
    if (FindColumn(info.schema, sum) != nullptr) details.sums.emplace_back(sum);
  }
  PYTHIA_ASSIGN(details.channels, store->SumBy(dataset, column::kChannelUsed, details.sums));
  return details;
}

Result<DatasetInfo> Engine::RestoreDataset(const std::string& name) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo before, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(DatasetInfo info, store->RestoreDataset(dataset));
  Renew(dataset);
  PYTHIA_TRY(Audit(*store, "restore", dataset,
                   fmt::format(R"({{"from":{},"to":{}}})", before.generation, info.generation)));
  return info;
}

Status Engine::DeleteDataset(const std::string& name) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo info, RequireDataset(*store, name));
  PYTHIA_ASSIGN(const std::vector<ModelInfo> models, store->ListModels(name));
  PYTHIA_TRY(store->DeleteDataset(name));
  for (const ModelInfo& model : models) {
    std::error_code ignored;  // a file that is gone already is as good
    std::filesystem::remove(config().models / model.file, ignored);
  }
  Forget(name);
  {
    // The next dataset of this name counts its generations from 1 again.
    const std::scoped_lock lock(shared_->mutex);
    shared_->histories.erase(name);
  }
  return Audit(*store, "delete", name, fmt::format(R"({{"rows":{}}})", info.rows));
}

Result<PruneReport> Engine::Prune() {
  constexpr int64_t kMicrosPerDay = 86400LL * 1000000;
  constexpr int64_t kMostDays = 36500;  // more keeps all: there is no such day in the calendar
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  std::string logs_before;
  if (config().log_retention_days <= kMostDays) {
    logs_before = FormatTimestamp(NowMicros() - config().log_retention_days * kMicrosPerDay);
  }
  PYTHIA_ASSIGN(const PruneReport report, store->Prune({.logs_before = logs_before,
                                                        .max_log_rows = config().log_max_rows,
                                                        .kept_generations = 2}));
  PYTHIA_TRY(Audit(*store, "prune", "",
                   fmt::format(R"({{"generations":{},"predictions":{},"recommendations":{}}})",
                               report.generations, report.predictions, report.recommendations)));
  return report;
}

Result<Options> Engine::GetOptions(const std::string& name) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo info, RequireDataset(*store, dataset));
  Options options{.dataset = dataset, .currency = info.currency};
  for (const ColumnSpec& spec : info.schema) {
    // Impressions may be given in a plan, as the planned reach.
    if (spec.role != Role::kPlan && spec.name != column::kImpressions) continue;
    if (spec.type == ColumnType::kCategory) {
      PYTHIA_ASSIGN(const std::vector<LevelCount> levels,
                    store->DistinctValues(dataset, spec.name));
      std::vector<std::string>& values = options.categories[spec.name];
      for (const LevelCount& level : levels) values.push_back(level.level);
    } else if (spec.type == ColumnType::kDate) {
      PYTHIA_ASSIGN(const std::optional<Range> range, store->ColumnRange(dataset, spec.name));
      if (range && spec.name == column::kDate) {
        options.dates = {FormatDay(static_cast<int32_t>(range->min)),
                         FormatDay(static_cast<int32_t>(range->max))};
      }
    } else if (IsNumeric(spec.type)) {
      PYTHIA_ASSIGN(const std::optional<Range> range, store->ColumnRange(dataset, spec.name));
      if (range) options.ranges[spec.name] = *range;
    }
  }
  return options;
}

}  // namespace pythia
