// Asks a running service: one call is one connection. Boost stays in client.cpp.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"
#include "http/message.h"

namespace pythia::http {

struct Call {
  std::string method = "GET";
  std::string target = "/";  // path and query, encoded
  std::string content_type = {};
  std::string body = {};
  // Instead of `body`: a file that goes out as the part "file" of a form, read while it is sent;
  // "-": standard input.
  std::optional<std::string> file = {};
};

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // empty where it went to a Sink
};

// Takes the body of a good reply, piece by piece.
using Sink = std::function<Status(std::string_view)>;

// Immutable, but for its connections; safe to use from several threads.
class Client {
 public:
  // An address as in "http://127.0.0.1:8080" or "https://host/prefix"; the token goes into every
  // call, where it is not empty. kUsage for another address, or a token that no header can hold.
  static Result<Client> To(std::string_view address, std::string token);

  // The reply, if it is a good one (2xx); else the problem that the service states, with the code
  // that it would have as an Error of this process. kIo where there is no connection or it breaks;
  // kCancelled on a stop.
  Result<Reply> Send(const Call& call, Progress& progress, std::stop_token stop,
                     const Sink& sink = nullptr) const;

  const std::string& address() const { return address_; }

 private:
  Client() = default;

  std::string address_;  // for messages
  bool secure_ = false;
  std::string host_;  // without brackets
  std::string port_;
  std::string host_header_;
  std::string prefix_;  // of every path; without a slash at its end
  std::string token_;
};

// `path` with `query`, both encoded.
std::string TargetOf(std::string_view path, const Parameters& query = {});
// One part of a path, encoded.
std::string EncodePart(std::string_view text);

}  // namespace pythia::http
