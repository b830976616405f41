#include <algorithm>

#include "http/page.h"
#include "http/service.h"

namespace pythia::http {
namespace {

Response ServePath(const std::string& path, const Request& request) {
  const std::span<const PageFile> files = PageFiles();
  const auto file = std::ranges::find(files, path, &PageFile::path);
  if (file != files.end()) return ServePageFile(*file, request);
  return Problem(404, StatusText(404), "there is nothing at this path");
}

}  // namespace

// Open to all: the page holds no data, and asks for the token that its requests then carry.
void AddPage(Service& /*service*/, Endpoints* endpoints) {
  const auto add = [&](std::string pattern, Handler handler, std::string summary,
                       std::vector<ParameterDoc> parameters, std::string answer, std::string type) {
    endpoints->push_back({.route = {.method = "GET",
                                    .pattern = std::move(pattern),
                                    .handler = std::move(handler),
                                    .open = true},
                          .summary = std::move(summary),
                          .parameters = std::move(parameters),
                          .answers = {{200, std::move(answer)}, {304, ""}},
                          .content_type = std::move(type)});
  };
  add(
      "/", [](Request& request) { return ServePath("/index.html", request); },
      "The page for browsers", {}, "Text", "text/html");
  add(
      "/docs", [](Request& request) { return ServePath("/docs.html", request); },
      "/openapi.json as a page", {}, "Text", "text/html");
  add(
      "/assets/{file}",
      [](Request& request) {
        return ServePath("/assets/" + request.arguments.at("file"), request);
      },
      "A file of the page; its name changes with its bytes",
      {{.name = "file",
        .in = "path",
        .required = true,
        .schema = R"({"type":"string"})",
        .description = "As the page names it"}},
      "File", "*/*");
}

}  // namespace pythia::http
