#include "ingest/encoding.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"
#include "ingest/separators.h"

namespace pythia {
namespace {

constexpr size_t kWideBytes = 1 << 16;
constexpr size_t kInspectBytes = 256;  // at once, where they are ASCII

// 0x80..0x9F of Windows-1252; the five holes map to themselves, as in the WHATWG table.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

uint32_t FromWindows1252(unsigned char byte) {
  return byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte;
}

// NUL in most of one of the two places of each pair, and in hardly any of the other.
EncodingGuess GuessWide(std::string_view sample) {
  std::array<size_t, 2> nuls{};
  for (size_t i = 0; i < sample.size(); ++i) nuls[i & 1] += sample[i] == '\0' ? 1 : 0;
  const size_t pairs = sample.size() / 2;
  if (pairs < 2) return {};
  if (nuls[1] * 10 > pairs * 7 && nuls[0] * 10 < pairs) return {Encoding::kUtf16Le, 0};
  if (nuls[0] * 10 > pairs * 7 && nuls[1] * 10 < pairs) return {Encoding::kUtf16Be, 0};
  return {};
}

}  // namespace

std::string_view EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "utf-8";
    case Encoding::kUtf16Le:
      return "utf-16le";
    case Encoding::kUtf16Be:
      return "utf-16be";
    case Encoding::kWindows1252:
      return "windows-1252";
  }
  return {};
}

EncodingGuess GuessEncoding(std::string_view sample) {
  if (sample.starts_with("\xEF\xBB\xBF")) return {Encoding::kUtf8, 3};
  if (sample.starts_with("\xFF\xFE")) return {Encoding::kUtf16Le, 2};
  if (sample.starts_with("\xFE\xFF")) return {Encoding::kUtf16Be, 2};
  if (const EncodingGuess wide = GuessWide(sample); wide.encoding != Encoding::kUtf8) return wide;
  size_t valid = 0;
  size_t invalid = 0;
  for (size_t at = 0; at < sample.size();) {
    const size_t length = Utf8Length(sample.substr(at));
    const bool cut_off = length == 0 && sample.size() - at < 4;
    valid += length > 1 ? 1 : 0;
    invalid += length == 0 && !cut_off ? 1 : 0;
    at += std::max<size_t>(length, 1);
  }
  return {invalid > 0 && valid == 0 ? Encoding::kWindows1252 : Encoding::kUtf8, 0};
}

TextStream::TextStream(ByteStream& source, EncodingGuess guess, bool inspects)
    : source_(source), guess_(guess), inspects_(inspects) {
  if (guess_.encoding != Encoding::kUtf8) wide_.resize(kWideBytes);
}

Result<size_t> TextStream::Read(char* out, size_t size) {
  if (guess_.mark_bytes > 0) {
    std::array<char, 4> mark{};
    PYTHIA_TRY(source_.Read(mark.data(), guess_.mark_bytes));
    guess_.mark_bytes = 0;
  }
  if (guess_.encoding == Encoding::kUtf8) {
    PYTHIA_ASSIGN(const size_t got, source_.Read(out, size));
    Inspect({out, got});
    cut_off_ = got < size && need_ > 0;
    return got;
  }
  size_t have = 0;
  while (have < size) {
    if (ready_at_ == ready_.size()) {
      PYTHIA_ASSIGN(const bool more, FillWide(kWideBytes));
      if (!more) break;
    }
    const size_t count = std::min(size - have, ready_.size() - ready_at_);
    std::copy_n(ready_.data() + ready_at_, count, out + have);
    ready_at_ += count;
    have += count;
  }
  Inspect({out, have});
  return have;
}

void TextStream::Inspect(std::string_view text) {
  if (!inspects_) return;
  const auto& kernels = ingest_internal::SeparatorsInUse();
  for (size_t at = 0; at < text.size(); at += kInspectBytes) {
    const std::string_view part = text.substr(at, kInspectBytes);
    if (need_ > 0 || !kernels.is_plain_text(part.data(), part.size())) InspectPart(part, at);
  }
  offset_ += static_cast<int64_t>(text.size());
}

void TextStream::InspectPart(std::string_view text, size_t begin) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\0' && first_nul_ < 0) {
      first_nul_ = offset_ + static_cast<int64_t>(begin + at);
    }
    InspectByte(static_cast<unsigned char>(text[at]));
  }
}

// RFC 3629, table of well-formed sequences.
void TextStream::InspectByte(unsigned char byte) {
  if (need_ > 0) {
    const bool good = byte >= low_ && byte <= high_;
    low_ = 0x80;
    high_ = 0xBF;
    if (good) {
      if (--need_ == 0) ++multibyte_;
      return;
    }
    need_ = 0;
    ++invalid_;
  }
  if (byte < 0x80) return;
  if (byte >= 0xC2 && byte <= 0xDF) {
    need_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    need_ = 2;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    need_ = 3;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
  } else {
    ++invalid_;
  }
}

// False at the end.
Result<bool> TextStream::FillWide(size_t bytes) {
  ready_.clear();
  ready_at_ = 0;
  if (ended_) return false;
  PYTHIA_ASSIGN(const size_t got, source_.Read(wide_.data() + wide_left_, bytes - wide_left_));
  const size_t have = wide_left_ + got;
  ended_ = have < bytes;
  if (guess_.encoding == Encoding::kWindows1252) {
    for (size_t i = 0; i < have; ++i) {
      AppendUtf8(FromWindows1252(static_cast<unsigned char>(wide_[i])), &ready_);
    }
    return have > 0;
  }
  AppendUtf16({wide_.data(), have & ~size_t{1}});
  wide_left_ = have & 1;
  if (wide_left_ > 0) wide_[0] = wide_[have - 1];
  if (ended_ && (wide_left_ > 0 || high_surrogate_ != 0)) AppendUtf8(0xFFFD, &ready_);
  return !ready_.empty();
}

void TextStream::AppendUtf16(std::string_view bytes) {
  const size_t high_byte = guess_.encoding == Encoding::kUtf16Le ? 1 : 0;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const uint32_t unit = static_cast<uint32_t>(static_cast<unsigned char>(bytes[i + high_byte]))
                              << 8 |
                          static_cast<unsigned char>(bytes[i + 1 - high_byte]);
    const bool low_surrogate = unit >= 0xDC00 && unit < 0xE000;
    if (high_surrogate_ != 0 && low_surrogate) {
      AppendUtf8(0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00), &ready_);
      high_surrogate_ = 0;
      continue;
    }
    if (high_surrogate_ != 0) AppendUtf8(0xFFFD, &ready_);
    high_surrogate_ = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (high_surrogate_ == 0) AppendUtf8(low_surrogate ? 0xFFFD : unit, &ready_);
  }
}

}  // namespace pythia
