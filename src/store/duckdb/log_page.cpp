#include "store/duckdb/log_page.h"

#include <fmt/format.h>

#include "duckdb/quoting.h"

namespace pythia {

Result<duckdb::ChunkReader> SelectPage(duckdb::Connection* connection, std::string_view columns,
                                       std::string_view table, const Page& page) {
  PYTHIA_ASSIGN(auto select,
                connection->Prepare(fmt::format(
                    "SELECT {} FROM {} WHERE id > $1 AND id < $2 AND ($3 = '' OR dataset = $3) "
                    "ORDER BY id {} LIMIT $4",
                    columns, duckdb::QuoteName(table), page.newest_first ? "DESC" : "ASC")));
  return select.Int(page.after).Int(page.before).Text(page.dataset).Int(page.limit).Execute();
}

}  // namespace pythia
