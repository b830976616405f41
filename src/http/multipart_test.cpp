#include "http/multipart.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace pythia::http {
namespace {

struct Parsed {
  int status = 200;
  std::string file;
  std::string file_name;
  Parameters fields;
  bool operator==(const Parsed&) const = default;
};

// `cut` gives the length of the next piece.
template <typename Cut>
Parsed Parse(std::string_view text, Cut cut, const MultipartParser::Options& options) {
  Parsed parsed;
  MultipartParser parser(options, [&](std::string_view bytes) -> OrRefusal<void> {
    parsed.file += bytes;
    return {};
  });
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, cut());
    text.remove_prefix(piece.size());
    const auto taken = parser.Take(piece);
    if (!taken) return {.status = taken.error().status};
  }
  const auto finished = parser.Finish();
  if (!finished) return {.status = finished.error().status};
  parsed.file_name = parser.file_name();
  parsed.fields = parser.fields();
  return parsed;
}

Parsed Parse(std::string_view text, size_t piece = 1 << 20) {
  return Parse(text, [piece] { return piece; }, {.boundary = "XX"});
}

std::string File(std::string_view content) {
  return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n" +
         std::string(content) + "\r\n--XX--\r\n";
}

std::string Field(std::string_view name, std::string_view value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
         std::string(value) + "\r\n";
}

TEST(Multipart, ReadsFileAndFields) {
  const Parsed parsed = Parse("preamble\r\n" + Field("a", "1") + Field("b", "") + Field("a", "2") +
                              File("x,y\r\n1,2\r\n") + "epilogue");
  EXPECT_EQ(parsed.status, 200);
  EXPECT_EQ(parsed.file, "x,y\r\n1,2\r\n");
  EXPECT_EQ(parsed.file_name, "a.csv");
  EXPECT_EQ(parsed.fields, (Parameters{{"a", "1"}, {"b", ""}, {"a", "2"}}));
}

TEST(Multipart, ContentMayLookLikeABoundary) {
  for (const std::string_view content :
       {"", "\r\n", "--XX", "--XX--", "x--XX\r\n", "\r\n--XXY\r\n", "\r\n--X", "\r\n--XX-x",
        "\n--XX\n", "\r--XX\r", "\r\n\r\n--XY", "\r\r\n-", "\r\n--XX \tx\r\n", "\r\n--XX\rx",
        "\r\n--XX\r", "\r\n--XX-"}) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{1000}}) {
      const Parsed parsed = Parse(File(content), piece);
      EXPECT_EQ(parsed.status, 200) << content;
      EXPECT_EQ(parsed.file, content);
    }
  }
}

TEST(Multipart, LineVariants) {
  EXPECT_EQ(Parse("--XX \t\r\nContent-Disposition: form-data; name=file\r\n\r\nabc\r\n--XX--").file,
            "abc");
  EXPECT_EQ(Parse("\r\n\r\n" + File("abc")).file, "abc");
  EXPECT_EQ(Parse("--XX\r\ncontent-disposition:form-data;name=\"file\"\r\nX-Other: 1\r\n"
                  "Content-Type: text/csv\r\n\r\nabc\r\n--XX--\r\n")
                .file,
            "abc");
  // Bare line feeds end no boundary's line.
  EXPECT_EQ(Parse("--XX\nContent-Disposition: form-data; name=\"file\"\n\nabc\n--XX--\n").status,
            400);
}

TEST(Multipart, FileNamesLoseTheirFolders) {
  const auto name = [](std::string_view given) {
    return Parse("--XX\r\nContent-Disposition: form-data; name=file; filename=\"" +
                 std::string(given) + "\"\r\n\r\n\r\n--XX--")
        .file_name;
  };
  EXPECT_EQ(name("C:\\temp\\a.csv"), "a.csv");
  EXPECT_EQ(name("../../etc/passwd"), "passwd");
  EXPECT_EQ(name("a\\\"b.csv"), "a\"b.csv");
  EXPECT_EQ(name(".."), "..");  // for people only
  EXPECT_EQ(name("a\x01"), "a\\x01");
  EXPECT_EQ(name(""), "");
}

