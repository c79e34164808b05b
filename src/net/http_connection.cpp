#include "http_connection.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <exception>
#include <utility>

#include "forwarded.hpp"
#include "http_responder.hpp"
#include "http_text.hpp"
#include "ip_address.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"
#include "web_socket_accept.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kPipelineLimit = 64 * 1024;      // Bytes kept while a handler works.
constexpr std::size_t kDrainLimit = 16 * 1024 * 1024;  // Bytes discarded after the last answer.
constexpr std::chrono::milliseconds kDrainTime{2000};
constexpr std::chrono::milliseconds kProbeInterval{1000};

std::string text_of(const asio::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return "unknown";
  const auto address = unmapped(remote.address());
  const bool is_v6 = address.is_v6();
  std::string text = is_v6 ? "[" : "";
  text.append(address.to_string()).append(is_v6 ? "]:" : ":").append(std::to_string(remote.port()));
  return text;
}

}  // namespace

HttpConnection::HttpConnection(Socket socket, std::shared_ptr<ServerCore> core)
    : core_(std::move(core)),
      stream_(std::move(socket)),
      deadline_(stream_.get_executor()),
      reader_({.header = core_->config.header_limit, .body = core_->config.body_limit}),
      remote_(text_of(stream_.next_layer())),
      ticket_(std::make_unique<ServerTicket>(core_, *this)) {}

HttpConnection::~HttpConnection() {
  if (is_turned_away_) --core_->turning_away;
}

void HttpConnection::start(AddressCounts::Slot slot) {
  slot_ = std::move(slot);
  if (core_->tls) return greet();
  enter(State::idle, core_->config.idle_limit);
  read();
}

/// The client's first byte decides: a TLS handshake record, or anything else.
void HttpConnection::greet() {
  enter(State::greeting, core_->config.handshake_limit);
  stream_.async_wait_readable([self = shared_from_this()](const ErrorCode& error) {
    if (self->state_ != State::greeting) return;
    error ? self->close() : self->on_first_byte();
  });
}

void HttpConnection::on_first_byte() {
  unsigned char first = 0;
  const auto got = ::recv(stream_.next_layer().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got != 1) return got < 0 && errno == EAGAIN ? greet() : close();
  if (!begins_tls(first)) {
    is_plain_on_tls_ = true;
    enter(State::idle, core_->config.request_limit);
    return read();
  }
  if (!stream_.secure(core_->tls->native(), SocketStream::Role::server)) return close();
  stream_.async_handshake(
      [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_handshake(error); });
}

void HttpConnection::on_handshake(const ErrorCode& error) {
  if (state_ != State::greeting) return;
  if (error) {
    ++core_->counters->handshakes_failed;
    core_->say(LogLevel::debug, "the TLS handshake with " + remote_ + " failed: " + error.message());
    return close();
  }
  ++core_->counters->handshakes;
  enter(State::idle, core_->config.idle_limit);
  read();
}

void HttpConnection::reject() {
  is_turned_away_ = true;
  ++core_->turning_away;
  write_busy("the server has reached its limit of connections; try again in a few seconds");
}

void HttpConnection::write_busy(const char* sentence) {
  auto response = json_error(503, "busy", sentence);
  response.headers.emplace_back("Retry-After", "5");
  keep_alive_ = false;
  write(response);
}

void HttpConnection::read() {
  const bool is_full = state_ == State::thinking && unread_.size() >= kPipelineLimit;
  if (is_reading_ || state_ == State::closed || is_full) return;
  is_reading_ = true;
  // Waits without a buffer, because most connections are idle.
  stream_.async_wait_readable([self = shared_from_this()](const ErrorCode& error) {
    self->is_reading_ = false;
    self->on_readable(error);
  });
}

