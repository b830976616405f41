// Any bytes as a form: it is read or refused, and how the bytes are cut makes no difference. The
// first two bytes choose the cuts.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/header_value.h"
#include "http/multipart.h"
#include "http/target.h"

namespace {

struct Outcome {
  int status = 200;
  std::string file;
  std::string file_name;
  pythia::http::Parameters fields;
  bool operator==(const Outcome&) const = default;
};

Outcome Parse(std::string_view text, size_t first, size_t second) {
  Outcome outcome;
  pythia::http::MultipartParser parser(
      {.boundary = "X", .parts = 4, .field_bytes = 64},
      [&](std::string_view bytes) -> pythia::http::OrRefusal<void> {
        outcome.file += bytes;
        return {};
      });
  for (size_t round = 0; !text.empty(); ++round) {
    const std::string_view piece = text.substr(0, round % 2 == 0 ? first : second);
    text.remove_prefix(piece.size());
    const auto taken = parser.Take(piece);
    if (!taken) return {.status = taken.error().status};
  }
  const auto finished = parser.Finish();
  if (!finished) return {.status = finished.error().status};
  outcome.file_name = parser.file_name();
  outcome.fields = parser.fields();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome whole = Parse(text, size, size);
  PYTHIA_CHECK(whole == Parse(text, 1 + data[0], 1 + data[1]));
  PYTHIA_CHECK(whole == Parse(text, 1, 1));
  // The other parsers of a request's bytes: no more than that they end.
  static_cast<void>(pythia::http::MultipartBoundary(text));
  static_cast<void>(pythia::http::ParseHeaderValue(text));
  static_cast<void>(pythia::http::ParseTarget(text));
  return 0;
}
