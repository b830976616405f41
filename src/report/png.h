// SVG as PNG, for mails and slides.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pythia {

// The bytes of a PNG on white, `scale` times the size that the SVG asks for, in its light colours;
// letters are drawn with the fonts of this machine. References to other files are not followed.
// kBadInput for what is no SVG, a scale that is not above 0, and a side above 16,384 pixels.
Result<std::string> RenderPng(std::string_view svg, double scale);

}  // namespace pythia
