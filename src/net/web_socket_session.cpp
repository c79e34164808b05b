#include "web_socket_session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <exception>
#include <utility>

#include "http_text.hpp"

namespace rtcbot::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

constexpr std::chrono::milliseconds kCloseLimit{2000};
constexpr std::size_t kFrameReadSize = 16 * 1024;
constexpr std::size_t kReasonLimit = 123;
constexpr int kNoStatus = 1005;
constexpr int kAbnormal = 1006;
constexpr int kProtocolError = 1002;
constexpr int kNotUtf8 = 1007;
constexpr int kTooBig = 1009;
constexpr int kInternalError = 1011;
constexpr int kServiceRestart = 1012;

/// Returns a code that a close frame may contain (RFC 6455 section 7.4).
int sendable(int code) {
  const bool named = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  return named || (code >= 3000 && code <= 4999) ? code : 1000;
}

WebSocketClosed closed_by(const boost::system::error_code& error, const websocket::close_reason& theirs,
                          std::size_t limit) {
  // The other side's close frame counts even if TCP or TLS then ends with an error.
  const bool has_said_why = theirs.code != websocket::close_code::none;
  if (!error || error == websocket::error::closed || has_said_why) {
    const int code = theirs.code == websocket::close_code::none ? kNoStatus : static_cast<int>(theirs.code);
    return {code, std::string(theirs.reason.data(), theirs.reason.size())};
  }
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return {kTooBig, "a message is larger than " + std::to_string(limit) + " bytes"};
  }
  if (error == websocket::error::bad_frame_payload) return {kNotUtf8, "a text message is not UTF-8"};
  if (error == websocket::condition::protocol_violation) return {kProtocolError, error.message()};
  return {kAbnormal, error.message()};
}

}  // namespace

WebSocketSession::WebSocketSession(std::unique_ptr<Stream> stream, WebSocketLimits limits,
                                   std::shared_ptr<WebSocketLink> link)
    : stream_(std::move(stream)),
      limits_(limits),
      link_(std::move(link)),
      silence_timer_(stream_->get_executor()),
      close_timer_(stream_->get_executor()) {
  // Beast's own timeout applies to the close after a protocol violation; ours apply to everything else.
  stream_->set_option(websocket::stream_base::timeout{kCloseLimit, websocket::stream_base::none(), false});
  stream_->read_message_max(limits_.message_limit);
  stream_->auto_fragment(false);
  stream_->control_callback([this](websocket::frame_type, beast::string_view) { hear(); });
}

void WebSocketSession::start(std::function<void()> ended) {
  ended_ = std::move(ended);
  heard_ = Clock::now();
  read();
  watch_silence();
  pump();
}

void WebSocketSession::read() {
  stream_->async_read_some(buffer_, kFrameReadSize,
                           [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_read(error); });
}

void WebSocketSession::on_read(const ErrorCode& error) {
  if (error) {
    // While our close frame waits for its reply, the close operation reads and reports the end.
    if (error == asio::error::operation_aborted && close_sent_ && !closed_) return;
    return end(error);
  }
  hear();
  if (!stream_->is_message_done()) return read();
  auto message = beast::buffers_to_string(buffer_.data());
  buffer_.consume(buffer_.size());
  if (buffer_.capacity() > 4 * kFrameReadSize) buffer_.shrink_to_fit();
  const bool binary = stream_->got_binary();
  if (!observer_) {
    early_ = OutgoingMessage{std::move(message), binary};
    return;
  }
  deliver(std::move(message), binary);
  if (!closed_) read();
}

void WebSocketSession::deliver(std::string message, bool binary) {
  if (link_->handle_gone || !observer_->on_message) return;
  try {
    observer_->on_message(std::move(message), binary);
  } catch (const std::exception&) {
    begin_close(kInternalError, "the program failed on a message");
  }
}

void WebSocketSession::observe(WebSocketObserver observer) {
  if (observer_ || told_) return;
  observer_ = std::move(observer);
  const auto self = shared_from_this();
  if (auto message = std::exchange(early_, std::nullopt)) {
    deliver(std::move(message->text), message->binary);
    hear();
    if (!closed_) read();
  }
  if (!closed_) return;
  silence_timer_.cancel();
  tell_closed();
}

void WebSocketSession::pump() {
  if (writing_ || close_sent_ || closed_) return;
  const auto* message = link_->queue.front();
  if (message == nullptr) {
    if (closing_) send_close();
    return;
  }
  writing_ = true;
  stream_->binary(message->binary);
  stream_->async_write(asio::buffer(message->text),
                       [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_written(error); });
}

