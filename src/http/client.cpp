#include "http/client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "http/header_value.h"
#include "http/problem.h"

namespace pythia::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using net::awaitable;
using net::ip::tcp;
using Parser = beast::http::response_parser<beast::http::buffer_body>;

constexpr std::chrono::seconds kConnectTime(10);
constexpr std::chrono::seconds kSendTime(60);     // for one piece
constexpr std::chrono::seconds kAnswerTime(600);  // a report of a large history takes its time
constexpr size_t kPieceBytes = 256 << 10;
constexpr size_t kMostBodyBytes = 1 << 30;  // that is kept in memory

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// The file of a form and what stands around it.
struct FormFile {
  std::unique_ptr<Descriptor> descriptor;
  std::string name;
  std::optional<int64_t> bytes;  // unknown for a pipe
  std::string before;
  std::string after;
  std::string boundary;
};

std::string Boundary() {
  std::random_device random;
  return fmt::format("pythia{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

// A name inside quotes in a header.
std::string Quoted(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

Result<FormFile> OpenFormFile(const std::string& name) {
  FormFile file{.descriptor = nullptr, .name = name, .bytes = {}, .boundary = Boundary()};
  const bool standard = name == "-";
  const int number = standard ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return Fail(IoError(errno, "open", name));
  file.descriptor = std::make_unique<Descriptor>(number);
  struct stat status = {};
  if (::fstat(number, &status) == 0 && S_ISREG(status.st_mode) && !standard) {
    file.bytes = status.st_size;
  }
  file.before = fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n",
      file.boundary, Quoted(standard ? name : std::filesystem::path(name).filename().string()));
  file.after = fmt::format("\r\n--{}--\r\n", file.boundary);
  return file;
}

// Up to kPieceBytes; empty at the end.
Result<std::string> ReadPiece(const FormFile& file) {
  std::string piece(kPieceBytes, '\0');
  ssize_t got = 0;
  do {
    got = ::read(file.descriptor->number(), piece.data(), piece.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Fail(IoError(errno, "read", file.name));
  piece.resize(static_cast<size_t>(got));
  return piece;
}

// Everything that one call needs while it is under way.
struct Talk {
  const Call& call;
  const Sink& sink;
  Progress& progress;
  std::string head;
  std::optional<FormFile> file;
};

Error Broken(const error_code& failed, std::string_view what) {
  return {.code = ErrorCode::kIo,
          .message = fmt::format(
              "cannot {} the service: {}", what,
              failed == beast::error::timeout ? "it takes too long" : failed.message())};
}

template <typename Stream>
awaitable<Status> Write(Stream& stream, std::string_view bytes) {
  beast::get_lowest_layer(stream).expires_after(kSendTime);
  error_code failed;
  co_await net::async_write(stream, net::buffer(bytes.data(), bytes.size()),
                            net::redirect_error(net::use_awaitable, failed));
  if (failed) co_return Fail(Broken(failed, "send to"));
  co_return Status();
}

std::string AsChunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

template <typename Stream>
awaitable<Status> WriteFile(Stream& stream, const FormFile& file, Talk& talk) {
  const bool chunked = !file.bytes;
  // Named: GCC 12 destroys temporaries of a conditional twice in a coroutine.
  std::string bytes = file.before;
  if (chunked) bytes = AsChunk(bytes);
  Status sent = co_await Write(stream, bytes);
  talk.progress.Begin("sending", file.bytes.value_or(0));
  int64_t done = 0;
  while (sent) {
    Result<std::string> piece = ReadPiece(file);
    if (!piece) co_return Fail(piece.error());
    if (piece->empty()) break;
    done += static_cast<int64_t>(piece->size());
    if (file.bytes && done > *file.bytes) break;
    bytes = std::move(*piece);
    if (chunked) bytes = AsChunk(bytes);
    sent = co_await Write(stream, bytes);
    talk.progress.Update(done, 0);
  }
  talk.progress.End();
  if (!sent) co_return Fail(sent.error());
  if (file.bytes && done != *file.bytes) {
    co_return Fail(Error{.code = ErrorCode::kBadInput,
                         .message = "the file changed while it was read",
                         .place = {.file = file.name}});
  }
  bytes = file.after;
  if (chunked) bytes = AsChunk(bytes) + "0\r\n\r\n";
  co_return co_await Write(stream, bytes);
}

template <typename Stream>
awaitable<Status> WriteCall(Stream& stream, Talk& talk) {
  Status sent = co_await Write(stream, talk.head);
  if (!sent) co_return Fail(sent.error());
  if (talk.file) co_return co_await WriteFile(stream, *talk.file, talk);
  if (talk.call.body.empty()) co_return Status();
  co_return co_await Write(stream, talk.call.body);
}

Status Take(const Talk& talk, std::string_view bytes, Reply* reply) {
  if (talk.sink && reply->status < 300) return talk.sink(bytes);
  if (reply->body.size() + bytes.size() > kMostBodyBytes) {
    return Fail(ErrorCode::kIo, "the service answers with more than this program takes");
  }
  reply->body += bytes;
  return {};
}

template <typename Stream>
awaitable<Result<Reply>> ReadReply(Stream& stream, const Talk& talk) {
  beast::flat_buffer buffer;
  Parser parser;
  parser.body_limit(std::numeric_limits<uint64_t>::max());
  beast::get_lowest_layer(stream).expires_after(kAnswerTime);
  error_code failed;
  co_await beast::http::async_read_header(stream, buffer, parser,
                                          net::redirect_error(net::use_awaitable, failed));
  if (failed) co_return Fail(Broken(failed, "hear from"));
  Reply reply{.status = static_cast<int>(parser.get().result_int())};
  for (const auto& field : parser.get()) {
    reply.headers[LowerCase({field.name_string().data(), field.name_string().size()})] =
        std::string(field.value().data(), field.value().size());
  }
  std::string piece(kPieceBytes, '\0');
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    beast::get_lowest_layer(stream).expires_after(kAnswerTime);
    co_await beast::http::async_read(stream, buffer, parser,
                                     net::redirect_error(net::use_awaitable, failed));
    if (failed && failed != beast::http::error::need_buffer) {
      co_return Fail(Broken(failed, "hear from"));
    }
    const size_t got = piece.size() - parser.get().body().size;
    const Status taken = Take(talk, std::string_view(piece).substr(0, got), &reply);
    if (!taken) co_return Fail(taken.error());
  }
  co_return reply;
}

template <typename Stream>
awaitable<Result<Reply>> Exchange(Stream& stream, Talk& talk) {
  const Status sent = co_await WriteCall(stream, talk);
  if (!sent && sent.error().code != ErrorCode::kIo) co_return Fail(sent.error());
  // A service that refuses early answers, and reads no more.
  Result<Reply> reply = co_await ReadReply(stream, talk);
  if (!reply && !sent) co_return Fail(sent.error());
  co_return reply;
}

struct Destination {
  std::string host;
  std::string port;
  bool secure = false;
};

awaitable<Result<Reply>> Converse(tcp::socket& socket, const Destination& to, Talk& talk) {
  error_code failed;
  tcp::resolver resolver(socket.get_executor());
  const auto found = co_await resolver.async_resolve(
      to.host, to.port, net::redirect_error(net::use_awaitable, failed));
  if (failed) co_return Fail(Broken(failed, "find"));
  beast::tcp_stream plain(std::move(socket));
  plain.expires_after(kConnectTime);
  co_await plain.async_connect(found, net::redirect_error(net::use_awaitable, failed));
  if (failed) co_return Fail(Broken(failed, "reach"));
  if (!to.secure) co_return co_await Exchange(plain, talk);

  net::ssl::context context(net::ssl::context::tls_client);
  context.set_default_verify_paths();
  net::ssl::stream<beast::tcp_stream> stream(std::move(plain), context);
  stream.set_verify_mode(net::ssl::verify_peer);
  stream.set_verify_callback(net::ssl::host_name_verification(to.host));
  if (SSL_set_tlsext_host_name(stream.native_handle(), to.host.c_str()) != 1) {
    co_return Fail(ErrorCode::kInternal, "the host's name fits no TLS greeting");
  }
  beast::get_lowest_layer(stream).expires_after(kConnectTime);
  co_await stream.async_handshake(net::ssl::stream_base::client,
                                  net::redirect_error(net::use_awaitable, failed));
  if (failed) {
    Error error = Broken(failed, "trust");
    error.hint = "Its certificate must be one that this machine trusts, for that name.";
    co_return Fail(std::move(error));
  }
  co_return co_await Exchange(stream, talk);
}

bool IsHeaderText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Error NoAddress(std::string_view address) {
  return {.code = ErrorCode::kUsage,
          .message = "the address of a service is needed",
          .value = std::string(address),
          .hint = "As in --server http://127.0.0.1:8080"};
}

// Unreserved characters of RFC 3986 stand for themselves.
std::string Encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string EncodePart(std::string_view text) { return Encoded(text); }

std::string TargetOf(std::string_view path, const Parameters& query) {
  std::string target(path);
  char mark = '?';
  for (const auto& [name, value] : query) {
    target += mark + Encoded(name) + '=' + Encoded(value);
    mark = '&';
  }
  return target;
}

Result<Client> Client::To(std::string_view address, std::string token) {
  Client client;
  client.address_ = address;
  std::string_view rest = address;
  client.secure_ = rest.starts_with("https://");
  if (!client.secure_ && !rest.starts_with("http://")) return Fail(NoAddress(address));
  rest.remove_prefix(client.secure_ ? 8 : 7);
  const size_t slash = std::min(rest.find('/'), rest.size());
  client.host_header_ = rest.substr(0, slash);
  client.prefix_ = rest.substr(slash);
  while (client.prefix_.ends_with('/')) client.prefix_.pop_back();
  const std::string& host = client.host_header_;
  const bool bracketed = host.starts_with('[');
  const size_t colon =
      bracketed ? host.find(':', std::min(host.find(']'), host.size())) : host.find(':');
  client.host_ = host.substr(0, colon);
  if (bracketed && client.host_.size() > 2) {
    client.host_ = client.host_.substr(1, client.host_.size() - 2);
  }
  client.port_ =
      colon == std::string::npos ? (client.secure_ ? "443" : "80") : host.substr(colon + 1);
  const bool plain = !client.host_.empty() && IsHeaderText(address) &&
                     address.find_first_of("@?#\"<>\\") == std::string_view::npos &&
                     !client.port_.empty() && client.port_.size() <= 5 &&
                     client.port_.find_first_not_of("0123456789") == std::string::npos;
  if (!plain) return Fail(NoAddress(address));
  if (!IsHeaderText(token)) {
    return Fail(ErrorCode::kUsage, "PYTHIA_TOKEN holds what cannot be a token");
  }
  client.token_ = std::move(token);
  return client;
}

Result<Reply> Client::Send(const Call& call, Progress& progress, std::stop_token stop,
                           const Sink& sink) const {
  Talk talk{.call = call, .sink = sink, .progress = progress, .head = {}, .file = {}};
  std::string body_headers;
  if (call.file) {
    PYTHIA_ASSIGN(talk.file, OpenFormFile(*call.file));
    const FormFile& file = *talk.file;
    body_headers = fmt::format("Content-Type: multipart/form-data; boundary={}\r\n", file.boundary);
    body_headers +=
        file.bytes
            ? fmt::format("Content-Length: {}\r\n",
                          file.before.size() + static_cast<size_t>(*file.bytes) + file.after.size())
            : "Transfer-Encoding: chunked\r\n";
  } else if (!call.body.empty() || call.method == "POST") {
    body_headers = fmt::format("Content-Length: {}\r\n", call.body.size());
    if (!call.content_type.empty()) body_headers += "Content-Type: " + call.content_type + "\r\n";
  }
  talk.head = fmt::format(
      "{} {}{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: pythia/" PYTHIA_VERSION
      "\r\n{}{}\r\n",
      call.method, prefix_, call.target, host_header_,
      token_.empty() ? "" : "Authorization: Bearer " + token_ + "\r\n", body_headers);

  net::io_context io(1);
  tcp::socket socket(io);
  Result<Reply> reply = Fail(ErrorCode::kInternal, "no answer");
  const Destination to{.host = host_, .port = port_, .secure = secure_};
  net::co_spawn(io, Converse(socket, to, talk),
                [&](const std::exception_ptr& thrown, Result<Reply> result) {
                  reply = thrown ? Result<Reply>(Fail(ErrorCode::kInternal, "the call failed"))
                                 : std::move(result);
                  io.stop();
                });
  const std::stop_callback stopper(stop, [&io] { io.stop(); });
  io.run();
  if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped");
  if (!reply && reply.error().code == ErrorCode::kIo && reply.error().place.file.empty()) {
    Error error = reply.error();
    error.value = address_;
    if (error.hint.empty()) error.hint = "Is pythia serve running there?";
    return Fail(std::move(error));
  }
  if (reply && (reply->status < 200 || reply->status > 299)) {
    return Fail(ErrorOfProblem(reply->status, reply->body));
  }
  return reply;
}

}  // namespace pythia::http