TEST(MultipartAttack, RefusesWhatIsNoForm) {
  const std::string file = File("abc");
  for (size_t length = 0; length + 4 < file.size(); ++length) {
    EXPECT_EQ(Parse(std::string_view(file).substr(0, length)).status, 400) << length;
  }
  EXPECT_EQ(Parse(Field("a", "1") + "--XX--").status, 400);
  EXPECT_EQ(Parse("--XX--").status, 400);
  EXPECT_EQ(Parse("--XX\r\n\r\nabc\r\n--XX--").status, 400);
  EXPECT_EQ(Parse("--XX\r\n--XX\r\n\r\n").status, 400);
  EXPECT_EQ(Parse("--XX\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--XX--").status, 400);
  EXPECT_EQ(Parse("--XX\r\nContent-Disposition: attachment; name=file\r\n\r\na\r\n--XX--").status,
            400);
  EXPECT_EQ(Parse("--XX\r\nContent-Disposition: form-data; name=file\r\n"
                  "Content-Disposition: form-data; name=a\r\n\r\na\r\n--XX--")
                .status,
            400);
  EXPECT_EQ(Parse("--XX\r\nContent-Disposition: form-data; name=file\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--XX--")
                .status,
            400);
  const std::string once = file.substr(0, file.size() - 4) + "\r\n";
  EXPECT_EQ(Parse(once + file).status, 400);  // two files
  EXPECT_EQ(Parse(Field("a", "\xff") + file).status, 400);
}

TEST(MultipartAttack, ManyPartsAreTooMany) {
  std::string text;
  for (int i = 0; i < 15; ++i) text += Field("a", "1");
  EXPECT_EQ(Parse(text + File("x")).status, 200);
  EXPECT_EQ(Parse(text + Field("a", "1") + File("x")).status, 413);
  for (int i = 0; i < 100000; ++i) text += Field("a", "1");
  EXPECT_EQ(Parse(text + File("x")).status, 413);
  EXPECT_EQ(Parse(text + File("x"), 7).status, 413);
}

TEST(MultipartAttack, LongHeadersAndFieldsAreTooLong) {
  const std::string header = "--XX\r\nX: " + std::string(8192, 'a');
  EXPECT_EQ(Parse(header).status, 413);
  EXPECT_EQ(Parse(header, 1).status, 413);
  EXPECT_EQ(Parse(Field("a", std::string(64 << 10, 'x')) + File("x")).status, 200);
  EXPECT_EQ(Parse(Field("a", std::string((64 << 10) + 1, 'x')) + File("x")).status, 413);
  const std::string spaces = "--XX" + std::string(1 << 20, ' ');
  EXPECT_EQ(Parse(spaces).status, 400);
}

TEST(MultipartAttack, Boundaries) {
  const auto status = [](std::string_view type) {
    const auto boundary = MultipartBoundary(type);
    return boundary ? 200 : boundary.error().status;
  };
  EXPECT_EQ(*MultipartBoundary("multipart/form-data; boundary=a-b"), "a-b");
  EXPECT_EQ(*MultipartBoundary("multipart/form-data; Boundary=\"a b\""), "a b");
  const std::string most(70, 'x');
  EXPECT_EQ(status("multipart/form-data; boundary=" + most), 200);
  for (const std::string& bad :
       {"multipart/form-data; boundary=" + most + "x", std::string("multipart/form-data"),
        std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\"\""),
        std::string("multipart/form-data; boundary=\"a "),
        std::string("multipart/form-data; boundary=\"a \""),
        std::string("multipart/form-data; boundary=a\xff"),
        std::string("multipart/form-data; boundary=a; boundary=b")}) {
    EXPECT_EQ(status(bad), 400) << bad;
  }
}

// A text of the pieces that matter to the parser, in any order.
std::string RandomText(Random* random) {
  static const std::string kPieces[] = {
      "--XX",
      "\r\n",
      "\r",
      "\n",
      "--",
      "-",
      " ",
      "X",
      "a",
      "\r\n--XX\r\n",
      "\r\n--XX--\r\n",
      "\r\n\r\n",
      Field("a", "1"),
      Field("b", "--XX"),
      "\r\n--XX\r\nContent-Disposition: form-data; name=file\r\n\r\n",
      "Content-Disposition: form-data; name=\"c\"\r\n\r\n"};
  std::string text = random->Below(4) > 0 ? "--XX\r\n" : "";
  if (random->Below(4) > 0) text += "Content-Disposition: form-data; name=file\r\n\r\n";
  for (uint64_t i = random->Below(12); i > 0; --i) text += kPieces[random->Below(16)];
  if (random->Below(4) > 0) text += "\r\n--XX--";
  return text;
}

TEST(MultipartAttack, CutsMakeNoDifference) {
  Random random(20261122);
  const MultipartParser::Options options = {.boundary = "XX", .parts = 4, .field_bytes = 40};
  int good = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = RandomText(&random);
    const Parsed whole = Parse(text, [] { return size_t{1} << 20; }, options);
    good += whole.status == 200 ? 1 : 0;
    const Parsed single = Parse(text, [] { return size_t{1}; }, options);
    const Parsed cut = Parse(text, [&] { return 1 + random.Below(9); }, options);
    ASSERT_EQ(whole, single) << text;
    ASSERT_EQ(whole, cut) << text;
  }
  EXPECT_GT(good, 1000);
}

}  // namespace
}  // namespace pythia::http
