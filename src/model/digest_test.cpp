#include "model/digest.h"

#include <gtest/gtest.h>

#include "model/made_history_test.h"

namespace pythia {
namespace {

TEST(DataDigest, SeesEveryValueAndNotTheDictionary) {
  const Table table = MadeHistory(50, 1);
  EXPECT_EQ(DataDigest(table), DataDigest(MadeHistory(50, 1)));
  EXPECT_NE(DataDigest(table), DataDigest(MadeHistory(50, 2)));
  Table changed = MadeHistory(50, 1);
  changed.Find("ROI")->SetNumber(49, 0.5);
  EXPECT_NE(DataDigest(table), DataDigest(changed));
}

}  // namespace
}  // namespace pythia
