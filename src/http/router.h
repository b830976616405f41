// Which route answers a method and a path.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.h"
#include "http/server.h"

namespace pythia::http {

// Thread-safe once built.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> arguments;
  };
  // 404, or 405 with Allow. HEAD goes to the route for GET. Where several patterns fit, the one
  // with the fewest arguments answers.
  OrRefusal<Match> Find(std::string_view method, std::string_view path) const;

  // "GET, HEAD, OPTIONS"; empty where no pattern fits.
  std::string Allowed(std::string_view path) const;

 private:
  struct Row {
    Route route;
    std::vector<std::string> parts;
    size_t num_arguments = 0;
  };
  std::vector<Row> rows_;
};

}  // namespace pythia::http
