// One connection of the server: requests are read, answered and written one after the other.
// For server.cpp; it brings Boost.Asio in.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "http/admission.h"
#include "http/body_budget.h"
#include "http/outgoing_file.h"
#include "http/refusal.h"
#include "http/server.h"
#include "http/slow_pool.h"
#include "http/upload.h"

namespace pythia::http::server_internal {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using net::awaitable;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;
using Parser = beast::http::request_parser<beast::http::buffer_body>;

inline constexpr size_t kHeaderReadBytes = 4 << 10;
inline constexpr size_t kBodyReadBytes = 64 << 10;
inline constexpr auto kNever = Clock::time_point::max();

// Of closing and cancelling: what cannot be closed is closed already.
inline void Ignore(const error_code& /*error*/) {}

Response BusyProblem(std::string_view detail);

class Session;

// The connections that are open. Thread-safe.
class Registry {
 public:
  void Add(std::shared_ptr<Session> session, bool turned_away);
  void Remove(const std::shared_ptr<Session>& session, bool turned_away);
  size_t Count(bool turned_away) const;
  std::vector<std::shared_ptr<Session>> All() const;
  bool WaitUntilEmpty(Clock::time_point deadline);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::shared_ptr<Session>> sessions_;
  size_t num_turned_away_ = 0;
};

// What all connections share.
struct Context {
  Context(ServerOptions given, std::vector<Route> routes)
      : options(std::move(given)),
        admission(options, std::move(routes)),
        pool(std::max(options.slow_threads, 1), options.limits.waiting_slow) {}

  const ServerOptions options;
  const Admission admission;
  Registry registry;
  std::atomic<bool> stopping = false;
  const uint64_t id_seed = uint64_t{std::random_device{}()} << 32 | std::random_device{}();
  std::atomic<uint64_t> requests_made = 0;
  BodyBudget budget{options.limits.body_memory};
  SlowPool pool;
};

// One request and its answer.
struct Exchange {
  explicit Exchange(BodyBudget* budget) : share(budget) {}

  Request request;
  BodyBudget::Share share;
  Parser parser;
  Arrival arrival;
  const Route* route = nullptr;
  std::unique_ptr<Upload> upload;
  std::string allow_origin;
  Clock::time_point begun = Clock::now();
  bool keep_alive = false;
};

// A connection. All of it runs on one strand. Every wait for the client has a deadline; a timer
// cancels what is under way when it has passed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Context& context, tcp::socket socket, bool turned_away)
      : context_(context),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        wake_(socket_.get_executor()),
        buffer_(std::max<size_t>(kBodyReadBytes, context.options.limits.header_bytes + 1)),
        turned_away_(turned_away) {}

  void Spawn();
  // Closes the connection if no request has begun. Thread-safe, as is Abort.
  void Drain();
  // Tells the request to stop, and gives it a moment.
  void Abort();

 private:
  awaitable<void> Run();
  awaitable<void> TurnAway();
  awaitable<bool> AwaitRequest(bool is_first);
  awaitable<bool> ServeOne();
  // Nothing where the client is gone and no answer makes sense.
  awaitable<std::optional<Response>> Answer(Exchange& exchange);
  awaitable<std::optional<Response>> ReadHeader(Exchange& exchange);
  awaitable<std::optional<Response>> ReadBody(Exchange& exchange);
  awaitable<std::optional<Response>> PumpBody(Exchange& exchange);
  awaitable<Response> RunSlow(Exchange& exchange);
  awaitable<bool> Send(Exchange& exchange, Response& response);
  awaitable<bool> SendBody(const Response& response, const OutgoingFile& file, std::string head);
  awaitable<bool> WriteAll(std::string_view bytes);
  awaitable<error_code> ReadSome(size_t most);
  awaitable<void> Linger();

  void FillRequest(Exchange& exchange);
  OrRefusal<void> TakeBody(Exchange& exchange, std::string_view bytes) const;
  bool SkipEmptyLines();
  void WatchPeer();
  bool PeerIsGone();
  void Log(const Exchange& exchange, int status) const;
  std::string NextId();
  void Arm(Clock::time_point deadline);
  void StartTimer(Clock::time_point at);
  void OnTimer();
  void Close();

  Context& context_;
  tcp::socket socket_;
  net::steady_timer timer_;
  net::steady_timer wake_;  // never expires; cancelled when a slow handler is done
  beast::flat_buffer buffer_;
  const bool turned_away_;
  std::stop_source stop_;
  std::string local_address_;
  bool idle_ = false;
  bool timed_out_ = false;
  bool client_gone_ = false;
  Clock::time_point deadline_ = kNever;
  Clock::time_point abort_at_ = kNever;
  Clock::time_point timer_at_ = kNever;
};

}  // namespace pythia::http::server_internal
