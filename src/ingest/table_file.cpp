#include "ingest/table_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "ingest/duckdb_reader.h"
#include "ingest/encoding.h"
#include "ingest/layout.h"

namespace pythia {
namespace {

constexpr size_t kSampleBytes = (1 << 20) + (1 << 16);  // the longest row fits

Error HoldsNul(const std::string& name, int64_t at) {
  return Error{ErrorCode::kBadInput,
               fmt::format("a binary file, not text: there is a NUL byte at byte {}", at + 1),
               {.file = name},
               {},
               "Export the table as CSV."};
}

std::string_view DelimiterName(char delimiter) {
  switch (delimiter) {
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    case '|':
      return "bar";
    default:
      return "own delimiter";
  }
}

class CsvPass final : public TablePass {
 public:
  CsvPass(const InputFile& input, int64_t max_bytes, EncodingGuess encoding, const Layout& layout,
          RecordLimits limits, PassKind kind, bool digests)
      : input_(input),
        file_(input, max_bytes, digests),
        text_(file_, encoding, kind == PassKind::kInspect),
        blocks_(text_, input.name(), layout.dialect, limits, max_bytes > 0, layout.header_line),
        reader_(blocks_, &file_, IsAsItLies(input, encoding)) {}

  BlockReader& blocks() override { return reader_; }
  int64_t invalid_bytes() const override {
    return text_.invalid() + (text_.cut_off() && !file_.cut() ? 1 : 0);
  }
  int64_t multibyte() const override { return text_.multibyte(); }
  Status CheckText() const override {
    if (text_.first_nul() < 0) return {};
    return Fail(HoldsNul(input_.name(), text_.first_nul()));
  }
  void Digest(const RecordBlock& block) override { file_.Digest(Fresh(block)); }
  Result<std::string> HexDigest() override {
    file_.Digest(reader_.tail());
    return file_.HexDigest();
  }

 private:
  static std::string_view Fresh(const RecordBlock& block) {
    return {block.bytes() + block.fresh_begin, block.fresh_end - block.fresh_begin};
  }
  // The bytes of the blocks are the file's.
  static bool IsAsItLies(const InputFile& input, const EncodingGuess& encoding) {
    return input.kind() == FileKind::kText && encoding.encoding == Encoding::kUtf8;
  }

  // Says how far the file has been read, and leaves its digest to who works on the blocks. The
  // first block's is taken at once: there may have been others before it, of lines that are passed
  // over.
  class Reader final : public BlockReader {
   public:
    Reader(CsvBlockReader& blocks, FilePass* file, bool leaves_digest)
        : blocks_(blocks), file_(file), leaves_digest_(leaves_digest) {}
    Result<bool> Read(RecordBlock* block) override {
      PYTHIA_ASSIGN(const bool more, blocks_.Read(block));
      block->bytes_read = file_->bytes_read();
      if (!left_) block->fresh_begin = block->fresh_end;
      if (!more) tail_ += Fresh(*block);
      left_ = leaves_digest_;
      if (left_) file_->LeaveDigest();
      return more;
    }
    const std::string& tail() const { return tail_; }  // bytes behind the last block

   private:
    CsvBlockReader& blocks_;
    FilePass* file_;
    bool leaves_digest_;
    bool left_ = false;
    std::string tail_;
  };

  const InputFile& input_;
  FilePass file_;
  TextStream text_;
  CsvBlockReader blocks_;
  Reader reader_;
};

class CsvFile final : public TableFile {
 public:
  CsvFile(std::unique_ptr<InputFile> input, int64_t max_bytes, RecordLimits limits, bool digests)
      : input_(std::move(input)), max_bytes_(max_bytes), limits_(limits), digests_(digests) {}

  // Encoding and layout from the first bytes, which `sample` receives in UTF-8.
  Status Examine(const std::string& raw, bool complete) {
    encoding_ = GuessEncoding(raw);
    MemoryStream bytes(raw);
    TextStream text(bytes, encoding_);
    std::string sample(raw.size() * 3 + 4, '\0');
    PYTHIA_ASSIGN(const size_t length, text.Read(sample.data(), sample.size()));
    sample.resize(length);
    if (text.first_nul() >= 0) return Fail(HoldsNul(input_->name(), text.first_nul()));
    RecordLimits limits = limits_;
    limits.buffer_bytes = std::min(raw.size() + 1, kSampleBytes);
    PYTHIA_ASSIGN(layout_, FindLayout(sample, complete, input_->name(), limits));
    return {};
  }

  const InputFile& input() const override { return *input_; }
  const std::vector<std::string>& header() const override { return layout_.header; }
  bool digests() const override { return digests_; }
  std::string format() const override {
    return fmt::format("csv, {}, {}, header on line {}{}", DelimiterName(layout_.dialect.delimiter),
                       EncodingName(encoding_.encoding), layout_.header_line,
                       input_->kind() == FileKind::kGzip ? ", gzip" : "");
  }
  Result<std::unique_ptr<TablePass>> Read(PassKind kind) override {
    return std::make_unique<CsvPass>(*input_, max_bytes_, encoding_, layout_, limits_, kind,
                                     digests_);
  }
  bool FallBackToLatin() override {
    if (encoding_.encoding != Encoding::kUtf8 || encoding_.mark_bytes > 0) return false;
    encoding_.encoding = Encoding::kWindows1252;
    return true;
  }

 private:
  std::unique_ptr<InputFile> input_;
  int64_t max_bytes_;
  RecordLimits limits_;
  bool digests_;
  EncodingGuess encoding_;
  Layout layout_;
};

// JSON lines begin with an object; "[{" is a JSON array of them.
bool LooksLikeJson(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (start == std::string_view::npos) return false;
  text.remove_prefix(start);
  if (text[0] == '{') return true;
  if (text[0] != '[') return false;
  const size_t next = text.find_first_not_of(" \t\r\n", 1);
  return next != std::string_view::npos && text[next] == '{';
}

}  // namespace

Result<std::unique_ptr<TableFile>> TableFile::Open(const std::string& path, int64_t max_bytes,
                                                   RecordLimits limits, bool digests,
                                                   const std::stop_token& stop) {
  PYTHIA_ASSIGN(std::unique_ptr<InputFile> input, InputFile::Open(path, stop));
  if (input->kind() == FileKind::kParquet) return OpenWithDuckDb(std::move(input), limits, digests);
  const bool packed = input->kind() == FileKind::kGzip;
  const auto size = static_cast<size_t>(input->size());
  std::string raw(packed ? kSampleBytes : std::min(kSampleBytes, size + 1), '\0');
  FilePass head(*input, max_bytes, false);
  PYTHIA_ASSIGN(const size_t length, head.Read(raw.data(), raw.size()));
  const bool complete = length < raw.size() && !head.cut();
  raw.resize(length);
  if (LooksLikeJson(raw)) return OpenWithDuckDb(std::move(input), limits, digests);
  auto file = std::make_unique<CsvFile>(std::move(input), max_bytes, limits, digests);
  PYTHIA_TRY(file->Examine(raw, complete));
  return file;
}

}  // namespace pythia
