// The quick ways against the careful ones: the same rows, cells, lines, errors and values.
#include <array>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ingest/bytes.h"
#include "ingest/cell_codes.h"
#include "ingest/in_order.h"
#include "ingest/profile.h"
#include "ingest/quick_fields.h"
#include "ingest/record_block.h"
#include "ingest/separators.h"

namespace pythia {
namespace {

using ingest_internal::SeparatorKernels;
using ingest_internal::SeparatorRun;

struct RowsOfText {
  std::vector<std::vector<std::string>> rows;
  std::vector<int64_t> lines;
  std::string error;
  int64_t error_line = 0;

  bool operator==(const RowsOfText&) const = default;
};

RowsOfText ByRecords(std::string_view text, Dialect dialect, bool partial) {
  MemoryStream stream(text);
  CsvRecords records(stream, "test", dialect, {}, partial);
  RowsOfText out;
  for (;;) {
    const Result<bool> more = records.Next();
    if (!more) return {{}, {}, more.error().message, more.error().place.line};
    if (!*more) return out;
    out.rows.emplace_back(records.fields().begin(), records.fields().end());
    out.lines.push_back(records.line());
  }
}

RowsOfText ByBlocks(std::string_view text, Dialect dialect, bool partial, size_t buffer,
                    int64_t skip = 0) {
  MemoryStream stream(text);
  CsvBlockReader reader(stream, "test", dialect, {.buffer_bytes = buffer}, partial, skip);
  RowsOfText out;
  RecordBlock block;
  for (;;) {
    const Result<bool> more = reader.Read(&block);
    if (!more) return {{}, {}, more.error().message, more.error().place.line};
    if (!*more) return out;
    for (size_t r = 0; r < block.num_records(); ++r) {
      if (block.IsEmpty(r)) continue;
      std::vector<std::string>& row = out.rows.emplace_back();
      for (size_t c = 0; c < block.num_cells(r); ++c) row.emplace_back(block.Cell(r, c));
      out.lines.push_back(block.Line(r));
    }
  }
}

// Texts of the characters that matter, long enough for several groups of 64 bytes.
rc::Gen<std::string> HostileText() {
  return rc::gen::mapcat(rc::gen::inRange(0, 400), [](int size) {
    return rc::gen::container<std::string>(
        static_cast<size_t>(size),
        rc::gen::weightedElement<char>(
            {{6, 'a'}, {2, ','}, {2, '"'}, {1, '\n'}, {1, '\r'}, {1, ' '}, {1, '\xC3'}}));
  });
}

// Mostly well-formed rows, as files have them.
rc::Gen<std::string> UsualText() {
  const auto cell =
      rc::gen::element<std::string>("", "1", "abc", "\"x,y\"", "\"$1,204.00\"", "\"two\nlines\"",
                                    "\"a\"\"b\"", " \"q\" ", "5\" pipe", "\"q\"tail", "\"\"",
                                    "a long text without any separator in it, that is not quoted");
  const auto row = rc::gen::container<std::vector<std::string>>(cell);
  return rc::gen::map(rc::gen::container<std::vector<std::vector<std::string>>>(row),
                      [](const std::vector<std::vector<std::string>>& rows) {
                        std::string text;
                        for (const auto& cells : rows) {
                          for (size_t c = 0; c < cells.size(); ++c) {
                            text += (c > 0 ? "," : "") + cells[c];
                          }
                          text += "\r\n";
                        }
                        return text;
                      });
}

RC_GTEST_PROP(CsvBlocks, GiveWhatRecordsGive, ()) {
  const std::string text = *rc::gen::oneOf(HostileText(), UsualText());
  const Dialect dialect{.delimiter = *rc::gen::element(',', ';', '"', ' '),
                        .cr_ends_lines = *rc::gen::arbitrary<bool>()};
  const bool partial = *rc::gen::arbitrary<bool>();
  const RowsOfText expected = ByRecords(text, dialect, partial);
  for (const size_t buffer : {1, 7, 64, 100, 1 << 18}) {
    const RowsOfText got = ByBlocks(text, dialect, partial, buffer);
    RC_ASSERT(got.error == expected.error);
    RC_ASSERT(got.error_line == expected.error_line);
    RC_ASSERT(got.rows == expected.rows);
    RC_ASSERT(got.lines == expected.lines);
  }
}

TEST(CsvBlocks, AreTheSameAtAnyBuffer) {
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    text += fmt::format("{},\"{},5\"{}\n", i, i, i % 777 == 0 ? ",\"over\ntwo lines\"" : "");
    if (i % 1999 == 0) text += "\n5\" a stray quote\n";
  }
  const RowsOfText expected = ByRecords(text, {}, false);
  for (const size_t buffer : {1000, 70000, 1 << 20, 1 << 24}) {
    EXPECT_TRUE(ByBlocks(text, {}, false, buffer) == expected) << buffer;
  }
}

TEST(CsvBlocks, LongRowsMakeShortBlocks) {
  std::string text;
  for (int i = 0; i < 9; ++i) text += std::string(400'000, static_cast<char>('a' + i)) + ",1\n";
  MemoryStream stream(text);
  CsvBlockReader reader(stream, "test", {}, {}, false, 0);
  RecordBlock block;
  std::vector<size_t> sizes;
  while (*reader.Read(&block)) sizes.push_back(block.num_records());
  EXPECT_EQ(sizes, (std::vector<size_t>{2, 2, 2, 2, 1}));
}

TEST(CsvBlocks, PassOverRowsUpToALine) {
  std::string text = "title\n\n\"two\nlines\"\nheader\n";
  for (int i = 0; i < 3000; ++i) text += fmt::format("{}\n", i);
  const RowsOfText got = ByBlocks(text, {}, false, 1 << 18, 5);
  ASSERT_EQ(got.rows.size(), 3000U);
  EXPECT_EQ(got.rows[0][0], "0");
  EXPECT_EQ(got.lines[0], 6);
  EXPECT_TRUE(ByBlocks("a\nb", {}, false, 10, 2).rows.empty());
}

std::vector<const SeparatorKernels*> KernelsHere() {
  std::vector<const SeparatorKernels*> kernels = {&ingest_internal::kPlainSeparators};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) kernels.push_back(&ingest_internal::kAvx2Separators);
  if (__builtin_cpu_supports("avx512vbmi2")) {
    kernels.push_back(&ingest_internal::kAvx512Separators);
  }
#endif
  std::erase_if(kernels, [](const SeparatorKernels* k) { return !k->compiled; });
  return kernels;
}

struct Indexed {
  std::vector<uint32_t> separators;
  std::vector<uint32_t> ends;
  size_t at = 0;
  uint64_t inside = 0;
  uint64_t joint = 0;
  bool irregular = false;
  bool quoted_lines = false;

