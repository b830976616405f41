#include "store/duckdb/layout.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "duckdb/quoting.h"
#include "duckdb/transaction.h"

namespace pythia {
namespace {

using duckdb::QuoteName;

constexpr const char* kOwnTables = R"sql(
CREATE SCHEMA pythia_catalog;
CREATE SCHEMA pythia_loads;
CREATE TABLE pythia_catalog.schema_version(version BIGINT NOT NULL);
CREATE TABLE pythia_catalog.names(part VARCHAR NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE pythia_catalog.revision(number BIGINT NOT NULL);
INSERT INTO pythia_catalog.revision VALUES (0);
CREATE TABLE pythia_catalog.datasets(
  name VARCHAR NOT NULL, current_generation BIGINT NOT NULL, last_generation BIGINT NOT NULL);
CREATE TABLE pythia_catalog.generations(
  dataset VARCHAR NOT NULL, generation BIGINT NOT NULL, previous BIGINT, grain VARCHAR NOT NULL,
  currency VARCHAR NOT NULL, row_count BIGINT NOT NULL, created_at VARCHAR NOT NULL);
CREATE TABLE pythia_catalog.generation_columns(
  dataset VARCHAR NOT NULL, generation BIGINT NOT NULL, position BIGINT NOT NULL,
  name VARCHAR NOT NULL, type VARCHAR NOT NULL, role VARCHAR NOT NULL, unit VARCHAR NOT NULL);
CREATE TABLE pythia_catalog.generation_loads(
  dataset VARCHAR NOT NULL, generation BIGINT NOT NULL, position BIGINT NOT NULL,
  load_id BIGINT NOT NULL);
CREATE TABLE pythia_catalog.loads(
  load_id BIGINT NOT NULL, dataset VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
  options VARCHAR NOT NULL, source VARCHAR NOT NULL, row_count BIGINT NOT NULL,
  loaded_at VARCHAR NOT NULL);
CREATE TABLE pythia_catalog.load_columns(
  load_id BIGINT NOT NULL, position BIGINT NOT NULL, name VARCHAR NOT NULL,
  type VARCHAR NOT NULL, role VARCHAR NOT NULL, unit VARCHAR NOT NULL, whole BOOLEAN NOT NULL,
  derived BOOLEAN DEFAULT false);
CREATE TABLE pythia_catalog.levels(
  load_id BIGINT NOT NULL, position BIGINT NOT NULL, code UINTEGER NOT NULL,
  level VARCHAR NOT NULL);
CREATE SEQUENCE pythia_catalog.load_ids;
CREATE SEQUENCE pythia_catalog.prediction_ids;
CREATE SEQUENCE pythia_catalog.experiment_ids;
)sql";

// Those for people; {0} ... {5} are their quoted names.
constexpr const char* kNamedTables = R"sql(
CREATE SCHEMA {0};
CREATE TABLE {1}(
  version VARCHAR NOT NULL, dataset VARCHAR NOT NULL, created_at VARCHAR NOT NULL,
  active BOOLEAN NOT NULL, file VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, threads BIGINT NOT NULL,
  report VARCHAR NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE {2}(
  id BIGINT NOT NULL, logged_at VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
  model_version VARCHAR NOT NULL, ctr DOUBLE, clicks DOUBLE,
  roi_category BIGINT, roi_probability DOUBLE, roi_threshold DOUBLE,
  plan VARCHAR NOT NULL, prediction VARCHAR NOT NULL);
CREATE TABLE {3}(
  logged_at VARCHAR NOT NULL, model_version VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
  model VARCHAR NOT NULL, metric VARCHAR NOT NULL, value DOUBLE NOT NULL, baseline DOUBLE,
  baseline_name VARCHAR NOT NULL, test_rows BIGINT NOT NULL);
CREATE TABLE {4}(
  id BIGINT NOT NULL, logged_at VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
  model_type VARCHAR NOT NULL, model_version VARCHAR NOT NULL, metrics VARCHAR NOT NULL,
  seed VARCHAR, data_sha256 VARCHAR NOT NULL, note VARCHAR NOT NULL);
CREATE TABLE {5}(
  logged_at VARCHAR NOT NULL, actor VARCHAR NOT NULL, action VARCHAR NOT NULL,
  subject VARCHAR NOT NULL, detail VARCHAR NOT NULL);
)sql";

constexpr const char* kRecommendationTable = R"sql(
CREATE SEQUENCE pythia_catalog.recommendation_ids;
CREATE TABLE {0}(
  id BIGINT NOT NULL, logged_at VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
  model_version VARCHAR NOT NULL, objective VARCHAR NOT NULL, verdict VARCHAR NOT NULL,
  budget DOUBLE, expected_clicks DOUBLE, estimated_roi DOUBLE, ctr DOUBLE,
  recommendation VARCHAR NOT NULL);
)sql";

constexpr const char* kJobTable = R"sql(
CREATE SEQUENCE pythia_catalog.job_ids;
CREATE TABLE {0}(
  number BIGINT NOT NULL, id VARCHAR NOT NULL, kind VARCHAR NOT NULL, state VARCHAR NOT NULL,
  stage VARCHAR NOT NULL, done BIGINT NOT NULL, total BIGINT NOT NULL,
  created_at VARCHAR NOT NULL, finished_at VARCHAR NOT NULL, result VARCHAR NOT NULL,
  error VARCHAR NOT NULL, problem VARCHAR NOT NULL, request VARCHAR NOT NULL,
  actor VARCHAR NOT NULL, pinned_to VARCHAR NOT NULL, owner VARCHAR NOT NULL,
  lease_until BIGINT NOT NULL, attempts BIGINT NOT NULL, cancel BOOLEAN NOT NULL);
)sql";

