// What a session reads and writes.
#include <algorithm>
#include <utility>  // GCC 12: before Boost.Asio, which forgets it

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "http/header_value.h"
#include "http/response_head.h"
#include "http/session.h"

namespace pythia::http::server_internal {
namespace {

constexpr size_t kLongestTarget = 8 << 10;
constexpr int64_t kLeastBytesPerSecond = 1 << 10;
constexpr uint64_t kNoLimit = UINT64_MAX;
constexpr auto kLingerTime = std::chrono::seconds(1);

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

}  // namespace

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

}  // namespace pythia::http::server_internal
