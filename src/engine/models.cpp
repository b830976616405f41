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
  const Status audited = Audit(*store, "activate", info.version, "{}");
  Renew(info.dataset);
  PYTHIA_TRY(audited);
  info.active = true;
  return info;
}

Result<std::shared_ptr<const PreparedModel>> Engine::Prepared(
    const ModelInfo& info, const std::shared_ptr<const ServingModel>& known) {
  if (known && known->info().sha256 == info.sha256) return known->prepared();
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const std::string bytes, Bytes(*store, config().models / info.file, info));
  PYTHIA_ASSIGN(Model model, ParseModel(bytes));
  return std::make_shared<const PreparedModel>(std::move(model));
}

Result<std::shared_ptr<const ServingModel>> Engine::LoadServing(
    const std::string& dataset, const std::shared_ptr<const ServingModel>& known) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(std::optional<ModelInfo> info, store->ActiveModel(dataset));
  if (!info) return Fail(NoModel(dataset));
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(std::string stale, StaleWarning(*store, *info, data));
  PYTHIA_ASSIGN(auto prepared, Prepared(*info, known));
  return std::make_shared<const ServingModel>(std::move(*info), std::move(prepared), data.currency,
                                              std::move(stale));
}

std::shared_ptr<const ServingModel> Engine::Known(const std::string& dataset) {
  const std::scoped_lock lock(shared_->mutex);
  const auto known = shared_->serving.find(dataset);
  return known == shared_->serving.end() ? nullptr : known->second;
}

Result<std::shared_ptr<const ServingModel>> Engine::Serving(const std::string& name) {
  const std::string dataset = DatasetOr(name);
  if (auto known = Known(dataset)) return known;
  const std::scoped_lock reading(shared_->renewing);
  if (auto known = Known(dataset)) return known;
  PYTHIA_ASSIGN(auto serving, LoadServing(dataset, nullptr));
  const std::scoped_lock lock(shared_->mutex);
  shared_->serving[dataset] = serving;
  return serving;
}

std::shared_ptr<const ServingModel> Engine::ServingNow(const std::string& dataset) {
  return Known(DatasetOr(dataset));
}

void Engine::Renew(const std::string& dataset) {
  const std::scoped_lock reading(shared_->renewing);
  const auto known = Known(dataset);
  if (!known) return;
  auto serving = LoadServing(dataset, known);
  if (serving) {
    const ServingModel& now = **serving;
    if (now.prepared() == known->prepared() && now.currency() == known->currency() &&
        now.stale() == known->stale() && now.info().version == known->info().version) {
      return;
    }
    (void)now.Explainer(ExplanationScale::kResponse);
  } else if (serving.error().code == ErrorCode::kIo || serving.error().code == ErrorCode::kBusy) {
    return;
  }
  const std::scoped_lock lock(shared_->mutex);
  if (serving) {
    shared_->serving[dataset] = std::move(*serving);
  } else {
    shared_->serving.erase(dataset);  // the next prediction says what is wrong
  }
}

}  // namespace pythia