void HttpConnection::on_readable(const ErrorCode& error) {
  if (state_ == State::closed) return;
  if (error) return on_read(error, {});
  std::array<char, kReadSize> chunk;  // NOLINT: 16 KiB need no initialization
  const auto attempt = stream_.read_now(chunk.data(), chunk.size());
  using Outcome = SocketStream::Attempt::Outcome;
  if (attempt.outcome == Outcome::wait_read || attempt.outcome == Outcome::wait_write) return read();
  on_read(attempt.error, {chunk.data(), attempt.size});
}

void HttpConnection::on_read(const ErrorCode& error, std::string_view bytes) {
  if (state_ == State::closed) return;
  // An end of input during the answer is detected by the next read.
  if (error && state_ == State::writing) return;
  if (error == asio::error::eof && state_ == State::thinking) return probe_client();
  if (error) return lose_client();
  if (state_ == State::draining) {
    drained_ += bytes.size();
    return drained_ > kDrainLimit ? close() : read();
  }
  unread_.append(bytes);
  if (state_ == State::idle || state_ == State::reading) return consume();
  if (state_ == State::thinking) read();
}

void HttpConnection::consume() {
  if (unread_.empty()) return read();
  if (state_ == State::idle) enter(State::reading, core_->config.request_limit);
  const auto progress = reader_.feed(unread_);
  unread_.erase(0, progress.used);
  if (unread_.empty()) unread_.shrink_to_fit();  // Memory in use is counted, so free it when there is nothing to hold.
  switch (progress.status) {
    case RequestReader::Status::need_more: return read_rest(false);
    case RequestReader::Status::need_continue: return read_rest(true);
    case RequestReader::Status::complete: return dispatch();
    case RequestReader::Status::bad:
      ++core_->counters->bad;
      return refuse(400, "bad_request", "this is not an HTTP/1.1 request that the server understands");
    case RequestReader::Status::header_too_large:
      ++core_->counters->too_large;
      return refuse(431, "too_large",
                    "the header is larger than " + std::to_string(core_->config.header_limit) + " bytes");
    case RequestReader::Status::body_too_large:
      ++core_->counters->too_large;
      return refuse(413, "too_large", "the body is larger than " + std::to_string(core_->config.body_limit) + " bytes");
    case RequestReader::Status::upgrade_has_body:
      ++core_->counters->bad;
      return refuse(400, "bad_request",
                    "a WebSocket upgrade must not have a body; remove Content-Length and Transfer-Encoding");
  }
}

void HttpConnection::read_rest(bool wants_continue) {
  if (!share_) share_.emplace(core_->budget, RequestBudget::key_of(remote_, core_->config.trusted_proxies));
  if (share_->resize(reader_.held() + unread_.capacity())) {
    core_->counters->unfinished_bytes = static_cast<std::int64_t>(core_->budget.held());
    return wants_continue ? send_continue() : read();
  }
  ++core_->counters->over_budget;
  forget_request();
  write_busy("too much data of incomplete requests waits here; try again in a few seconds");
}

void HttpConnection::forget_request() {
  reader_.forget();
  unread_.clear();
  unread_.shrink_to_fit();
  release_share();
}

void HttpConnection::release_share() {
  if (!share_) return;
  share_.reset();
  core_->counters->unfinished_bytes = static_cast<std::int64_t>(core_->budget.held());
}

void HttpConnection::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(kContinue), [self = shared_from_this()](const ErrorCode& error, std::size_t) {
    if (self->state_ != State::reading) return;
    if (error) return self->lose_client();
    self->consume();
  });
}

void HttpConnection::dispatch() {
  auto read_request = reader_.take();
  release_share();
  ++number_;
  ++core_->counters->requests;
  is_head_ = read_request.is_head;
  is_http_1_0_ = read_request.is_http_1_0;
  keep_alive_ = read_request.keep_alive && !core_->stopping;
  read_request.request.remote_address = remote_;
  read_request.request.is_secure = stream_.is_secure();
  if (is_plain_on_tls_) return refuse_plain(read_request);
  apply_forwarded(read_request.request, core_->config.trusted_proxies);
  enter(State::thinking, core_->config.response_limit);
  if (read_request.is_upgrade) return dispatch_upgrade(std::move(read_request));
  call_handler(std::move(read_request.request));
  read();
}

