// How RenderPng reaches what draws, which is loaded when the program runs.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pythia {

inline constexpr const char* kPngModule = "libpythia_report_png.so";
inline constexpr const char* kDrawPng = "PythiaDrawPng";

// The type of the module's function of that name: fills `png` with the picture, or the error.
using DrawPngFunction = void(std::string_view svg, double scale, Result<std::string>* png);

}  // namespace pythia
