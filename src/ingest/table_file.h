// A file of rows, whatever its format, that can be read several times.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "ingest/bytes.h"
#include "ingest/record_block.h"

namespace pythia {

// One reading of the rows below the header.
class TablePass {
 public:
  virtual ~TablePass() = default;
  virtual BlockReader& blocks() = 0;
  // After the last block. Bytes that belong to no character, and whether there were characters
  // beyond ASCII: together they say whether the encoding was guessed well. Of a pass that inspects.
  virtual int64_t invalid_bytes() const = 0;
  virtual int64_t multibyte() const = 0;
  // kBadInput where the bytes cannot be text (NUL among them). Of a pass that inspects.
  virtual Status CheckText() const = 0;
  // Of a pass that digests: every block, in the order of the file, before HexDigest(); perhaps by
  // another thread while this one reads on.
  virtual void Digest(const RecordBlock& block) = 0;
  // Of the whole file.
  virtual Result<std::string> HexDigest() = 0;
};

enum class PassKind {
  kInspect,  // the first: what are these bytes?
  kAgain,
};

// Not thread-safe.
class TableFile {
 public:
  // CSV and its relatives, also packed with gzip; Parquet; JSON lines. `digests`: its passes do.
  // `stop`: as InputFile::Open().
  static Result<std::unique_ptr<TableFile>> Open(const std::string& path, int64_t max_bytes,
                                                 RecordLimits limits, bool digests,
                                                 const std::stop_token& stop = {});
  virtual ~TableFile() = default;

  virtual const InputFile& input() const = 0;
  virtual const std::vector<std::string>& header() const = 0;
  virtual bool digests() const = 0;
  virtual std::string format() const = 0;  // "csv, semicolon, utf-8, header on line 3"
  virtual Result<std::unique_ptr<TablePass>> Read(PassKind kind) = 0;
  // Takes the text for Windows-1252 from now on; false where that makes no difference.
  virtual bool FallBackToLatin() = 0;
};

}  // namespace pythia