void HttpConnection::refuse_plain(const ReadRequest& read_request) {
  ++core_->counters->plain_on_tls;
  const auto& request = read_request.request;
  const auto host = request.headers.find("host");
  keep_alive_ = false;
  if (read_request.is_upgrade || request.method != "GET" || host == request.headers.end() || !is_host(host->second)) {
    return refuse(400, "bad_request", "this port speaks TLS; use https:// for pages and wss:// for robots");
  }
  auto response = json_error(301, "bad_request", "this port speaks TLS; use https://");
  auto where = std::string("https://").append(host->second).append(escaped_path(request.path));
  if (!request.query.empty()) where.append("?").append(request.query);
  response.headers.emplace_back("Location", std::move(where));
  write(response);
}

void HttpConnection::call_handler(HttpRequest request) {
  auto responder = std::make_shared<ConnectionResponder>(core_->loop, weak_from_this(), number_);
  if (!core_->handlers.request) return responder->respond(json_error(404, "not_found", "nothing is served here"));
  try {
    core_->handlers.request(std::move(request), std::move(responder));
  } catch (const std::exception& failure) {
    core_->say(LogLevel::error, "a request handler failed: " + std::string(failure.what()));
  }
}

void HttpConnection::dispatch_upgrade(ReadRequest read_request) {
  // The socket is handed over, so no bytes may follow the request and no read may be pending.
  if (!unread_.empty() || is_reading_) {
    ++core_->counters->bad;
    return refuse(400, "bad_request", "a WebSocket upgrade must be the last request before its answer");
  }
  auto answer = upgrade_fault(read_request.request);
  std::string subprotocol;
  if (!answer && (!core_->handlers.upgrade || core_->stopping)) {
    answer = json_error(404, "not_found", "no WebSocket is served here");
  }
  try {
    if (!answer) answer = core_->handlers.upgrade(read_request.request, subprotocol);
  } catch (const std::exception& failure) {
    core_->say(LogLevel::error, "an upgrade handler failed: " + std::string(failure.what()));
    answer = json_error(500, "internal", "the server failed on this request; see its log");
  }
  if (!answer) return accept_upgrade(std::move(read_request.request), subprotocol);
  keep_alive_ = false;
  write(*answer);
}

void HttpConnection::accept_upgrade(HttpRequest request, const std::string& subprotocol) {
  state_ = State::closed;
  deadline_.cancel();
  accept_web_socket(core_, std::move(stream_), std::move(slot_), std::move(request), subprotocol);
  ticket_.reset();
}

void HttpConnection::answer(std::uint64_t number, HttpResponse response) {
  if (state_ != State::thinking || number != number_) return;
  write(response);
}

bool HttpConnection::watch(std::uint64_t number, std::function<void()>& gone) {
  if (state_ != State::thinking || number != number_) return false;
  gone_ = std::move(gone);
  return true;
}

void HttpConnection::refuse(int status, const char* code, const std::string& sentence) {
  keep_alive_ = false;
  forget_request();
  write(json_error(status, code, sentence));
}

void HttpConnection::write(const HttpResponse& response) {
  gone_ = nullptr;
  if (core_->stopping) keep_alive_ = false;
  out_ = response_head(response, keep_alive_);
  const bool has_body = !is_head_ && response.status != 204 && response.status != 304;
  if (has_body) out_ += response.body;
  enter(State::writing, core_->config.response_limit);
  if (!is_probing_) write_out();
}

void HttpConnection::write_out() {
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_written(error); });
}

void HttpConnection::on_written(const ErrorCode& error) {
  if (state_ != State::writing) return;
  out_.clear();
  if (error) return close();
  if (!keep_alive_ || core_->stopping) return drain();
  enter(State::idle, core_->config.idle_limit);
  is_head_ = false;
  consume();
}