Status CreateTable(duckdb::Connection& inside, const char* sql, const std::string& name) {
  return inside.Run(fmt::format(fmt::runtime(sql), QuoteName(name)));
}

Status CreateLayout(duckdb::Connection connection, const TableNames& names) {
  PYTHIA_ASSIGN(duckdb::Transaction transaction, duckdb::Transaction::Begin(std::move(connection)));
  duckdb::Connection& inside = transaction.connection();
  PYTHIA_TRY(inside.Run(kOwnTables));
  PYTHIA_TRY(inside.Run(fmt::format(
      fmt::runtime(kNamedTables), QuoteName(names.clean_campaigns), QuoteName(names.models),
      QuoteName(names.predictions_logs), QuoteName(names.model_performance),
      QuoteName(names.experiment_results), QuoteName(names.audit_log))));
  PYTHIA_TRY(CreateTable(inside, kRecommendationTable, names.recommendations));
  PYTHIA_TRY(CreateTable(inside, kJobTable, names.jobs));
  PYTHIA_TRY(inside.Run(
      fmt::format("INSERT INTO pythia_catalog.schema_version VALUES ({})", kSchemaVersion)));
  PYTHIA_ASSIGN(duckdb::Statement insert,
                inside.Prepare("INSERT INTO pythia_catalog.names VALUES ($1, $2)"));
  for (const auto& [part, name] : names.Parts()) PYTHIA_TRY(insert.Text(part).Text(name).Run());
  return transaction.Commit();
}

Result<int64_t> OneNumber(duckdb::Connection& connection, const std::string& sql) {
  PYTHIA_ASSIGN(auto chunks, connection.Query(sql));
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  return found ? rows.Int(0) : 0;
}

Status CheckVersion(int64_t version) {
  if (version >= 1 && version <= kSchemaVersion) return {};
  return Fail(Error{ErrorCode::kConflict,
                    fmt::format("this store has layout version {}, this program knows version {}",
                                version, kSchemaVersion),
                    {},
                    {},
                    version > kSchemaVersion
                        ? "Use the newer pythia that wrote it, or name another store."
                        : "Name another store."});
}

// What a store says of itself.
struct Stamp {
  int64_t version = 0;
  std::map<std::string, std::string> names;
};

Result<Stamp> ReadStamp(duckdb::Connection& connection) {
  PYTHIA_ASSIGN(auto chunks, connection.Query("SELECT (SELECT max(version) FROM "
                                              "pythia_catalog.schema_version), part, name "
                                              "FROM pythia_catalog.names"));
  duckdb::RowReader rows(std::move(chunks));
  Stamp stamp;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return stamp;
    stamp.version = rows.Int(0);
    stamp.names[rows.Text(1)] = rows.Text(2);
  }
}

