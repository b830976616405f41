#include "http/session.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/random.h"
#include "http/response_head.h"

namespace pythia::http::server_internal {
namespace {

constexpr auto kTimerRetry = std::chrono::milliseconds(50);
// After drain_time: for the answers of requests that were told to stop.
constexpr auto kAbortTime = std::chrono::milliseconds(500);

// What a handler throws stays here, and out of the answer.
Response CallHandler(const Route& route, Request& request) {
  try {
    return route.handler(request);
  } catch (...) {
    return Problem(500, StatusText(500));
  }
}

}  // namespace

Response BusyProblem(std::string_view detail) {
  Response response = Problem(503, StatusText(503), detail);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

void Registry::Add(std::shared_ptr<Session> session, bool turned_away) {
  const std::scoped_lock lock(mutex_);
  sessions_.insert(std::move(session));
  num_turned_away_ += turned_away ? 1 : 0;
}

void Registry::Remove(const std::shared_ptr<Session>& session, bool turned_away) {
  const std::scoped_lock lock(mutex_);
  sessions_.erase(session);
  num_turned_away_ -= turned_away ? 1 : 0;
  changed_.notify_all();
}

size_t Registry::Count(bool turned_away) const {
  const std::scoped_lock lock(mutex_);
  return turned_away ? num_turned_away_ : sessions_.size() - num_turned_away_;
}

std::vector<std::shared_ptr<Session>> Registry::All() const {
  const std::scoped_lock lock(mutex_);
  return {sessions_.begin(), sessions_.end()};
}

bool Registry::WaitUntilEmpty(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return sessions_.empty(); });
}

// ---- the life of a connection ----

void Session::Spawn() {
  net::co_spawn(
      socket_.get_executor(), [self = shared_from_this()] { return self->Run(); }, net::detached);
}

awaitable<void> Session::Run() {
  const auto self = shared_from_this();
  error_code ignored;
  Ignore(socket_.set_option(tcp::no_delay(true), ignored));
  Ignore(socket_.non_blocking(true, ignored));
  const tcp::endpoint local = socket_.local_endpoint(ignored);
  const net::ip::address address = local.address();
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  local_address_ = mapped
                       ? net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).to_string()
                       : address.to_string();
  try {
    if (turned_away_) {
      co_await TurnAway();
    } else {
      bool open = co_await AwaitRequest(true);
      while (open) {
        open = co_await ServeOne();
        if (open) open = co_await AwaitRequest(false);
      }
    }
    Close();
  } catch (...) {  // out of memory: this connection ends, the others go on
    Close();
  }
  context_.registry.Remove(self, turned_away_);
}

awaitable<void> Session::TurnAway() {
  const Response response = BusyProblem("there are too many connections");
  std::string answer =
      ResponseHead(response, {NextId(), response.body.size(), /*keep_alive=*/false, {}});
  answer += response.body;
  const bool written = co_await WriteAll(answer);
  if (written) co_await Linger();
}

// True when the first bytes of a request are there.
awaitable<bool> Session::AwaitRequest(bool is_first) {
  if (context_.stopping) co_return false;
  if (buffer_.size() > 0) co_return true;  // sent before the last answer had come
  const Limits& limits = context_.options.limits;
  idle_ = true;
  Arm(Clock::now() + (is_first ? limits.header_time : limits.idle_time));
  const error_code error = co_await ReadSome(kHeaderReadBytes);
  idle_ = false;
  co_return !error;
}

awaitable<bool> Session::ServeOne() {
  Exchange exchange(&context_.budget);
  stop_ = std::stop_source();
  client_gone_ = false;
  exchange.request.id = NextId();
  exchange.request.actor = kNoToken;
  exchange.request.stop = stop_.get_token();
  std::optional<Response> response = co_await Answer(exchange);
  if (!response) co_return false;
  // What was not read of a body would be taken for the next request.
  const bool unread = !exchange.parser.is_done();
  if (unread || context_.stopping) exchange.keep_alive = false;
  const bool sent = co_await Send(exchange, *response);
  Log(exchange, response->status);
  exchange.upload.reset();  // and its file
  if (!sent) co_return false;
  if (!exchange.keep_alive) {
    if (unread || buffer_.size() > 0) co_await Linger();
    co_return false;
  }
  if (buffer_.size() == 0 && buffer_.capacity() > kHeaderReadBytes) buffer_.shrink_to_fit();
  co_return true;
}

