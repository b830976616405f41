#include "store/mongodb/layout.h"

#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "store/mongodb/validators.h"

namespace pythia::mongo {
namespace {

constexpr const char* kStore = "pythia_store";
constexpr const char* kCounters = "pythia_counters";
constexpr std::string_view kOwn = "pythia_";

struct Index {
  std::string collection;
  std::vector<std::string> fields;
  bool unique = false;
};

// What is looked for otherwise than by _id.
std::vector<Index> Indexes(const TableNames& names) {
  return {{kDatasets, {"folded"}, true},
          {kGenerations, {"dataset"}},
          {kLoads, {"dataset"}},
          {kLoads, {"state", "alive_at"}},
          {names.jobs, {"id"}, true},
          {names.jobs, {"state"}},
          {names.models, {"dataset", "created_at"}},
          {names.predictions_logs, {"dataset", "_id"}},
          {names.predictions_logs, {"at"}},
          {names.recommendations, {"dataset", "_id"}},
          {names.recommendations, {"at"}},
          {names.model_performance, {"model_version"}},
          {names.model_performance, {"dataset"}},
          {names.experiment_results, {"dataset", "_id"}}};
}

// Which of them are there: few enough for one answer, whatever else the database holds.
Result<std::vector<std::string>> Existing(const Database& database,
                                          const std::vector<std::string>& wanted) {
  Document command;
  command.Whole("listCollections", 1)
      .Flag("nameOnly", true)
      .Inner("filter", Of("name", Document().Texts("$in", wanted)));
  PYTHIA_ASSIGN(const Document answer, database.Command(command));
  std::vector<std::string> names;
  for (const Reader& one : Reader(answer.get()).Inner("cursor").List("firstBatch")) {
    names.push_back(one.Text("name"));
  }
  return names;
}

Status CheckUnused(const Database& database, const std::string& collection) {
  PYTHIA_ASSIGN(const auto found, database.FindOne(collection, {}));
  if (!found) return {};
  return Fail(Error{
      .code = ErrorCode::kBadInput,
      .message = fmt::format("the database {} of the store {} has a collection {} that holds "
                             "documents of something else",
                             database.name(), database.store(), collection),
      .hint = fmt::format("Name another database ([store] database in pythia.toml), or give the "
                          "collection another name ([names])."),
  });
}

Document ClusteredById() {
  Document index;
  index.Inner("key", Of("_id", int64_t{1})).Flag("unique", true);
  return index;
}

Status MakeCollection(const Database& database, const std::string& name, const Document& schema,
                      bool exists, bool clustered) {
  Document command;
  command.Text(exists ? "collMod" : "create", name);
  // The campaigns are their own index: a third less to write, and half of the work to read.
  if (!exists && clustered) command.Inner("clusteredIndex", ClusteredById());
  command.Inner("validator", Of("$jsonSchema", schema));
  const auto made = database.Command(command);
  // Another instance may have made it at the same moment.
  if (made || made.error().message.find("already exists") != std::string::npos) return {};
  return Fail(made.error());
}

Status MakeIndexes(const Database& database, const TableNames& names) {
  for (const Index& index : Indexes(names)) {
    Document keys;
    std::string name;
    for (const std::string& field : index.fields) {
      keys.Whole(field, 1);
      name += (name.empty() ? "" : "_") + field;
    }
    Document description;
    description.Inner("key", keys).Text("name", name).Flag("unique", index.unique);
    Document command;
    command.Text("createIndexes", index.collection).List("indexes", {description});
    PYTHIA_TRY(database.Command(command));
  }
  return {};
}

Document Stamp(const TableNames& names) {
  Document parts;
  for (const auto& [part, name] : names.Parts()) parts.Text(part, name);
  Document stamp;
  stamp.Text("_id", "store").Whole("schema_version", kSchemaVersion).Inner("names", parts);
  return stamp;
}

Status CreateLayout(const Database& database, const TableNames& names) {
  const auto schemas = ValidatorsOf(names);
  std::vector<std::string> wanted;
  for (const auto& [name, schema] : schemas) wanted.push_back(name);
  PYTHIA_ASSIGN(const auto existing, Existing(database, wanted));
  const auto exists = [&](const std::string& name) {
    return std::ranges::find(existing, name) != existing.end();
  };
  for (const auto& [name, schema] : schemas) {
    if (exists(name)) PYTHIA_TRY(CheckUnused(database, name));
  }
  for (const auto& [name, schema] : schemas) {
    const bool clustered = database.has_clustered_collections() && name == names.clean_campaigns;
    PYTHIA_TRY(MakeCollection(database, name, schema, exists(name), clustered));
  }
  PYTHIA_TRY(MakeIndexes(database, names));
  // Last: a database without it is made again from the start.
  const Status stamped = database.Insert(kStore, Stamp(names));
  return stamped || stamped.error().code == ErrorCode::kConflict ? Status() : stamped;
}

Status CheckStamp(const Database& database, const Reader& stamp, const TableNames& names) {
  const int64_t version = stamp.Whole("schema_version");
  if (version != kSchemaVersion) {
    return Fail(Error{.code = ErrorCode::kConflict,
                      .message = fmt::format("the store {} has layout version {}, this program "
                                             "knows version {}",
                                             database.store(), version, kSchemaVersion),
                      .hint = version > kSchemaVersion
                                  ? "Use the newer pythia that wrote it, or name another store."
                                  : "Name another store."});
  }
  const Reader stored = stamp.Inner("names");
  for (const auto& [part, name] : names.Parts()) {
    const std::string kept = stored.Text(part);
    if (kept == name) continue;
    return Fail(Error{
        .code = ErrorCode::kConflict,
        .message = fmt::format("the store {} keeps {} under the name '{}', not '{}'",
                               database.store(), part, Printable(kept), name),
        .hint = fmt::format("Set the name of {} to '{}', or name another store.", part, kept)});
  }
  return {};
}

Status CheckNames(const TableNames& names) {
  for (const auto& [part, name] : names.Parts()) {
    if (!name.starts_with(kOwn)) continue;
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = fmt::format("the name of the collection {} begins with {}, as "
                                             "pythia's own do",
                                             part, kOwn),
                      .value = name});
  }
  return {};
}

}  // namespace

Status PrepareLayout(const Database& database, const TableNames& names) {
  PYTHIA_TRY(CheckNames(names));
  PYTHIA_ASSIGN(auto stamp, database.FindOne(kStore, Of("_id", "store")));
  if (!stamp) {
    PYTHIA_TRY(CreateLayout(database, names));
    // Whoever came first has stamped it.
    PYTHIA_ASSIGN(stamp, database.FindOne(kStore, Of("_id", "store")));
    if (!stamp) return Fail(ErrorCode::kInternal, "the store lost its stamp");
  }
  return CheckStamp(database, Reader(stamp->get()), names);
}

Result<int64_t> TakeIds(const Database& database, std::string_view what, int64_t count) {
  PYTHIA_ASSIGN(const auto counter, database.FindAndModify(kCounters, Of("_id", what),
                                                           Of("$inc", Of("next", count)), true));
  if (!counter) return Fail(ErrorCode::kInternal, "no counter after an upsert");
  return Reader(counter->get()).Whole("next") - count + 1;
}

}  // namespace pythia::mongo
