#include "http/server.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/format.h>

#include "base/random.h"
#include "http/admission.h"
#include "http/body_budget.h"
#include "http/header_value.h"
#include "http/refusal.h"
#include "http/response_head.h"
#include "http/slow_pool.h"
#include "http/upload.h"

namespace pythia::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using net::awaitable;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;
using Parser = beast::http::request_parser<beast::http::buffer_body>;

constexpr size_t kHeaderReadBytes = 4 << 10;
constexpr size_t kBodyReadBytes = 64 << 10;
constexpr size_t kLongestTarget = 8 << 10;
constexpr size_t kMostTurnedAway = 64;  // connections too many that still get an answer
constexpr int64_t kLeastBytesPerSecond = 1 << 10;
constexpr uint64_t kNoLimit = UINT64_MAX;
constexpr auto kNever = Clock::time_point::max();
constexpr auto kTimerRetry = std::chrono::milliseconds(50);
constexpr auto kAcceptRetry = std::chrono::milliseconds(100);
constexpr auto kLingerTime = std::chrono::seconds(1);
// After drain_time: for the answers of requests that were told to stop.
constexpr auto kAbortTime = std::chrono::milliseconds(500);

// Of closing and cancelling: what cannot be closed is closed already.
void Ignore(const error_code& /*error*/) {}

// Slow senders and readers: of every `length` so many bytes must come.
class ProgressWindow {
 public:
  explicit ProgressWindow(std::chrono::seconds length)
      : length_(length), needed_(kLeastBytesPerSecond * length.count()) {}

  Clock::time_point end() const { return begin_ + length_; }
  bool Expired() const { return Clock::now() >= end(); }
  void Add(size_t bytes) {
    bytes_ += static_cast<int64_t>(bytes);
    if (bytes_ < needed_) return;
    bytes_ = 0;
    begin_ = Clock::now();
  }

 private:
  std::chrono::seconds length_;
  int64_t needed_;
  int64_t bytes_ = 0;
  Clock::time_point begin_ = Clock::now();
};

// The file of a response; removed with this object.
class OutgoingFile {
 public:
  explicit OutgoingFile(std::filesystem::path path) : path_(std::move(path)) {
    if (path_.empty()) return;
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat info{};
    const bool usable =
        descriptor_ >= 0 && ::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode);
    if (usable) size_ = static_cast<uint64_t>(info.st_size);
    usable_ = usable;
  }
  ~OutgoingFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  OutgoingFile(const OutgoingFile&) = delete;
  OutgoingFile& operator=(const OutgoingFile&) = delete;

  bool wanted() const { return !path_.empty(); }
  bool usable() const { return usable_; }
  uint64_t size() const { return size_; }

  // At most buffer->size() bytes; empty at the end and where reading fails.
  std::string_view Read(std::string* buffer) const {
    for (;;) {
      const ssize_t got = ::read(descriptor_, buffer->data(), buffer->size());
      if (got < 0 && errno == EINTR) continue;
      return std::string_view(*buffer).substr(0, static_cast<size_t>(std::max<ssize_t>(got, 0)));
    }
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool usable_ = false;
  uint64_t size_ = 0;
};

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

// What a handler throws stays here, and out of the answer.
Response CallHandler(const Route& route, Request& request) {
  try {
    return route.handler(request);
  } catch (...) {
    return Problem(500, StatusText(500));
  }
}

