#include "report/png.h"

#include "base/module.h"
#include "report/png/draw.h"

namespace pythia {

// In a module of its own: what draws brings fifty libraries along, and most runs draw nothing.
Result<std::string> RenderPng(std::string_view svg, double scale) {
  PYTHIA_ASSIGN(void* const draw, LoadFromModule(kPngModule, kDrawPng, "librsvg2-2"));
  Result<std::string> png;
  reinterpret_cast<DrawPngFunction*>(draw)(svg, scale, &png);
  return png;
}

}  // namespace pythia
