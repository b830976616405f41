// A model file from anywhere: refused with a reason or read, never a crash.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/sha256.h"
#include "model/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)pythia::ParseModel(bytes);
  // Behind a header that fits, so that the body's parser sees the bytes too.
  const std::string whole = fmt::format(
      R"({{"_pythia_model":{{"body_bytes":{},"format_version":1,"sha256":"{}"}},"body":{}}}{})",
      bytes.size(), pythia::HexSha256(bytes), bytes, "\n");
  const auto model = pythia::ParseModel(whole);
  if (model) (void)pythia::Predict(*model, "fuzz", {{{"Impressions", 1000.0}}});
  return 0;
}
