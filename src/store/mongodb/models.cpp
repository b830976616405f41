// The registry of models. Their bytes lie in <models>_chunks, which are written first: a model that
// is seen is whole. Which model is active is one document per dataset, so that there is one.
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"
#include "store/mongodb/json_document.h"
#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"

namespace pythia::mongo {
namespace {

constexpr size_t kChunkBytes = 8 << 20;  // well below the 16 MB of a document

Error NoModel(std::string_view version) {
  return Error{ErrorCode::kNotFound, "no model of this version", {}, std::string(version)};
}

Document ChunkRange(int64_t key) {
  Document range;
  range.Inner("$gte", Of("key", key)).Inner("$lt", Of("key", key + 1));
  return Of("_id", range);
}

Status WriteChunks(const Database& database, const std::string& collection, int64_t key,
                   std::string_view bytes) {
  for (size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
    Document id;
    id.Whole("key", key).Whole("part", static_cast<int64_t>(begin / kChunkBytes));
    Document chunk;
    chunk.Inner("_id", id).Bytes("data", bytes.substr(begin, kChunkBytes));
    PYTHIA_TRY(database.Insert(collection, chunk));
  }
  return {};
}

}  // namespace

Result<std::string> MongoStore::ActiveVersion(std::string_view dataset) {
  PYTHIA_ASSIGN(const auto active, shared_.database->FindOne(kActive, Of("_id", dataset)));
  return active ? Reader(active->get()).Text("version") : std::string();
}

Result<ModelInfo> MongoStore::ModelFrom(const Document& document, std::string_view active) {
  const Reader reader(document.get());
  ModelInfo info;
  info.version = reader.Text("_id");
  info.dataset = reader.Text("dataset");
  info.created_at = reader.Text("created_at");
  info.file = reader.Text("file");
  info.sha256 = reader.Text("sha256");
  info.threads = static_cast<int>(reader.Whole("threads"));
  info.active = info.version == active;
  PYTHIA_ASSIGN(info.report, TrainingReportFromJson(JsonFrom(reader.Inner("report"))));
  return info;
}

Status MongoStore::PutModel(const ModelInfo& info, std::string_view bytes) {
  const Database& database = *shared_.database;
  const Error taken{
      ErrorCode::kConflict, "a model of this version is there already", {}, info.version};
  PYTHIA_ASSIGN(const auto same, database.FindOne(shared_.names.models, Of("_id", info.version)));
  if (same) return Fail(taken);
  PYTHIA_ASSIGN(const int64_t key, TakeIds(database, "model_keys", 1));
  const std::string chunks = shared_.names.models + "_chunks";
  PYTHIA_TRY(WriteChunks(database, chunks, key, bytes));
  Document model;
  model.Text("_id", info.version)
      .Text("dataset", info.dataset)
      .Text("created_at", info.created_at)
      .Text("file", info.file)
      .Text("sha256", info.sha256)
      .Whole("threads", info.threads)
      .Inner("report", DocumentFrom(ToJson(info.report)))
      .Whole("bytes_key", key)
      .Whole("bytes", static_cast<int64_t>(bytes.size()));
  const Status put = database.Insert(shared_.names.models, model);
  if (!put) {
    static_cast<void>(database.Delete(chunks, ChunkRange(key)));
    return put.error().code == ErrorCode::kConflict ? Fail(taken) : Fail(put.error());
  }
  return info.active ? ActivateModel(info.version) : Status();
}

Result<std::vector<ModelInfo>> MongoStore::ListModels(std::string_view dataset) {
  Document newest;
  newest.Whole("created_at", -1).Whole("bytes_key", -1);
  PYTHIA_ASSIGN(const std::string active, ActiveVersion(dataset));
  PYTHIA_ASSIGN(
      const auto found,
      shared_.database->Find(shared_.names.models, Of("dataset", dataset), Of("sort", newest)));
  std::vector<ModelInfo> models;
  for (const Document& document : found) {
    PYTHIA_ASSIGN(ModelInfo info, ModelFrom(document, active));
    models.push_back(std::move(info));
  }
  return models;
}

Result<std::optional<ModelInfo>> MongoStore::FindModel(std::string_view version) {
  PYTHIA_ASSIGN(const auto found,
                shared_.database->FindOne(shared_.names.models, Of("_id", version)));
  if (!found) return std::nullopt;
  PYTHIA_ASSIGN(const std::string active, ActiveVersion(Reader(found->get()).Text("dataset")));
  PYTHIA_ASSIGN(ModelInfo info, ModelFrom(*found, active));
  return info;
}

Result<std::optional<ModelInfo>> MongoStore::ActiveModel(std::string_view dataset) {
  PYTHIA_ASSIGN(const std::string active, ActiveVersion(dataset));
  if (active.empty()) return std::nullopt;
  return FindModel(active);
}

Result<std::string> MongoStore::ModelBytes(std::string_view version) {
  PYTHIA_ASSIGN(const auto model,
                shared_.database->FindOne(shared_.names.models, Of("_id", version)));
  if (!model) return Fail(NoModel(version));
  const Reader reader(model->get());
  PYTHIA_ASSIGN(const auto chunks, shared_.database->Find(shared_.names.models + "_chunks",
                                                          ChunkRange(reader.Whole("bytes_key")),
                                                          Of("sort", Of("_id", int64_t{1}))));
  std::string bytes;
  for (const Document& chunk : chunks) bytes += Reader(chunk.get()).Bytes("data");
  if (static_cast<int64_t>(bytes.size()) == reader.Whole("bytes")) return bytes;
  return Fail(Error{ErrorCode::kInternal,
                    fmt::format("the store {} holds {} bytes of this model, not {}",
                                shared_.database->store(), bytes.size(), reader.Whole("bytes")),
                    {},
                    std::string(version),
                    "Train again."});
}

Status MongoStore::ActivateModel(std::string_view version) {
  PYTHIA_ASSIGN(const auto model,
                shared_.database->FindOne(shared_.names.models, Of("_id", version)));
  if (!model) return Fail(NoModel(version));
  PYTHIA_TRY(shared_.database->FindAndModify(kActive,
                                             Of("_id", Reader(model->get()).Text("dataset")),
                                             Of("$set", Of("version", version)), true));
  return {};
}

}  // namespace pythia::mongo
