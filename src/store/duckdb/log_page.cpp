#include "store/duckdb/log_page.h"

#include <fmt/format.h>

#include "duckdb/quoting.h"

namespace pythia {

Result<duckdb::ChunkReader> SelectPage(duckdb::Connection* connection, std::string_view columns,
                                       std::string_view table, const Page& page) {
  PYTHIA_ASSIGN(auto select,
                connection->Prepare(fmt::format(
                    "SELECT {} FROM {} WHERE id > $1 AND id < $2 AND ($3 = '' OR dataset = $3) "
                    "AND ($4 = '' OR logged_at >= $4) AND ($5 = '' OR logged_at < $5) "
                    "ORDER BY id {} LIMIT $6",
                    columns, duckdb::QuoteName(table), page.newest_first ? "DESC" : "ASC")));
  return select.Int(page.after)
      .Int(page.before)
      .Text(page.dataset)
      .Text(page.from)
      .Text(page.end())
      .Int(page.limit)
      .Execute();
}

}  // namespace pythia
