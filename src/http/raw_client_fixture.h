// A server on a free port and a client that sends bytes as they are, malformed ones too.
#pragma once

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "http/server.h"

namespace pythia::http {

struct Answered {
  int status = 0;  // 0: no answer
  std::string head;
  std::string body;

  std::string Header(std::string_view name) const {
    const std::string line = fmt::format("\r\n{}: ", name);
    const size_t at = head.find(line);
    if (at == std::string::npos) return {};
    const size_t begin = at + line.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool connected() const { return connected_; }

  // False where the server has closed.
  bool Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  void SendOneByOne(std::string_view bytes) const {
    for (const char c : bytes) {
      if (!Send({&c, 1})) return;
    }
  }

  // The next answer; `head` is true for the answer to a HEAD request.
  Answered Read(bool head = false) {
    Answered answer;
    const size_t end = WaitFor("\r\n\r\n");
    if (end == std::string::npos) return answer;
    answer.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    answer.status =
        static_cast<int>(std::strtol(answer.head.c_str() + std::strlen("HTTP/1.1 "), nullptr, 10));
    const std::string length = answer.Header("Content-Length");
    if (head || length.empty()) return answer;
    const auto bytes = static_cast<size_t>(std::stoull(length));
    while (received_.size() < bytes && Receive()) {
    }
    answer.body = received_.substr(0, bytes);
    received_.erase(0, answer.body.size());
    return answer;
  }

  Answered Ask(std::string_view bytes, bool head = false) {
    Send(bytes);
    return Read(head);
  }

  // True once the server has closed; waits for that up to `time`.
  bool IsClosed(std::chrono::milliseconds time = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      pollfd wait = {.fd = socket_, .events = POLLIN};
      if (::poll(&wait, 1, 20) <= 0) continue;
      char byte = 0;
      const ssize_t got = ::recv(socket_, &byte, 1, 0);
      if (got <= 0) return true;
    }
    return false;
  }

  // Whether something of an answer, or the end of the connection, is there.
  bool HasAnswer() const {
    pollfd wait = {.fd = socket_, .events = POLLIN};
    return !received_.empty() || ::poll(&wait, 1, 0) > 0;
  }

  void EndSending() const { ::shutdown(socket_, SHUT_WR); }

 private:
  size_t WaitFor(std::string_view text) {
    size_t at = received_.find(text);
    while (at == std::string::npos && Receive()) at = received_.find(text);
    return at;
  }

  bool Receive() {
    constexpr int kLongestWait = 60000;  // sanitizers are slow
    pollfd wait = {.fd = socket_, .events = POLLIN};
    if (::poll(&wait, 1, kLongestWait) <= 0) return false;
    char bytes[65536];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    received_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

// Routes and options are set by the test before Start().
class ServerFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "pythia-http-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    options_.upload_folder = folder_;
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Add(std::string method, std::string pattern, Handler handler,
           BodyKind body = BodyKind::kNone, bool slow = false) {
    routes_.push_back({std::move(method), std::move(pattern), body, slow, std::move(handler)});
  }
  // Most tests need no more than these.
  void AddUsual() {
    Add("GET", "/hello", [](Request&) { return JsonResponse("{\"hello\":1}"); });
    Add("GET", "/health/live", [](Request&) { return JsonResponse("{}"); });
    Add("GET", "/api/datasets/{name}",
        [](Request& r) { return JsonResponse("\"" + r.arguments["name"] + "\""); });
    Add("POST", "/json", [](Request& r) { return JsonResponse(r.body); }, BodyKind::kJson);
  }
  void Start() {
    auto server = Server::Start(options_, routes_);
    ASSERT_TRUE(server.has_value()) << server.error().ToString();
    server_ = *std::move(server);
  }

  RawClient Connect() const { return RawClient(server_->port()); }
  Answered Ask(std::string_view bytes) const { return Connect().Ask(bytes); }
  size_t NumFiles() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_),
                                             std::filesystem::directory_iterator()));
  }

  std::filesystem::path folder_;
  ServerOptions options_;
  std::vector<Route> routes_;
  std::unique_ptr<Server> server_;
};

inline std::string Get(std::string_view path, std::string_view headers = {}) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, headers);
}

inline std::string Post(std::string_view path, std::string_view type, std::string_view body,
                        std::string_view headers = {}) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}",
      path, type, body.size(), headers, body);
}

}  // namespace pythia::http
