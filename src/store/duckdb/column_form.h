// How the values of a column lie in the table of a load. Most counts and ids are whole numbers, and
// as BIGINT they are smaller and quicker to write and read than as DOUBLE and VARCHAR; what follows
// from other columns (campaign/derive.h) is not kept at all but computed when it is read. A
// column lies so until a value comes that such a form does not give back bit for bit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "campaign/derive.h"
#include "campaign/table.h"
#include "duckdb/bulk_feed.h"
#include "store/duckdb/catalog.h"

namespace pythia {

enum class ColumnForm {
  kNumber,     // DOUBLE
  kWhole,      // BIGINT of a count
  kText,       // VARCHAR
  kWholeText,  // BIGINT of a text that is its digits
  kCode,       // UINTEGER
  kDay,        // DATE
  kDerived,    // none
};

// What a column begins with, and what it becomes at a value that does not fit. Only whole and
// derived ones become another.
ColumnForm NarrowestForm(const Schema& schema, size_t position);
ColumnForm WiderForm(ColumnForm form);

// A ratio that a column may be, and where its operands are.
struct DerivedFrom {
  Ratio ratio;
  size_t numerator = 0;
  size_t divisor = 0;
};
// None where the name is none's, it is no kNumber or kMoney, or the operands are no numbers.
std::optional<DerivedFrom> DerivedColumn(const Schema& schema, size_t position);
// "(CASE WHEN isfinite(...) THEN ... END)", of the columns' own names.
std::string SqlOf(const DerivedFrom& derived);

// Of a column that the table has.
std::string_view SqlTypeOf(ColumnForm form);
duckdb::FeedType FeedTypeOf(ColumnForm form);

// " USING COMPRESSION ..." where it is clear which is good for values like these first ones (of
// kNumber, empty of others), so that DuckDB need not try every other way on all of them; else
// empty.
std::string_view CompressionOf(const ColumnSpec& spec, ColumnForm form,
                               std::span<const double> first);

// Into out[values.size()], 0 for NaN; false where a value is not whole, or too large to come back.
bool PutWhole(std::span<const double> values, int64_t* out);
// The number whose digits the text is, of at most 18; none for "007", "+1", "".
std::optional<int64_t> WholeOf(std::string_view text);

// What a query reads the column by, in a load of any age: "c3", "c3::DOUBLE" of a count.
std::string ValueOf(const StoredLoad& load, int64_t position);

}  // namespace pythia
