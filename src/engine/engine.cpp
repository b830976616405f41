#include "engine/engine.h"

#include <fmt/format.h>

#include <utility>

#include "base/clock.h"
#include "store/open.h"

namespace pythia {

Engine::Engine(Config config, RequestContext context)
    : config_(std::move(config)), context_(std::move(context)) {}

Engine::~Engine() = default;

Result<Store*> Engine::OpenedStore() {
  if (!store_) {
    PYTHIA_ASSIGN(store_, OpenStore(config_));
  }
  return store_.get();
}

std::string Engine::DatasetOr(const std::string& name) const {
  return name.empty() ? config_.dataset : name;
}

Result<DatasetInfo> Engine::RequireDataset(Store& store, const std::string& name) {
  PYTHIA_ASSIGN(std::optional<DatasetInfo> info, store.FindDataset(name));
  if (info) return std::move(*info);
  PYTHIA_ASSIGN(const std::vector<DatasetInfo> all, store.ListDatasets());
  std::string known;
  for (const DatasetInfo& dataset : all) known += (known.empty() ? "" : ", ") + dataset.name;
  return Fail(Error{.code = ErrorCode::kNotFound,
                    .message = "no such dataset",
                    .value = name,
                    .hint = known.empty() ? "The store is empty. Load a history: pythia clean FILE"
                                          : "There are: " + known + "."});
}

Status Engine::Audit(Store& store, std::string action, std::string subject, std::string detail) {
  return store.AppendAudit({.at = FormatTimestamp(NowMicros()),
                            .actor = context_.actor,
                            .action = std::move(action),
                            .subject = std::move(subject),
                            .detail = std::move(detail)});
}

}  // namespace pythia
