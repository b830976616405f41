// Any table that is loaded in any parts comes back as it was.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"
#include "campaign/dates.h"
#include "store/store_contract.h"

namespace pythia {
namespace {

std::string AnyText() {
  std::string text;
  for (const uint32_t point : *rc::gen::container<std::vector<uint32_t>>(rc::gen::oneOf(
           rc::gen::inRange<uint32_t>(0, 128), rc::gen::inRange<uint32_t>(0, 0x110000)))) {
    AppendUtf8(point, &text);
  }
  return text;
}

double AnyNumber() {
  const double value = *rc::gen::oneOf(
      rc::gen::arbitrary<double>(), rc::gen::map<int>([](int i) { return i / 8.0; }),
      rc::gen::element(0.0, -0.0, std::numeric_limits<double>::max(),
                       std::numeric_limits<double>::denorm_min()));
  return std::isfinite(value) ? value : 1;
}

Schema AnySchema() {
  const auto count = *rc::gen::inRange<size_t>(1, 8);
  Schema schema;
  while (schema.size() < count) {
    ColumnSpec spec{.name = AnyText(),
                    .type = static_cast<ColumnType>(*rc::gen::inRange(0, 6)),
                    .role = static_cast<Role>(*rc::gen::inRange(0, 4)),
                    .unit = AnyText()};
    const bool taken = std::ranges::any_of(
        schema, [&](const ColumnSpec& other) { return other.name == spec.name; });
    if (!taken) schema.push_back(std::move(spec));
  }
  return schema;
}

void AppendAny(Column& column) {
  if (*rc::gen::inRange(0, 5) == 0) return column.AppendMissing();
  switch (column.type()) {
    case ColumnType::kText:
    case ColumnType::kCategory:
      return column.AppendString(AnyText());
    case ColumnType::kDate:
      return column.AppendDay(
          *rc::gen::inRange(DaysFromCivil({1, 1, 1}), DaysFromCivil({9999, 12, 31}) + 1));
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return column.AppendNumber(AnyNumber());
  }
}

Table AnyTable(const Schema& schema) {
  Table table(schema);
  const int rows = *rc::gen::inRange(0, 20);
  for (Column& column : table.columns()) {
    for (int row = 0; row < rows; ++row) AppendAny(column);
  }
  return table;
}

TEST_P(StoreContract, AnyTableComesBackAsItWas) {
  int number = 0;
  EXPECT_TRUE(rc::check([&] {
    const Schema schema = AnySchema();
    const std::string dataset = "d" + std::to_string(number++);
    auto start = store().BeginLoad(Request(dataset, LoadMode::kCreate, "s", schema));
    RC_ASSERT(start.has_value());
    std::vector<std::string> expected;
    for (int part = *rc::gen::inRange(0, 4); part > 0; --part) {
      const Table table = AnyTable(schema);
      RC_ASSERT(start->load->Append(table).has_value());
      for (const std::string& line : Lines(table)) expected.push_back(line);
    }
    const auto info = start->load->Commit();
    RC_ASSERT(info.has_value());
    RC_ASSERT(info->schema == schema);
    auto source = store().Scan({.dataset = dataset, .generation = 0, .columns = {}, .filters = {}});
    RC_ASSERT(source.has_value());
    const auto back = ReadAll(**source);
    RC_ASSERT(back.has_value());
    RC_ASSERT(Lines(*back) == expected);
  }));
}

}  // namespace
}  // namespace pythia