Response BusyProblem(std::string_view detail) {
  Response response = Problem(503, StatusText(503), detail);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::optional<Response> Problem408(std::string_view what) {
  return Problem(408, StatusText(408), fmt::format("the {} did not come in time", what));
}

std::optional<Response> HeaderProblem(error_code error, bool target_is_long) {
  if (error != beast::http::error::header_limit) {
    return Problem(400, StatusText(400), fmt::format("this is no HTTP: {}", error.message()));
  }
  const int status = target_is_long ? 414 : 431;
  return Problem(status, StatusText(status));
}

std::string_view BodyOf(const Response& response) {
  return response.shared_body ? std::string_view(*response.shared_body) : response.body;
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

// ---- reading ----

awaitable<error_code> Session::ReadSome(size_t most) {
  error_code error;
  const size_t space = std::min(most, buffer_.max_size() - buffer_.size());
  const size_t got = co_await socket_.async_read_some(
      buffer_.prepare(space), net::redirect_error(net::use_awaitable, error));
  buffer_.commit(got);
  co_return error;
}

// Some clients send one behind a body. False where the next byte must decide.
bool Session::SkipEmptyLines() {
  const auto* text = static_cast<const char*>(buffer_.data().data());
  size_t skipped = 0;
  while (skipped + 1 < buffer_.size() && text[skipped] == '\r' && text[skipped + 1] == '\n') {
    skipped += 2;
  }
  const bool undecided = skipped + 1 == buffer_.size() && text[skipped] == '\r';
  buffer_.consume(skipped);
  return !undecided;
}

awaitable<std::optional<Response>> Session::ReadHeader(Exchange& exchange) {
  const Limits& limits = context_.options.limits;
  Parser& parser = exchange.parser;
  parser.header_limit(limits.header_bytes);
  parser.body_limit(kNoLimit);  // checked when the route is known
  Arm(Clock::now() + limits.header_time);
  size_t taken = 0;
  for (;;) {
    const bool may_parse = parser.got_some() || SkipEmptyLines();
    error_code error = beast::http::error::need_more;
    if (may_parse && buffer_.size() > 0) {
      const size_t used = parser.put(buffer_.data(), error);
      buffer_.consume(used);
      taken += used;
    }
    const bool too_long =
        taken + (parser.is_header_done() ? 0 : buffer_.size()) > limits.header_bytes;
    if (too_long) error = beast::http::error::header_limit;
    const bool target_is_long =
        taken > 0 ? parser.get().target().size() > kLongestTarget : buffer_.size() > kLongestTarget;
    if (error && error != beast::http::error::need_more) {
      co_return HeaderProblem(error, target_is_long);
    }
    if (parser.is_header_done()) break;
    error = co_await ReadSome(kHeaderReadBytes);
    if (error && timed_out_) co_return Problem408("header");
    client_gone_ = static_cast<bool>(error);
    if (client_gone_) co_return std::nullopt;
  }
  FillRequest(exchange);
  if (exchange.arrival.target.size() > kLongestTarget) co_return Problem(414, StatusText(414));
  co_return std::nullopt;
}

void Session::FillRequest(Exchange& exchange) {
  const auto& message = exchange.parser.get();
  Request& request = exchange.request;
  request.method = std::string(message.method_string());
  for (const auto& field : message) {
    std::string& value = request.headers[LowerCase(
        std::string_view(field.name_string().data(), field.name_string().size()))];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  Arrival& arrival = exchange.arrival;
  arrival.target = std::string(message.target());
  arrival.local_address = local_address_;
  arrival.is_http11 = message.version() == 11;
  arrival.has_body = !exchange.parser.is_done();
  const auto length = exchange.parser.content_length();
  if (length) arrival.body_bytes = *length;
  exchange.begun = Clock::now();
}

awaitable<std::optional<Response>> Session::ReadBody(Exchange& exchange) {
  const bool is_file = exchange.route->body == BodyKind::kFile;
  if (is_file) {
    OrRefusal<std::unique_ptr<Upload>> upload =
        Upload::Begin(exchange.request, context_.options.limits, context_.options.upload_folder);
    if (!upload) co_return std::move(upload).error();
    exchange.upload = *std::move(upload);
  }
  if (exchange.arrival.has_body) {
    std::optional<Response> refusal = co_await PumpBody(exchange);
    if (refusal || client_gone_) co_return refusal;
  }
  if (is_file) {
    OrRefusal<void> finished = exchange.upload->Finish(&exchange.request);
    if (!finished) co_return std::move(finished).error();
  }
  co_return std::nullopt;
}

OrRefusal<void> Session::TakeBody(Exchange& exchange, std::string_view bytes) const {
  if (exchange.upload) return exchange.upload->Take(bytes);
  std::string& body = exchange.request.body;
  const size_t size = body.size() + bytes.size();
  if (!exchange.share.Cover(size)) {
    return Refuse(BusyProblem("too many large bodies come at once"));
  }
  // One block: a string that doubles would be there twice for a moment.
  if (size > BodyBudget::kSmallBytes && size > body.capacity()) {
    const uint64_t limit = context_.admission.BodyLimit(exchange.route->body);
    body.reserve(std::min(exchange.arrival.body_bytes.value_or(limit), limit));
  }
  body += bytes;
  return {};
}

awaitable<std::optional<Response>> Session::PumpBody(Exchange& exchange) {
  Parser& parser = exchange.parser;
  const uint64_t limit = context_.admission.BodyLimit(exchange.route->body);
  parser.body_limit(limit);
  if (buffer_.size() == 0 && exchange.arrival.is_http11 &&
      exchange.request.headers.contains("expect")) {
    client_gone_ = !co_await WriteAll("HTTP/1.1 100 Continue\r\n\r\n");
    if (client_gone_) co_return std::nullopt;
  }
  ProgressWindow window(context_.options.limits.body_time);
  std::string piece(std::min(exchange.arrival.body_bytes.value_or(kBodyReadBytes), kBodyReadBytes),
                    '\0');
  uint64_t total = 0;
  while (!parser.is_done()) {
    error_code error = beast::http::error::need_more;
    size_t used = 0;
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    if (buffer_.size() > 0) used = parser.put(buffer_.data(), error);
    buffer_.consume(used);
    const size_t got = piece.size() - body.size;
    total += got;
    if (total > limit || error == beast::http::error::body_limit) {
      co_return Problem(413, StatusText(413), fmt::format("the body may have {} bytes", limit));
    }
    if (error && error != beast::http::error::need_more &&
        error != beast::http::error::need_buffer) {
      co_return Problem(400, StatusText(400), "the body is cut into chunks wrongly");
    }
    const OrRefusal<void> taken = TakeBody(exchange, std::string_view(piece).substr(0, got));
    if (!taken) co_return taken.error();
    if (parser.is_done() || used > 0) continue;
    if (buffer_.size() == buffer_.max_size()) {
      co_return Problem(400, StatusText(400), "a chunk has a long header");
    }
    Arm(window.end());
    const size_t before = buffer_.size();
    error = co_await ReadSome(kBodyReadBytes);
    window.Add(buffer_.size() - before);
    if (window.Expired() || (error && timed_out_)) co_return Problem408("body");
    client_gone_ = static_cast<bool>(error);
    if (client_gone_) co_return std::nullopt;
  }
  co_return std::nullopt;
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

// ---- writing ----

awaitable<bool> Session::Send(Exchange& exchange, Response& response) {
  const OutgoingFile file(response.file);
  const bool broken =
      response.status < 200 || response.status > 599 || (file.wanted() && !file.usable());
  if (broken) response = Problem(500, StatusText(500));
  const bool with_file = file.wanted() && !broken;
  const Framing framing = {.request_id = exchange.request.id,
                           .body_bytes = with_file ? file.size() : BodyOf(response).size(),
                           .keep_alive = exchange.keep_alive,
                           .allow_origin = exchange.allow_origin};
  std::string head = ResponseHead(response, framing);
  const bool bare = exchange.request.method == "HEAD" || !HasBody(response.status);
  if (bare) co_return co_await WriteAll(head);
  if (!with_file) response.file.clear();
  co_return co_await SendBody(response, file, std::move(head));
}

awaitable<bool> Session::SendBody(const Response& response, const OutgoingFile& file,
                                  std::string head) {
  if (response.file.empty()) {
    // A short body travels with the head.
    const std::string_view body = BodyOf(response);
    const std::string_view first = body.substr(0, kBodyReadBytes);
    head += first;
    const bool written = co_await WriteAll(head);
    if (!written) co_return false;
    co_return co_await WriteAll(body.substr(first.size()));
  }
  bool written = co_await WriteAll(head);
  std::string buffer(kBodyReadBytes, '\0');
  uint64_t rest = file.size();
  while (written && rest > 0) {
    const std::string_view bytes = file.Read(&buffer).substr(0, rest);
    rest -= bytes.size();
    written = !bytes.empty();
    if (written) written = co_await WriteAll(bytes);
  }
  co_return written;
}

awaitable<bool> Session::WriteAll(std::string_view bytes) {
  ProgressWindow window(context_.options.limits.body_time);
  while (!bytes.empty()) {
    const net::const_buffer rest(bytes.data(), bytes.size());
    error_code error;
    size_t wrote = socket_.write_some(rest, error);  // there is room, but for large answers
    if (error == net::error::would_block) {
      Arm(window.end());
      wrote =
          co_await socket_.async_write_some(rest, net::redirect_error(net::use_awaitable, error));
    }
    if (error) co_return false;
    bytes.remove_prefix(wrote);
    window.Add(wrote);
  }
  co_return true;
}

// Reads on for a moment: closing with bytes unread would reset the connection, and the client
// would lose the answer.
awaitable<void> Session::Linger() {
  error_code error;
  Ignore(socket_.shutdown(tcp::socket::shutdown_send, error));
  idle_ = true;  // nothing is owed any more
  const auto end = Clock::now() + kLingerTime;
  while (!error && Clock::now() < end) {
    buffer_.clear();
    Arm(end);
    error = co_await ReadSome(kBodyReadBytes);
  }
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

// ---- the server ----

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