  bool operator==(const Indexed&) const = default;
};

Indexed IndexWith(const SeparatorKernels& kernels, const std::string& text, char line_end) {
  const std::string padded = text + std::string(64, '"');
  Indexed out;
  out.separators.resize(text.size() + 129);
  out.ends.resize(64 + 50);
  SeparatorRun run{.bytes = padded.data(),
                   .end = text.size(),
                   .line_end = line_end,
                   .most_records = 50,
                   .separators = out.separators.data(),
                   .room = out.separators.size(),
                   .ends = out.ends.data()};
  kernels.index(&run);
  out.separators.resize(run.count);
  out.ends.resize(run.records);
  out.at = run.at;
  out.inside = run.inside;
  out.joint = run.joint;
  out.irregular = run.irregular;
  out.quoted_lines = run.quoted_lines;
  return out;
}

RC_GTEST_PROP(Separators, AreTheSameOnEveryProcessor, ()) {
  const std::string text = *rc::gen::oneOf(HostileText(), UsualText());
  const char line_end = *rc::gen::element('\n', '\r');
  const Indexed plain = IndexWith(ingest_internal::kPlainSeparators, text, line_end);
  for (const SeparatorKernels* kernels : KernelsHere()) {
    RC_ASSERT(IndexWith(*kernels, text, line_end) == plain);
    RC_ASSERT(kernels->is_plain_text(text.data(), text.size()) ==
              (text.find('\xC3') == std::string::npos));
  }
}

TEST(Separators, KnowPlainText) {
  for (const SeparatorKernels* kernels : KernelsHere()) {
    for (const char odd : {'\0', '\x80', '\xFF'}) {
      for (size_t at = 0; at < 200; at += 13) {
        std::string text(200, '~');
        EXPECT_TRUE(kernels->is_plain_text(text.data(), text.size()));
        text[at] = odd;
        EXPECT_FALSE(kernels->is_plain_text(text.data(), text.size()));
      }
    }
  }
}

// A cell with 32 bytes behind it that would mislead.
struct PaddedCell {
  explicit PaddedCell(const std::string& cell)
      : bytes(cell + "9999.99,999999999999.99,99999999"), text(bytes.data(), cell.size()) {}
  std::string bytes;
  std::string_view text;
};

rc::Gen<std::string> NumberText() {
  const auto some = rc::gen::container<std::string>(rc::gen::weightedElement<char>({{8, '0'},
                                                                                    {8, '7'},
                                                                                    {8, '9'},
                                                                                    {3, '.'},
                                                                                    {3, ','},
                                                                                    {1, '-'},
                                                                                    {1, '$'},
                                                                                    {1, ' '},
                                                                                    {1, '+'},
                                                                                    {1, '\xA0'}}));
  const auto plain = rc::gen::map(rc::gen::arbitrary<std::pair<int32_t, int>>(), [](auto pair) {
    const double scale = std::pow(10.0, pair.second & 7);
    return fmt::format("{}", pair.first / scale);
  });
  const auto money = rc::gen::map(rc::gen::arbitrary<std::pair<uint32_t, uint32_t>>(), [](auto p) {
    return fmt::format("${},{:03}.{:02}", p.first % 1000, p.second % 1000, p.second / 1000 % 100);
  });
  return rc::gen::oneOf(some, plain, money);
}

bool SameDouble(double a, double b) { return a == b && std::signbit(a) == std::signbit(b); }

RC_GTEST_PROP(QuickFields, ReadNumbersAsTheCarefulParserDoes, ()) {
  const PaddedCell cell(*NumberText());
  for (const char decimal : {'.', ','}) {
    double careful = 0;
    double quick = 0;
    const Parsed parsed = ParseNumber(cell.text, decimal, &careful);
    if (ingest_internal::QuickNumber(cell.text.data(), cell.text.size(), decimal, &quick)) {
      RC_ASSERT(parsed == Parsed::kOk);
      RC_ASSERT(SameDouble(quick, careful));
    }
    if (decimal == '.' && ingest_internal::QuickMoney(cell.text, &quick)) {
      RC_ASSERT(parsed == Parsed::kOk);
      RC_ASSERT(SameDouble(quick, careful));
    }
  }
}

RC_GTEST_PROP(QuickFields, SayOfNumbersWhatTheProfileSays, ()) {
  const PaddedCell cell(*NumberText());
  ColumnProfiler quick(ProfileKind::kNumber);
  if (!quick.AddRaw(cell.text)) return;
  ColumnProfiler careful(ProfileKind::kNumber);
  careful.Add(cell.text);
  const ColumnProfile& a = quick.profile();
  const ColumnProfile& b = careful.profile();
  RC_ASSERT(std::tie(a.present, a.numbers, a.percents, a.dots, a.commas, a.currencies, a.maybe_dots,
                     a.maybe_commas) == std::tie(b.present, b.numbers, b.percents, b.dots, b.commas,
                                                 b.currencies, b.maybe_dots, b.maybe_commas));
}

TEST(QuickFields, ReadTheUsualShapes) {
  double value = 0;
  for (const char* text : {"0", "1204", "12345678", "0.0509", "-0.79", "-1", ".5", "5."}) {
    const PaddedCell cell(text);
    EXPECT_TRUE(ingest_internal::QuickNumber(cell.text.data(), cell.text.size(), '.', &value));
  }
  for (const char* text : {"$16,402.00", "$402.5", "16,402", "999,999.99", "$6875"}) {
    EXPECT_TRUE(ingest_internal::QuickMoney(PaddedCell(text).text, &value)) << text;
  }
}

TEST(QuickFields, ReadDaysAsTheCarefulParserDoes) {
  ingest_internal::QuickDays days;
  for (const int year : {1, 1900, 1999, 2000, 2023, 2024, 9999}) {
    for (int month = 0; month < 15; ++month) {
      for (int day = 0; day < 35; ++day) {
        const PaddedCell cell(fmt::format("{:04}-{:02}-{:02}", year, month, day));
        int32_t quick = 0;
        int32_t careful = 0;
        const bool exists = ParseIsoDay(cell.text, &careful);
        ASSERT_EQ(days.Read(cell.text.data(), cell.text.size(), &quick), exists) << cell.text;
        if (exists) {
          ASSERT_EQ(quick, careful) << cell.text;
        }
      }
    }
  }
  for (const char* text : {"2024-01-1x", "2024-01-x1", "2024/01/01", "2024-01-011", "2024-01-:1"}) {
    const PaddedCell cell(text);
    int32_t day = 0;
    EXPECT_FALSE(days.Read(cell.text.data(), cell.text.size(), &day)) << text;
  }
}

RC_GTEST_PROP(CellCodes, KeepEveryText, (const std::vector<std::string>& texts)) {
  CellCodes codes;
  std::map<std::string, uint32_t> expected;
  for (const std::string& text : texts) {
    for (const std::string& cell : {text, text + text, text + "0123456789abcdefghij" + text}) {
      const PaddedCell padded(cell);
      const auto code = static_cast<uint32_t>(expected.size());
      const auto [place, added] = expected.try_emplace(cell, code);
      const uint32_t* found = codes.Find(padded.text);
      RC_ASSERT((found == nullptr) == added);
      if (added) {
        codes.Keep(padded.text, code);
      } else {
        RC_ASSERT(*found == place->second);
      }
    }
  }
}

TEST(HashBytes, TellsTextsApart) {
  HashSet seen;
  for (size_t size = 0; size < 100; ++size) {
    EXPECT_TRUE(seen.Insert(HashBytes(std::string(size, 'x'))));
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = 'y';
      EXPECT_TRUE(seen.Insert(HashBytes(text))) << size << " " << at;
    }
  }
  EXPECT_FALSE(seen.Insert(HashBytes("x")));
}

