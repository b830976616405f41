// The transport: HTTP/1.1 on Boost.Beast with C++20 coroutines. Everything of Boost stays behind
// this header.
//
// Limits hold for everything that comes in. A request whose Host is not one of ours gets 421, a
// foreign Origin 403, a JSON route without application/json 415, too much of anything 413, 414 or
// 431, no such path 404, another method 405 with Allow; time per phase is bounded. Any address but
// loopback needs tokens.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace pythia::http {

enum class BodyKind {
  kNone,  // a body is refused
  kJson,  // application/json, in memory
  kFile   // multipart/form-data with a part "file", or the raw bytes of a file; streamed to disk
};

using Handler = std::function<Response(Request& request)>;

// One row of the table that routing and /openapi.json are made from.
struct Route {
  std::string method;
  std::string pattern;  // "/api/datasets/{name}"
  BodyKind body = BodyKind::kNone;
  // True: runs on its own thread; false: on the transport's, so it must be quick.
  bool slow = false;
  Handler handler;
  bool body_is_optional = false;  // of kJson: without one no Content-Type is needed
  bool open = false;              // read without a token, too
};

struct Limits {
  uint32_t header_bytes = 16 << 10;
  uint64_t json_bytes = 8 << 20;
  uint64_t body_memory = 64 << 20;  // JSON bodies over 64 KiB, together; beyond: 503
  uint64_t file_bytes = uint64_t{4} << 30;
  size_t parts = 16;
  size_t field_bytes = 64 << 10;  // of a form's other parts
  size_t connections = 1024;
  size_t waiting_slow = 64;  // slow requests that wait for a thread; more get 503
  std::chrono::seconds header_time{10};
  std::chrono::seconds body_time{20};  // without progress of at least 1 KiB/s
  std::chrono::seconds idle_time{60};
  std::chrono::seconds drain_time{10};
};

// SHA-256 of a token, in hexadecimal, and who it belongs to.
struct TokenHash {
  std::string name;
  std::string sha256;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  int threads = 2;
  int slow_threads = 2;
  Limits limits;
  std::vector<TokenHash> tokens;        // needed for any host but loopback
  std::vector<std::string> origins;     // allowed besides the server's own
  std::vector<std::string> host_names;  // allowed in Host besides the address and localhost
  std::filesystem::path upload_folder;  // for bodies on disk; it exists
  // Called once per answered request, from any thread; one that throws costs the connection.
  std::function<void(const Request& request, int status, std::chrono::microseconds took)> log;
};

class Server {
 public:
  // kUsage for a host beyond loopback without tokens; kIo where the address cannot be had.
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, std::vector<Route> routes);
  virtual ~Server() = default;  // stops

  virtual uint16_t port() const = 0;
  // No new connections; answers what has begun, up to drain_time; then tells handlers to stop, and
  // returns when they have. Not from a handler.
  virtual void Stop() = 0;
};

}  // namespace pythia::http