awaitable<std::optional<Response>> Session::Answer(Exchange& exchange) {
  std::optional<Response> refusal = co_await ReadHeader(exchange);
  if (refusal || client_gone_) co_return refusal;
  const OrRefusal<void> framed = CheckFraming(exchange.request, exchange.arrival);
  if (!framed) co_return framed.error();
  exchange.keep_alive = exchange.parser.keep_alive();
  const OrRefusal<const Route*> route =
      context_.admission.Check(exchange.arrival, &exchange.request, &exchange.allow_origin);
  if (!route) co_return route.error();
  exchange.route = *route;
  refusal = co_await ReadBody(exchange);
  if (refusal || client_gone_) co_return refusal;
  if (!exchange.route->slow) co_return CallHandler(*exchange.route, exchange.request);
  Response response = co_await RunSlow(exchange);
  co_return response;
}

void Session::Log(const Exchange& exchange, int status) const {
  if (!context_.options.log) return;
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - exchange.begun);
  context_.options.log(exchange.request, status, took);
}

std::string Session::NextId() {
  return fmt::format("{:016x}", Mix64(context_.id_seed + ++context_.requests_made));
}

// ---- slow handlers ----

awaitable<Response> Session::RunSlow(Exchange& exchange) {
  struct Call {
    Response response;
    bool done = false;
  };
  const auto call = std::make_shared<Call>();
  const bool queued = context_.pool.Run([self = shared_from_this(), call, &exchange] {
    // Nobody waits for it any more.
    call->response = exchange.request.stop.stop_requested()
                         ? BusyProblem("the server stops")
                         : CallHandler(*exchange.route, exchange.request);
    net::post(self->socket_.get_executor(), [self, call] {
      call->done = true;
      self->wake_.cancel();
    });
  });
  if (!queued) co_return BusyProblem("too many requests wait already");
  Arm(kNever);
  WatchPeer();
  wake_.expires_at(kNever);
  while (!call->done) {
    error_code ignored;
    co_await wake_.async_wait(net::redirect_error(net::use_awaitable, ignored));
  }
  error_code ignored;
  Ignore(socket_.cancel(ignored));  // the watch
  co_return std::move(call->response);
}

// Tells the handler when the client goes away. A client that closes only its sending side counts
// as gone too; it still gets the answer.
void Session::WatchPeer() {
  socket_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this(), stop = stop_](error_code error) mutable {
                       if (!error && self->PeerIsGone()) stop.request_stop();
                     });
}

bool Session::PeerIsGone() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

// ---- time ----

void Session::Arm(Clock::time_point deadline) {
  deadline_ = std::min(deadline, abort_at_);
  timed_out_ = false;
  if (deadline_ < timer_at_) StartTimer(deadline_);
}

void Session::StartTimer(Clock::time_point at) {
  timer_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->OnTimer();
  });
}

// A deadline moves far more often than it passes, so the timer is left where it is and looks again
// when it fires.
void Session::OnTimer() {
  timer_at_ = kNever;
  if (!socket_.is_open() || deadline_ == kNever) return;
  const auto now = Clock::now();
  if (now < deadline_) return StartTimer(deadline_);
  timed_out_ = true;
  error_code ignored;
  Ignore(socket_.cancel(ignored));
  // What was under way may have ended just before, and the next step begun.
  StartTimer(now + kTimerRetry);
}

void Session::Close() {
  error_code ignored;
  Ignore(socket_.close(ignored));
  timer_.cancel();
}

void Session::Drain() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->idle_) self->Close();
  });
}

void Session::Abort() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    self->stop_.request_stop();
    self->abort_at_ = Clock::now() + kAbortTime;
    if (self->socket_.is_open()) self->Arm(self->deadline_);
  });
}

}  // namespace pythia::http::server_internal