TEST(InOrder, KeepsTheOrderAtAnyNumberOfThreads) {
  struct Job {
    int number = 0;
    int squared = 0;
  };
  for (const int threads : {1, 2, 5}) {
    int next = 0;
    std::vector<int> in_turn;  // of one thread at a time
    InOrder<Job> jobs(
        threads, [] { return std::make_unique<Job>(); },
        [&](Job* job) -> Result<bool> {
          job->number = next;
          return next++ < 500;
        },
        [](size_t, Job* job) { job->squared = job->number * job->number; },
        [&](Job* job) { in_turn.push_back(job->number); });
    for (int i = 0; i < 500; ++i) {
      const auto job = jobs.Next();
      ASSERT_TRUE(job);
      ASSERT_EQ((*job)->squared, i * i);
    }
    EXPECT_EQ(*jobs.Next(), nullptr);
    EXPECT_EQ(*jobs.Next(), nullptr);
    ASSERT_EQ(in_turn.size(), 500U);
    EXPECT_TRUE(std::ranges::is_sorted(in_turn));
  }
}

TEST(InOrder, HandsErrorsOutInTheirPlace) {
  for (const int threads : {1, 3}) {
    int next = 0;
    InOrder<int> jobs(
        threads, [] { return std::make_unique<int>(); },
        [&](int* job) -> Result<bool> {
          *job = next;
          if (next++ < 10) return true;
          return Fail(ErrorCode::kIo, "the disk is gone");
        },
        [](size_t, int*) {});
    for (int i = 0; i < 10; ++i) EXPECT_EQ(**jobs.Next(), i);
    const auto failed = jobs.Next();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  }
}

TEST(InOrder, MayBeLeftEarly) {
  InOrder<int> jobs(
      4, [] { return std::make_unique<int>(); }, [](int*) -> Result<bool> { return true; },
      [](size_t, int*) {});
  EXPECT_NE(*jobs.Next(), nullptr);
}

}  // namespace
}  // namespace pythia
