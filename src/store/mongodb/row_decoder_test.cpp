#include "store/mongodb/row_decoder.h"

#include <random>

#include <gtest/gtest.h>

#include "store/mongodb/document.h"
#include "store/store_contract.h"

namespace pythia::mongo {
namespace {

Document Campaign(double spend) {
  Document document;
  document.Inner("_id", Of("load", int64_t{1}))
      .Text("Channel", "Email")
      .Number("Spend", spend)
      .Whole("Clicks", 7)
      .Text("other", "skipped")
      .Day("Day", 20000);
  return document;
}

Status Decode(RowDecoder& decoder, const Document& document) {
  return decoder.Append(bson_get_data(document.get()), document.get()->len);
}

TEST(MongoDecoder, FieldsComeInAnyOrderOrNotAtAll) {
  Table table(TestSchema());
  RowDecoder decoder(&table);
  ASSERT_TRUE(Decode(decoder, Campaign(1.5)));
  Document turned;
  turned.Day("Day", -1)
      .Whole("Spend", 3)
      .Flag("new", true)
      .Null("none")
      .Text("Id", "x")
      .Text("Channel", "");
  ASSERT_TRUE(Decode(decoder, turned));
  ASSERT_TRUE(Decode(decoder, Document()));
  ASSERT_TRUE(Decode(decoder, Campaign(2)));
  const Table wanted =
      TestTable({TestRow{.channel = "Email", .spend = 1.5, .clicks = 7, .day = 20000},
                 TestRow{.id = "x", .channel = "", .spend = 3, .day = -1}, TestRow{},
                 TestRow{.channel = "Email", .spend = 2, .clicks = 7, .day = 20000}});
  EXPECT_EQ(Lines(table), Lines(wanted));
}

TEST(MongoDecoder, OtherTypesAreRefusedByColumn) {
  for (const Document& wrong : {Of("Clicks", "many"), Of("Channel", int64_t{1}), Of("Day", "today"),
                                Document().Number("Spend", std::nan(""))}) {
    Table table(TestSchema());
    RowDecoder decoder(&table);
    const Status refused = Decode(decoder, wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
    EXPECT_FALSE(refused.error().place.column.empty());
  }
}

TEST(MongoDecoder, BytesThatAreNoDocumentAreRefused) {
  const Document whole = Campaign(1.5);
  const std::vector<uint8_t> bytes(bson_get_data(whole.get()),
                                   bson_get_data(whole.get()) + whole.get()->len);
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    for (const bool says_so : {false, true}) {
      if (says_so && size >= 5) {
        cut[0] = static_cast<uint8_t>(size);
        cut.back() = 0;
      }
      Table table(TestSchema());
      RowDecoder decoder(&table);
      const Status refused = decoder.Append(cut.data(), cut.size());
      EXPECT_TRUE(!refused || (says_so && table.num_rows() == 1)) << size;
    }
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> spoiled = bytes;
    for (int n = 0; n < 3; ++n) spoiled[4 + random() % (bytes.size() - 4)] = random() & 0xff;
    Table table(TestSchema());
    RowDecoder decoder(&table);
    static_cast<void>(decoder.Append(spoiled.data(), spoiled.size()));  // and does not crash
  }
}

}  // namespace
}  // namespace pythia::mongo
