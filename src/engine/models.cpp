#include "base/file.h"
#include "base/sha256.h"
#include "campaign/dates.h"
#include "engine/engine.h"
#include "engine/load_history.h"
#include "report/model_card.h"

namespace pythia {
namespace {

Error NoModel(const std::string& dataset) {
  return {.code = ErrorCode::kNoModel,
          .message = "no model yet for dataset " + dataset + ": pythia train"};
}

// The model's file, or the store's copy where the file is gone.
Result<std::string> Bytes(Store& store, const std::filesystem::path& file, const ModelInfo& info) {
  Result<std::string> bytes = ReadFile(file, kMaxModelBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    bytes = store.ModelBytes(info.version);
  }
  if (bytes && HexSha256(*bytes) != info.sha256) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "this model file was changed after training: it is not used",
                      .place = {.file = file.string()},
                      .hint = "Remove the file to use the store's copy, or train again."});
  }
  return bytes;
}

}  // namespace

Result<std::vector<ModelInfo>> Engine::ListModels(const std::string& dataset) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return store->ListModels(DatasetOr(dataset));
}

Result<ModelInfo> Engine::ShowModel(const std::string& version) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  if (version.empty()) {
    PYTHIA_ASSIGN(std::optional<ModelInfo> active, store->ActiveModel(config().dataset));
    if (!active) return Fail(NoModel(config().dataset));
    return std::move(*active);
  }
  PYTHIA_ASSIGN(std::optional<ModelInfo> info, store->FindModel(version));
  if (!info) {
    return Fail(Error{.code = ErrorCode::kNotFound,
                      .message = "no such model",
                      .value = version,
                      .hint = "pythia models list names them."});
  }
  return std::move(*info);
}

Result<ModelCard> Engine::Evaluate(const std::string& version) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  ModelCard card;
  PYTHIA_ASSIGN(card.info, ShowModel(version));
  PYTHIA_ASSIGN(const std::string bytes,
                Bytes(*store, config().models / card.info.file, card.info));
  PYTHIA_ASSIGN(const Model model, ParseModel(bytes));
  card.data_sha256 = model.data_sha256;
  if (model.days) {
    card.dates = {FormatDay(static_cast<int32_t>(model.days->least)),
                  FormatDay(static_cast<int32_t>(model.days->most))};
  }
  PYTHIA_ASSIGN(const std::vector<DatasetInfo> generations, store->Generations(card.info.dataset));
  for (const DatasetInfo& data : generations) {
    if (data.generation != card.info.report.generation) continue;
    PYTHIA_ASSIGN(card.loads, LoadHistory(*store, data));
  }
  PYTHIA_ASSIGN(card.program, TrainingProgram(*store, card.info.version));
  return card;
}

std::string Engine::ToMarkdown(const ModelCard& card) { return ModelCardMarkdown(card); }

Result<ModelInfo> Engine::ActivateModel(const std::string& version) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(ModelInfo info, ShowModel(version));
  // A model that cannot be read must not become the one that serves.
  PYTHIA_ASSIGN(const std::string bytes, Bytes(*store, config().models / info.file, info));
  PYTHIA_ASSIGN(const Model model, ParseModel(bytes));
  PYTHIA_TRY(store->ActivateModel(info.version));
  PYTHIA_TRY(Audit(*store, "activate", info.version, "{}"));
  Forget(info.dataset);
  info.active = true;
  return info;
}

Result<std::shared_ptr<const ServingModel>> Engine::Serving(const std::string& name) {
  const std::string dataset = DatasetOr(name);
  uint64_t forgotten = 0;
  {
    const std::scoped_lock lock(shared_->mutex);
    const auto known = shared_->serving.find(dataset);
    if (known != shared_->serving.end()) return known->second;
    forgotten = shared_->forgotten;
  }
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(std::optional<ModelInfo> info, store->ActiveModel(dataset));
  if (!info) return Fail(NoModel(dataset));
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(std::string stale, StaleWarning(*store, *info, data));
  PYTHIA_ASSIGN(const std::string bytes, Bytes(*store, config().models / info->file, *info));
  PYTHIA_ASSIGN(Model model, ParseModel(bytes));
  auto serving = std::make_shared<const ServingModel>(std::move(*info), std::move(model),
                                                      data.currency, std::move(stale));
  const std::scoped_lock lock(shared_->mutex);
  if (forgotten == shared_->forgotten) shared_->serving[dataset] = serving;
  return serving;
}

}  // namespace pythia