void WebSocketSession::on_written(const ErrorCode& error) {
  writing_ = false;
  link_->queue.pop();
  // An error also appears in the read, unless no read is pending.
  if (error && early_) return end(error);
  if (!error) pump();
}

void WebSocketSession::begin_close(int code, std::string reason) {
  if (closed_ && link_->handle_gone) silence_timer_.cancel();
  if (closing_ || closed_) return;
  link_->queue.close();
  closing_ = WebSocketClosed{sendable(code), std::string(cut_utf8(reason, kReasonLimit))};
  limit_close("the other side did not receive the queued messages before the close");
  pump();
}

void WebSocketSession::settle() {
  if (ticket_) ticket_->settle();
}

void WebSocketSession::send_close() {
  close_sent_ = true;
  limit_close("the other side did not answer the close");
  const websocket::close_reason reason(static_cast<websocket::close_code>(closing_->code), closing_->reason);
  stream_->async_close(reason, [self = shared_from_this()](const ErrorCode& error) { self->on_close_sent(error); });
}

void WebSocketSession::on_close_sent(const ErrorCode& error) {
  // A read that received the other side's frame first has already reported it.
  end(error);
}

void WebSocketSession::hear() {
  heard_ = Clock::now();
  pinged_ = false;
  // Posted, because Beast's control callback must not start another operation.
  for (auto& tell : std::exchange(when_heard_, {})) asio::post(stream_->get_executor(), std::move(tell));
}

template <class Next>
void WebSocketSession<Next>::check_alive(std::function<void()> responded) {
  if (closed_) return;
  when_heard_.push_back(std::move(responded));
  ping();
}

void WebSocketSession::watch_silence() {
  silence_timer_.expires_at(heard_ + (pinged_ ? limits_.silence_limit : limits_.silence_limit / 2));
  // Owns the session: while a message waits for an observer, nothing else does.
  silence_timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && !self->closed_) self->on_silence_timer();
  });
}

void WebSocketSession::on_silence_timer() {
  if (early_) hear();  // The pause in reading is this side's.
  const auto quiet = Clock::now() - heard_;
  if (quiet >= limits_.silence_limit) {
    end_reason_ =
        "nothing was received from the other side for " + std::to_string(limits_.silence_limit.count()) + " ms";
    return cut();
  }
  if (quiet >= limits_.silence_limit / 2 && !pinged_) ping();
  watch_silence();
}

void WebSocketSession::ping() {
  pinged_ = true;
  if (ping_pending_ || close_sent_) return;
  ping_pending_ = true;
  stream_->async_ping({}, [self = shared_from_this()](const ErrorCode&) { self->ping_pending_ = false; });
}

void WebSocketSession::limit_close(const char* reason) {
  close_timer_.expires_after(kCloseLimit);
  close_timer_.async_wait([weak = weak_from_this(), reason](const ErrorCode& error) {
    const auto self = weak.lock();
    if (!self || error || self->closed_) return;
    self->end_reason_ = reason;
    self->cut();
  });
}

void WebSocketSession::end(const ErrorCode& error) {
  finish(closed_by(error, stream_->reason(), limits_.message_limit));
}

void WebSocketSession::finish(WebSocketClosed closed) {
  if (closed_) return;
  if (!end_reason_.empty()) closed = {kAbnormal, end_reason_};
  closed_ = std::move(closed);
  link_->queue.close();
  close_timer_.cancel();
  silence_timer_.cancel();
  ErrorCode ignored;
  beast::get_lowest_layer(*stream_).close(ignored);
  if (const auto ended = std::exchange(ended_, nullptr)) ended();
  ticket_.reset();
  if (observer_) return tell_closed();
  if (link_->handle_gone) return;
  // An observer may still be set to learn how it closed. Until then, or until the handle is destroyed, this wait owns
  // the session.
  silence_timer_.expires_at(Clock::time_point::max());
  silence_timer_.async_wait([self = shared_from_this()](const ErrorCode&) {});
}

void WebSocketSession::tell_closed() {
  if (std::exchange(told_, true)) return;
  const auto observer = std::move(*observer_);
  observer_.reset();
  if (link_->handle_gone || !observer.on_closed) return;
  try {
    observer.on_closed(*closed_);
  } catch (const std::exception&) {
    // The socket is already closed.
  }
}

/// Closes the connection without a close frame.
void WebSocketSession::cut() {
  const auto self = shared_from_this();
  if (end_reason_.empty()) end_reason_ = "cut off";
  finish({kAbnormal, end_reason_});
}

void WebSocketSession::wind_down() { begin_close(kServiceRestart, "the server stops"); }

void WebSocketSession::abort() {
  if (end_reason_.empty()) end_reason_ = "the server has stopped";
  cut();
}

}  // namespace rtcbot::net