void HttpConnection::drain() {
  ErrorCode ignored;
  stream_.say_goodbye();
  stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  unread_.clear();
  enter(State::draining, kDrainTime);
  read();
}

void HttpConnection::enter(State state, std::chrono::milliseconds limit) {
  state_ = state;
  due_ = Clock::now() + limit;
  // A request passes through all states quickly. A timer that expires too early only checks again, so it is not
  // restarted.
  if (due_ < armed_for_) arm();
}

void HttpConnection::arm() {
  armed_for_ = due_;
  deadline_.expires_at(due_);
  // Owns the connection: if a client sends far ahead, nothing is read while a handler works.
  deadline_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && self->state_ != State::closed) self->on_timer();
  });
}

void HttpConnection::on_timer() {
  const auto now = Clock::now();
  if (now < armed_for_) return;  // An expired wait cannot be cancelled by setting the next one.
  armed_for_ = Clock::time_point::max();
  if (now < due_) return arm();
  on_deadline();
}

void HttpConnection::on_deadline() {
  switch (state_) {
    case State::reading:
      ++core_->counters->timed_out;
      return refuse(
          408, "timeout",
          "the request was not complete within " + std::to_string(core_->config.request_limit.count()) + " ms");
    case State::thinking: {
      ++core_->counters->timed_out;
      // The answer can no longer be delivered, so notify the handler.
      const auto gone = std::exchange(gone_, nullptr);
      refuse(504, "timeout", "the server did not answer in time; try again");
      if (gone) gone();
      return;
    }
    case State::greeting: ++core_->counters->timed_out; return close();
    case State::idle:
    case State::writing:
    case State::draining:
    case State::closed: return close();
  }
}

void HttpConnection::probe_client() {
  // A client that ends its output may still read (RFC 9112 section 9.6): some clients send a request, shut down their
  // sending half and wait. A client that has gone replies to any data with a reset; a waiting client ignores an interim
  // answer (RFC 9110 section 15.2). An HTTP/1.0 client would take it for the answer.
  keep_alive_ = false;
  await_reset();
  if (is_http_1_0_) return;
  probe_timer_ = std::make_unique<asio::steady_timer>(stream_.get_executor());
  send_probe();
}

void HttpConnection::send_probe() {
  static constexpr std::string_view kProcessing = "HTTP/1.1 102 Processing\r\n\r\n";
  is_probing_ = true;
  asio::async_write(stream_, asio::buffer(kProcessing),
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      self->is_probing_ = false;
                      if (self->state_ == State::closed) return;
                      if (error) return self->lose_client();
                      return self->state_ == State::writing ? self->write_out() : self->probe_later();
                    });
}

/// The client may leave later, which shows only after data was sent to it.
void HttpConnection::probe_later() {
  probe_timer_->expires_after(kProbeInterval);
  probe_timer_->async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && self->state_ == State::thinking) self->send_probe();
  });
}

void HttpConnection::await_reset() {
  stream_.next_layer().async_wait(Socket::wait_error, [self = shared_from_this()](const ErrorCode& error) {
    if (!error && self->state_ == State::thinking) self->lose_client();
  });
}

void HttpConnection::lose_client() {
  const auto gone = std::exchange(gone_, nullptr);
  close();
  if (gone) gone();
}

void HttpConnection::close() {
  state_ = State::closed;
  gone_ = nullptr;
  deadline_.cancel();
  probe_timer_.reset();
  ErrorCode ignored;
  stream_.next_layer().close(ignored);
  forget_request();
  slot_ = {};
  ticket_.reset();
}

void HttpConnection::wind_down() {
  if (state_ == State::greeting || state_ == State::idle || state_ == State::reading) close();
}

void HttpConnection::abort() {
  const auto self = shared_from_this();
  lose_client();
}

}  // namespace rtcbot::net
