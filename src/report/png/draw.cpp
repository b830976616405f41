#include "report/png/draw.h"

#include <cairo.h>

#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <librsvg/rsvg.h>

namespace pythia {
namespace {

constexpr double kMostPixels = 16384;

struct Unref {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Unref>;

Error NotSvg(GError* raw) {
  const Owned<GError> error(raw);
  return {.code = ErrorCode::kBadInput,
          .message = "this is no SVG that can be drawn",
          .value = error ? error->message : ""};
}

// No exception may cross cairo, which is C.
cairo_status_t AppendBytes(void* out, const unsigned char* bytes, unsigned int size) {
  try {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

Error CairoError(cairo_status_t status) {
  return {.code = ErrorCode::kInternal,
          .message = fmt::format("cannot draw a PNG: {}", cairo_status_to_string(status))};
}

Status Draw(RsvgHandle* handle, cairo_surface_t* surface, double scale, double width,
            double height) {
  const Owned<cairo_t> context(cairo_create(surface));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  cairo_scale(context.get(), scale, scale);
  const RsvgRectangle viewport = {0, 0, width, height};
  GError* error = nullptr;
  if (rsvg_handle_render_document(handle, context.get(), &viewport, &error) == FALSE) {
    return Fail(NotSvg(error));
  }
  const cairo_status_t status = cairo_status(context.get());
  if (status != CAIRO_STATUS_SUCCESS) return Fail(CairoError(status));
  return {};
}

Result<std::string> DrawSvg(std::string_view svg, double scale) {
  GError* error = nullptr;
  const Owned<RsvgHandle> handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error));
  if (!handle) return Fail(NotSvg(error));
  double width = 0;
  double height = 0;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle.get(), &width, &height) == FALSE) {
    return Fail(ErrorCode::kBadInput, "the SVG states no size in pixels");
  }
  const double columns = std::round(width * scale);
  const double rows = std::round(height * scale);
  // Negated, so that NaN fails.
  if (!(columns >= 1 && rows >= 1 && columns <= kMostPixels && rows <= kMostPixels)) {
    return Fail(ErrorCode::kBadInput,
                fmt::format("a PNG of {:g} x {:g} pixels cannot be drawn; sides are 1 to {:g}",
                            columns, rows, kMostPixels));
  }
  const Owned<cairo_surface_t> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(columns), static_cast<int>(rows)));
  cairo_status_t status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS) return Fail(CairoError(status));
  PYTHIA_TRY(Draw(handle.get(), surface.get(), scale, width, height));
  std::string png;
  status = cairo_surface_write_to_png_stream(surface.get(), AppendBytes, &png);
  if (status != CAIRO_STATUS_SUCCESS) return Fail(CairoError(status));
  return png;
}

}  // namespace
}  // namespace pythia

extern "C" void PythiaDrawPng(std::string_view svg, double scale,
                              pythia::Result<std::string>* png) {
  *png = pythia::DrawSvg(svg, scale);
}
