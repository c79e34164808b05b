#include "http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "http_responder.hpp"
#include "http_text.hpp"
#include "web_socket_accept.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPipelineLimit = 64 * 1024;      // Bytes kept while a handler thinks.
constexpr std::size_t kDrainLimit = 16 * 1024 * 1024;  // Bytes thrown away after the last answer.
constexpr std::chrono::milliseconds kDrainTime{2000};

std::string text_of(const asio::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return "unknown";
  const bool is_v6 = remote.address().is_v6();
  std::string text = is_v6 ? "[" : "";
  text.append(remote.address().to_string()).append(is_v6 ? "]:" : ":").append(std::to_string(remote.port()));
  return text;
}

}  // namespace

HttpConnection::HttpConnection(Socket socket, std::shared_ptr<ServerCore> core)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      reader_({.header = core_->config.header_limit, .body = core_->config.body_limit}),
      remote_(text_of(socket_)),
      ticket_(std::make_unique<ServerTicket>(core_, *this)) {}

HttpConnection::~HttpConnection() {
  if (is_turned_away_) --core_->turning_away;
}

void HttpConnection::start() {
  enter(State::idle, core_->config.idle_limit);
  read();
}

void HttpConnection::turn_away() {
  is_turned_away_ = true;
  ++core_->turning_away;
  auto response = json_error(503, "busy", "the server has as many connections as it may; try again in a few seconds");
  response.headers.emplace_back("Retry-After", "5");
  keep_alive_ = false;
  write(response);
}

void HttpConnection::read() {
  const bool is_full = state_ == State::thinking && unread_.size() >= kPipelineLimit;
  if (is_reading_ || state_ == State::closed || is_full) return;
  is_reading_ = true;
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
    self->is_reading_ = false;
    self->on_read(error, size);
  });
}

void HttpConnection::on_read(const ErrorCode& error, std::size_t size) {
  if (state_ == State::closed) return;
  // An end that comes while the answer is being written is noticed by whoever reads next.
  if (error && state_ == State::writing) return;
  if (error) return lose_client();
  if (state_ == State::draining) {
    drained_ += size;
    return drained_ > kDrainLimit ? close() : read();
  }
  unread_.append(chunk_.data(), size);
  if (state_ == State::idle || state_ == State::reading) return consume();
  if (state_ == State::thinking) read();
}

void HttpConnection::consume() {
  if (unread_.empty()) return read();
  if (state_ == State::idle) enter(State::reading, core_->config.request_limit);
  const auto progress = reader_.feed(unread_);
  unread_.erase(0, progress.used);
  switch (progress.status) {
    case RequestReader::Status::need_more: return read();
    case RequestReader::Status::need_continue: return send_continue();
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
  }
}

void HttpConnection::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(kContinue), [self = shared_from_this()](const ErrorCode& error, std::size_t) {
    if (self->state_ != State::reading) return;
    if (error) return self->lose_client();
    self->consume();
  });
}

void HttpConnection::dispatch() {
  auto read_request = reader_.take();
  ++number_;
  ++core_->counters->requests;
  is_head_ = read_request.is_head;
  keep_alive_ = read_request.keep_alive && !core_->stopping;
  read_request.request.remote_address = remote_;
  enter(State::thinking, core_->config.response_limit);
  if (read_request.is_upgrade) return dispatch_upgrade(std::move(read_request));
  call_handler(std::move(read_request.request));
  read();
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
  // The socket is handed over: nothing may have come behind the request, and no read of ours may be waiting.
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
    answer = json_error(500, "internal", "the server failed on this request; its log may say why");
  }
  if (!answer) return accept_upgrade(std::move(read_request.request), subprotocol);
  keep_alive_ = false;
  write(*answer);
}

void HttpConnection::accept_upgrade(HttpRequest request, const std::string& subprotocol) {
  state_ = State::closed;
  deadline_.cancel();
  accept_web_socket(core_, std::move(socket_), std::move(request), subprotocol);
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
  write(json_error(status, code, sentence));
}

void HttpConnection::write(const HttpResponse& response) {
  gone_ = nullptr;
  if (core_->stopping) keep_alive_ = false;
  out_ = response_head(response, keep_alive_);
  const bool has_body = !is_head_ && response.status != 204 && response.status != 304;
  if (has_body) out_ += response.body;
  enter(State::writing, core_->config.response_limit);
  asio::async_write(socket_, asio::buffer(out_),
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
  socket_.shutdown(Socket::shutdown_send, ignored);
  unread_.clear();
  enter(State::draining, kDrainTime);
  read();
}

void HttpConnection::enter(State state, std::chrono::milliseconds limit) {
  state_ = state;
  deadline_.expires_after(limit);
  // Owns the connection: where a client sends far ahead, nothing is read while a handler thinks. The clock is asked
  // because a wait that has run out cannot be called back by setting the next one.
  deadline_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && std::chrono::steady_clock::now() >= self->deadline_.expiry()) self->on_deadline();
  });
}

void HttpConnection::on_deadline() {
  switch (state_) {
    case State::reading:
      ++core_->counters->timed_out;
      return refuse(
          408, "timeout",
          "the request did not come completely within " + std::to_string(core_->config.request_limit.count()) + " ms");
    case State::thinking: {
      ++core_->counters->timed_out;
      // The answer cannot be delivered any more, which is what the handler asked to be told.
      const auto gone = std::exchange(gone_, nullptr);
      refuse(504, "timeout", "the server did not find an answer in time; try again");
      if (gone) gone();
      return;
    }
    case State::idle:
    case State::writing:
    case State::draining:
    case State::closed: return close();
  }
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
  ErrorCode ignored;
  socket_.close(ignored);
  ticket_.reset();
}

void HttpConnection::wind_down() {
  if (state_ == State::idle || state_ == State::reading) close();
}

void HttpConnection::abort() {
  const auto self = shared_from_this();
  lose_client();
}

}  // namespace rtcbot::net
