// The routes as a page for people, from the same table as /openapi.json.
#include <fmt/format.h>

#include "http/service.h"

namespace pythia::http {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>P.Y.T.H.I.A.: the HTTP service</title>
<style>
:root{color-scheme:light dark;--ink:#1d2127;--muted:#5b6570;--line:#d9dee4;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--muted:#9aa4af;--line:#3a4048;--paper:#16181c}}
body{max-width:52rem;margin:2.5rem auto;padding:0 1rem;color:var(--ink);background:var(--paper);
font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.6rem}section{border-top:1px solid var(--line);padding:.9rem 0}
h2{font:600 1rem/1.4 ui-monospace,monospace;margin:0}h2 b{display:inline-block;min-width:4.5rem}
p{margin:.3rem 0}table{border-collapse:collapse;margin:.4rem 0;width:100%}
td{padding:.2rem .8rem .2rem 0;vertical-align:top}td:first-child{font-family:ui-monospace,monospace}
.muted{color:var(--muted)}
</style></head><body>
<h1>The HTTP service</h1>
<p class="muted">Answers are JSON unless said otherwise; errors are application/problem+json.
Machines read <a href="/openapi.json">/openapi.json</a>.</p>
)";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string BodyWords(const Endpoint& endpoint) {
  if (endpoint.route.body == BodyKind::kJson) return "Body: JSON, " + endpoint.request + ".";
  if (endpoint.route.body == BodyKind::kFile) {
    return "Body: a form with a part named file, or the file's bytes.";
  }
  return {};
}

void AppendEndpoint(const Endpoint& endpoint, std::string* page) {
  *page += fmt::format("<section><h2><b>{}</b> {}</h2><p>{}</p>\n", endpoint.route.method,
                       Escaped(endpoint.route.pattern), Escaped(endpoint.summary));
  if (const std::string body = BodyWords(endpoint); !body.empty()) {
    *page += "<p>" + Escaped(body) + "</p>\n";
  }
  if (!endpoint.parameters.empty()) {
    *page += "<table>";
    for (const ParameterDoc& parameter : endpoint.parameters) {
      *page += fmt::format("<tr><td>{}</td><td>{}{}</td></tr>", Escaped(parameter.name),
                           Escaped(parameter.description),
                           parameter.required ? " <span class=\"muted\">(needed)</span>" : "");
    }
    *page += "</table>\n";
  }
  *page += "<p class=\"muted\">";
  for (const auto& [status, schema] : endpoint.answers) {
    *page += fmt::format("{} {} ", status, Escaped(schema));
  }
  *page += "</p></section>\n";
}

}  // namespace

std::string DocsPageOf(const Endpoints& endpoints) {
  std::string page(kHead);
  for (const Endpoint& endpoint : endpoints) AppendEndpoint(endpoint, &page);
  return page + "</body></html>\n";
}

}  // namespace pythia::http
