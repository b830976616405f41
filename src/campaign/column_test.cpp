#include "campaign/column.h"

#include <array>
#include <cmath>
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pythia {
namespace {

constexpr std::array kTypes = {ColumnType::kText,  ColumnType::kCategory, ColumnType::kNumber,
                               ColumnType::kCount, ColumnType::kMoney,    ColumnType::kDate};

TEST(ColumnNames, ComeBack) {
  for (const ColumnType type : kTypes) {
    ColumnType again{};
    EXPECT_TRUE(ParseTypeName(TypeName(type), &again));
    EXPECT_EQ(again, type);
  }
  for (const Role role : {Role::kId, Role::kPlan, Role::kOutcome, Role::kOther}) {
    Role again{};
    EXPECT_TRUE(ParseRoleName(RoleName(role), &again));
    EXPECT_EQ(again, role);
  }
  ColumnType type{};
  EXPECT_FALSE(ParseTypeName("blob", &type));
  EXPECT_FALSE(ParseTypeName("", &type));
}

TEST(Dictionary, NumbersLevelsInOrderOfAppearance) {
  Dictionary dictionary;
  EXPECT_EQ(dictionary.Intern("b"), 0U);
  EXPECT_EQ(dictionary.Intern("a"), 1U);
  EXPECT_EQ(dictionary.Intern("b"), 0U);
  EXPECT_EQ(dictionary.Find("a"), 1U);
  EXPECT_EQ(dictionary.Find("c"), kMissingCode);
  const std::string_view first = dictionary.level(0);
  for (int i = 0; i < 10000; ++i) dictionary.Intern(std::to_string(i));
  EXPECT_EQ(first.data(), dictionary.level(0).data());
  EXPECT_EQ(dictionary.size(), 10002U);
}

RC_GTEST_PROP(PresenceMask, RemembersEveryRow, (const std::vector<bool>& present)) {
  PresenceMask mask;
  for (int round = 0; round < 2; ++round) {
    int64_t missing = 0;
    // Long enough to cross words.
    for (int repeat = 0; repeat < 5; ++repeat) {
      for (const bool value : present) {
        mask.Append(value);
        missing += value ? 0 : 1;
      }
    }
    RC_ASSERT(mask.num_missing() == missing);
    RC_ASSERT(std::cmp_equal(mask.size(), present.size() * 5));
    for (int64_t i = 0; i < mask.size(); ++i) {
      RC_ASSERT(mask[i] == present[static_cast<size_t>(i) % present.size()]);
    }
    mask.Clear();
  }
}

void AppendOne(Column* column, std::optional<int> value) {
  if (!value) return column->AppendMissing();
  if (column->type() == ColumnType::kDate) return column->AppendDay(*value);
  if (IsNumeric(column->type())) return column->AppendNumber(*value);
  column->AppendString(std::to_string(*value));
}

std::optional<int> ReadOne(const Column& column, int64_t row) {
  const auto i = static_cast<size_t>(row);
  if (column.IsMissing(row)) return std::nullopt;
  if (column.type() == ColumnType::kDate) return column.days()[i];
  if (IsNumeric(column.type())) return static_cast<int>(column.numbers()[i]);
  return std::stoi(
      std::string(column.type() == ColumnType::kText ? column.text(row) : column.level(row)));
}

RC_GTEST_PROP(Column, GivesBackWhatItWasGiven, ()) {
  std::vector<std::optional<int>> values;
  for (const int value : *rc::gen::arbitrary<std::vector<int>>()) {
    values.push_back(value % 3 == 0 ? std::nullopt : std::optional(value));
  }
  for (const ColumnType type : kTypes) {
    Column column({"c", type});
    // Its own dictionary, with other codes.
    Column copy({"c", type});
    if (type == ColumnType::kCategory) copy.dictionary()->Intern("something else");
    for (int round = 0; round < 2; ++round) {
      for (const auto& value : values) AppendOne(&column, value);
      for (int64_t row = 0; row < column.size(); ++row) copy.AppendFrom(column, row);
      RC_ASSERT(std::cmp_equal(column.size(), values.size()));
      RC_ASSERT(column.num_missing() == copy.num_missing());
      for (int64_t row = 0; row < column.size(); ++row) {
        RC_ASSERT(ReadOne(column, row) == values[static_cast<size_t>(row)]);
        RC_ASSERT(ReadOne(copy, row) == values[static_cast<size_t>(row)]);
      }
      column.Clear();
      copy.Clear();
    }
  }
}

TEST(Column, MissingValuesHaveTheirMarks) {
  Column number({"n", ColumnType::kNumber});
  number.AppendNumber(std::nan(""));
  number.AppendNumber(1);
  EXPECT_TRUE(number.IsMissing(0));
  EXPECT_TRUE(std::isnan(number.numbers()[0]));
  EXPECT_EQ(number.num_missing(), 1);
  number.SetNumber(1, 2);
  EXPECT_EQ(number.numbers()[1], 2);
  Column date({"d", ColumnType::kDate});
  date.AppendMissing();
  EXPECT_EQ(date.days()[0], kMissingDay);
  Column category({"c", ColumnType::kCategory});
  category.AppendMissing();
  EXPECT_EQ(category.codes()[0], kMissingCode);
  Column text({"t", ColumnType::kText});
  text.AppendText("");
  text.AppendMissing();
  EXPECT_FALSE(text.IsMissing(0));
  EXPECT_TRUE(text.IsMissing(1));
  EXPECT_EQ(text.text(1), "");
}

TEST(Column, ASharedDictionaryKeepsTheCodes) {
  const auto dictionary = std::make_shared<Dictionary>();
  Column first({"c", ColumnType::kCategory}, dictionary);
  Column second({"c", ColumnType::kCategory}, dictionary);
  first.AppendString("a");
  second.AppendString("b");
  second.AppendFrom(first, 0);
  EXPECT_EQ(second.codes(), (std::vector<uint32_t>{1, 0}));
}

TEST(ColumnDeathTest, TypesDoNotMix) {
  Column number({"n", ColumnType::kNumber});
  EXPECT_DEATH(number.AppendText("x"), "kText");
  EXPECT_DEATH(number.AppendDay(1), "kDate");
  EXPECT_DEATH(number.AppendCode(1), "kCategory");
  const Column text({"t", ColumnType::kText});
  EXPECT_DEATH(number.AppendFrom(text, 0), "is false");
}

}  // namespace
}  // namespace pythia
