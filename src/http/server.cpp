#include "http/server.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "http/session.h"

namespace pythia::http {
namespace {

namespace net = boost::asio;
using net::awaitable;
using net::ip::tcp;
using server_internal::Clock;
using server_internal::Context;
using server_internal::error_code;
using server_internal::Ignore;
using server_internal::kNever;
using server_internal::Registry;
using server_internal::Session;

constexpr size_t kMostTurnedAway = 64;  // connections too many that still get an answer
constexpr auto kAcceptRetry = std::chrono::milliseconds(100);

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, std::vector<Route> routes)
      : context_(std::move(options), std::move(routes)),
        acceptor_(net::make_strand(io_)),
        retry_(acceptor_.get_executor()),
        work_(net::make_work_guard(io_)) {}
  ~ServerImpl() override { Stop(); }
  ServerImpl(const ServerImpl&) = delete;
  ServerImpl& operator=(const ServerImpl&) = delete;

  Status Listen(const tcp::endpoint& endpoint);
  void Begin();
  uint16_t port() const override { return port_; }
  void Stop() override {
    std::call_once(stopped_, [this] { StopOnce(); });
  }

 private:
  awaitable<void> Accept();
  void Welcome(tcp::socket socket);
  bool RunSteps();
  void StopOnce();

  Context context_;
  net::io_context io_;
  tcp::acceptor acceptor_;
  net::steady_timer retry_;
  net::executor_work_guard<net::io_context::executor_type> work_;
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  std::once_flag stopped_;
};

Status ServerImpl::Listen(const tcp::endpoint& endpoint) {
  error_code error;
  const bool failed = acceptor_.open(endpoint.protocol(), error) ||
                      acceptor_.set_option(tcp::acceptor::reuse_address(true), error) ||
                      acceptor_.bind(endpoint, error) ||
                      acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (failed) {
    return Fail(Error{ErrorCode::kIo,
                      fmt::format("cannot listen on port {} of {}: {}", endpoint.port(),
                                  context_.options.host, error.message()),
                      {},
                      {},
                      "Choose another port, or 0 for any free one."});
  }
  port_ = acceptor_.local_endpoint(error).port();
  return {};
}

void ServerImpl::Begin() {
  net::co_spawn(acceptor_.get_executor(), [this] { return Accept(); }, net::detached);
  for (int i = 0; i < std::max(context_.options.threads, 1); ++i) {
    threads_.emplace_back([this] {
      while (!RunSteps()) {
      }
    });
  }
}

// False where a step ran out of memory; the others go on.
bool ServerImpl::RunSteps() {
  try {
    io_.run();
    return true;
  } catch (...) {
    return false;
  }
}

awaitable<void> ServerImpl::Accept() {
  while (!context_.stopping) {
    tcp::socket socket(net::make_strand(io_));
    error_code error;
    co_await acceptor_.async_accept(socket, net::redirect_error(net::use_awaitable, error));
    if (!error && !context_.stopping) Welcome(std::move(socket));
    if (!error || context_.stopping) continue;
    // No descriptors left, most likely: some will come back.
    retry_.expires_after(kAcceptRetry);
    co_await retry_.async_wait(net::redirect_error(net::use_awaitable, error));
  }
}

void ServerImpl::Welcome(tcp::socket socket) {
  Registry& registry = context_.registry;
  const bool too_many = registry.Count(false) >= context_.options.limits.connections;
  if (too_many && registry.Count(true) >= kMostTurnedAway) return;
  const auto session = std::make_shared<Session>(context_, std::move(socket), too_many);
  registry.Add(session, too_many);
  session->Spawn();
}

// Handlers are not killed: one that does not look at its stop token is waited for.
void ServerImpl::StopOnce() {
  context_.stopping = true;
  const auto closed = std::make_shared<std::promise<void>>();
  net::post(acceptor_.get_executor(), [this, closed] {
    error_code ignored;
    Ignore(acceptor_.close(ignored));
    retry_.cancel();
    closed->set_value();
  });
  // Who is let go must not be able to come back.
  if (!threads_.empty()) closed->get_future().wait();
  for (const auto& session : context_.registry.All()) session->Drain();
  if (!threads_.empty()) {
    const auto deadline = Clock::now() + context_.options.limits.drain_time;
    if (!context_.registry.WaitUntilEmpty(deadline)) {
      for (const auto& session : context_.registry.All()) session->Abort();
      context_.registry.WaitUntilEmpty(kNever);
    }
  }
  context_.pool.Stop();
  work_.reset();
  for (std::thread& thread : threads_) thread.join();
}

Result<tcp::endpoint> EndpointOf(const ServerOptions& options) {
  std::string host = options.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const net::ip::address address = net::ip::make_address(host, error);
  if (!error) return tcp::endpoint(address, options.port);
  net::io_context io;
  const auto found = tcp::resolver(io).resolve(host, std::to_string(options.port), error);
  if (error || found.empty()) {
    return Fail(Error{ErrorCode::kIo, "there is no such host", {}, options.host});
  }
  return found.begin()->endpoint();
}

bool IsSha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

Status CheckOptions(const ServerOptions& options, const std::vector<Route>& routes,
                    const tcp::endpoint& endpoint) {
  if (!endpoint.address().is_loopback() && options.tokens.empty()) {
    return Fail(Error{ErrorCode::kUsage,
                      "without tokens the server listens on this machine only",
                      {},
                      options.host,
                      "Use 127.0.0.1, or give a file of tokens."});
  }
  for (const TokenHash& token : options.tokens) {
    if (token.name.empty() || !IsSha256(token.sha256)) {
      return Fail(Error{ErrorCode::kUsage,
                        "a token needs a name and its SHA-256 in hexadecimal",
                        {},
                        token.name});
    }
  }
  const bool takes_files =
      std::ranges::any_of(routes, [](const Route& r) { return r.body == BodyKind::kFile; });
  std::error_code ignored;
  if (takes_files && !std::filesystem::is_directory(options.upload_folder, ignored)) {
    return Fail(Error{ErrorCode::kIo,
                      "there is no folder for uploads",
                      {.file = options.upload_folder.string()}});
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, std::vector<Route> routes) {
  try {
    PYTHIA_ASSIGN(const tcp::endpoint endpoint, EndpointOf(options));
    PYTHIA_TRY(CheckOptions(options, routes, endpoint));
    auto server = std::make_unique<ServerImpl>(std::move(options), std::move(routes));
    PYTHIA_TRY(server->Listen(endpoint));
    server->Begin();
    return server;
  } catch (const std::exception& error) {  // no threads or descriptors left
    return Fail(ErrorCode::kIo, fmt::format("cannot start the server: {}", error.what()));
  }
}

}  // namespace pythia::http