// What an older store does not have yet has no name in it.
Status CheckNames(const Stamp& stamp, const TableNames& names) {
  for (const auto& [part, name] : names.Parts()) {
    const auto stored = stamp.names.find(part);
    if (stored == stamp.names.end() ? stamp.version < kSchemaVersion : stored->second == name) {
      continue;
    }
    const std::string kept = stored == stamp.names.end() ? "" : Printable(stored->second);
    return Fail(
        Error{ErrorCode::kConflict,
              fmt::format("keeps {} under the name '{}', not '{}'", part, kept, name),
              {},
              {},
              fmt::format("Set the name of {} to '{}', or name another store.", part, kept)});
  }
  return {};
}

Status AddTable(duckdb::Connection& inside, const char* sql, const std::string& part,
                const std::string& name) {
  PYTHIA_ASSIGN(const int64_t taken,
                OneNumber(inside,
                          "SELECT count(*) FROM information_schema.tables WHERE "
                          "table_schema = 'main' AND lower(table_name) = lower(" +
                              duckdb::QuoteText(name) + ")"));
  if (taken > 0) {
    return Fail(Error{ErrorCode::kConflict,
                      fmt::format("has a table '{}' of something else already", Printable(name)),
                      {},
                      {},
                      fmt::format("Set the name of {} to another one (names.{}).", part, part)});
  }
  PYTHIA_TRY(CreateTable(inside, sql, name));
  PYTHIA_ASSIGN(duckdb::Statement insert,
                inside.Prepare("INSERT INTO pythia_catalog.names VALUES ($1, $2)"));
  return insert.Text(part).Text(name).Run();
}

Status CheckEmpty(duckdb::Connection& connection) {
  PYTHIA_ASSIGN(const int64_t others, OneNumber(connection,
                                                "SELECT (SELECT count(*) FROM duckdb_tables()) + "
                                                "(SELECT count(*) FROM duckdb_views() WHERE NOT "
                                                "internal)"));
  if (others == 0) return {};
  return Fail(Error{ErrorCode::kBadInput,
                    "is a DuckDB file, but not a store of pythia",
                    {},
                    {},
                    "Name another file: pythia does not write into tables of something else."});
}

}  // namespace

Result<int64_t> PrepareLayout(duckdb::Connection connection, const TableNames& names) {
  // Looking first whether the tables are there would take longer than all the rest of opening.
  auto stamp = ReadStamp(connection);
  if (stamp) {
    PYTHIA_TRY(CheckVersion(stamp->version));
    PYTHIA_TRY(CheckNames(*stamp, names));
    return stamp->version;
  }
  PYTHIA_TRY(CheckEmpty(connection));
  PYTHIA_TRY(CreateLayout(std::move(connection), names));
  return kSchemaVersion;
}

Status MigrateLayout(duckdb::Connection connection, const TableNames& names) {
  PYTHIA_ASSIGN(duckdb::Transaction transaction, duckdb::Transaction::Begin(std::move(connection)));
  duckdb::Connection& inside = transaction.connection();
  PYTHIA_ASSIGN(const Stamp stamp, ReadStamp(inside));
  if (!stamp.names.contains("recommendations")) {
    PYTHIA_TRY(AddTable(inside, kRecommendationTable, "recommendations", names.recommendations));
  }
  if (!stamp.names.contains("jobs")) {
    PYTHIA_TRY(AddTable(inside, kJobTable, "jobs", names.jobs));
  }
  PYTHIA_TRY(
      inside.Run("ALTER TABLE pythia_catalog.load_columns ADD COLUMN IF NOT EXISTS "
                 "derived BOOLEAN DEFAULT false"));
  PYTHIA_TRY(inside.Run(
      fmt::format("UPDATE pythia_catalog.schema_version SET version = {}", kSchemaVersion)));
  return transaction.Commit();
}

std::string LoadTable(int64_t load_id) { return fmt::format("pythia_loads.load_{}", load_id); }

Status TouchRevision(duckdb::Connection& connection) {
  return connection.Run("UPDATE pythia_catalog.revision SET number = number + 1");
}

Result<int64_t> TakeIds(duckdb::Connection& connection, const std::string& sequence,
                        int64_t count) {
  return OneNumber(
      connection,
      fmt::format("SELECT min(nextval('pythia_catalog.{}')) FROM range({})", sequence, count));
}

}  // namespace pythia
