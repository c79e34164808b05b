#pragma once

#include <openssl/types.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace rtcbot::net {

/// A connection's byte stream, with or without TLS. Lives on the I/O thread; an asynchronous stream for Asio and Beast.
/// One read and one write may be pending at a time, and the object must outlive both.
///
/// OpenSSL uses the socket directly. Asio's own TLS stream adds two memory BIOs and two record buffers, 68 KiB for each
/// connection even when idle, and most connections of robots are idle.
class SocketStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCode = boost::system::error_code;
  using executor_type = Socket::executor_type;
  using next_layer_type = Socket;

  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }
  [[nodiscard]] Socket& next_layer() { return socket_; }
  [[nodiscard]] const Socket& next_layer() const { return socket_; }
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }

  enum class Role { client, server };
  /// Switches to TLS; the handshake comes next.  Returns false if OpenSSL has no memory.
  [[nodiscard]] bool secure(SSL_CTX* context, Role role);
  /// The TLS connection; null before `secure`.
  [[nodiscard]] SSL* tls() { return tls_.get(); }

  /// The result of one non-blocking attempt.
  struct Attempt {
    enum class Outcome {
      done,        ///< `size` bytes were moved, or the handshake is complete.
      wait_read,   ///< Try again when the socket is readable.
      wait_write,  ///< Try again when the socket is writable.
      failed,      ///< See `error`; eof if the other side ended the stream.
    };
    Outcome outcome = Outcome::done;
    std::size_t size = 0;
    ErrorCode error{};
  };

  /// Reads available data without waiting.
  [[nodiscard]] Attempt read_now(void* data, std::size_t size);

  /// Calls `handler(error)` when `read_now` has data. Holds no buffer while waiting.
  template <class Handler>
  void async_wait_readable(Handler&& handler) {
    if (tls_ == nullptr || !has_pending()) {
      socket_.async_wait(Socket::wait_read, std::forward<Handler>(handler));
    } else {
      boost::asio::post(get_executor(), [wakes = std::forward<Handler>(handler)]() mutable { wakes(ErrorCode()); });
    }
  }

  /// Calls `handler(error, 0)` after the handshake.  @pre `secure` was called
  template <class Handler>
  void async_handshake(Handler&& handler) {
    transfer(Kind::handshake, {}, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_ == nullptr) return socket_.async_read_some(buffers, std::forward<Handler>(handler));
    transfer(Kind::read, first_of<boost::asio::mutable_buffer>(buffers), std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_ == nullptr) return socket_.async_write_some(buffers, std::forward<Handler>(handler));
    Parts parts;
    for (auto part = boost::asio::buffer_sequence_begin(buffers); part != boost::asio::buffer_sequence_end(buffers);
         ++part) {
      const boost::asio::const_buffer bytes(*part);
      if (bytes.size() > 0 && !parts.add(bytes)) break;
    }
    transfer(Kind::write, parts, std::forward<Handler>(handler));
  }

  /// Sends close_notify if this is TLS and the socket accepts it immediately.
  void say_goodbye();

 private:
  enum class Kind { handshake, read, write };

  /// The first few buffers of a sequence, so that a frame's header and body share one TLS record.
  struct Parts {
    std::array<boost::asio::const_buffer, 4> list{};
    std::size_t count = 0;
    bool add(boost::asio::const_buffer part) {
      if (count == list.size()) return false;
      list.at(count++) = part;
      return true;
    }
  };

  struct Transfer {
    SocketStream* stream;
    Kind kind;
    Parts parts;
    bool has_waited = false;
    bool is_posted = false;
    Attempt last{};

    template <class Self>
    void operator()(Self& self, ErrorCode error = {}) {
      if (is_posted) return self.complete(last.error, last.size);
      last = error ? Attempt{Attempt::Outcome::failed, 0, error} : stream->attempt(kind, parts);
      auto& socket = stream->socket_;
      const bool waits_read = last.outcome == Attempt::Outcome::wait_read;
      if (waits_read || last.outcome == Attempt::Outcome::wait_write) {
        has_waited = true;
        return socket.async_wait(waits_read ? Socket::wait_read : Socket::wait_write, std::move(self));
      }
      if (has_waited) return self.complete(last.error, last.size);
      // A handler must never be called inside the function that received it.
      is_posted = true;
      boost::asio::post(socket.get_executor(), std::move(self));
    }
  };

  template <class Buffer, class Buffers>
  static Parts first_of(const Buffers& buffers) {
    Parts parts;
    for (auto part = boost::asio::buffer_sequence_begin(buffers); part != boost::asio::buffer_sequence_end(buffers);
         ++part) {
      const Buffer bytes(*part);
      if (bytes.size() == 0) continue;
      parts.add(boost::asio::const_buffer(bytes.data(), bytes.size()));
      break;
    }
    return parts;
  }

  template <class Handler>
  void transfer(Kind kind, const Parts& parts, Handler&& handler) {
    std::decay_t<Handler> token(std::forward<Handler>(handler));
    boost::asio::async_compose<std::decay_t<Handler>, void(ErrorCode, std::size_t)>(
        Transfer{this, kind, parts, false, false, {}}, token, socket_);
  }

  [[nodiscard]] Attempt attempt(Kind kind, const Parts& parts);
  [[nodiscard]] Attempt write_now(const Parts& parts);
  [[nodiscard]] Attempt outcome_of(int result);
  [[nodiscard]] bool has_pending() const;

  struct Freer {
    void operator()(SSL* connection) const;
  };

  Socket socket_;
  std::unique_ptr<SSL, Freer> tls_;
};

/// Beast calls this (by argument-dependent lookup) to end a WebSocket's connection after the close frames.
template <class Handler>
void async_teardown(boost::beast::role_type role, SocketStream& stream, Handler&& handler) {
  stream.say_goodbye();
  boost::beast::websocket::async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace rtcbot::net
