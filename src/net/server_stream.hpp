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

/// An accepted connection's bytes, plain or through TLS. Lives on the I/O thread; an asynchronous stream as Asio and
/// Beast understand it. One read and one write may wait at a time, and the object must outlive both.
///
/// OpenSSL works on the socket itself here. Asio's own TLS stream puts a pair of memory BIOs and two record buffers in
/// between, 68 KiB for each connection, also while nothing is said on it; a fleet of idle robots is mostly that.
class ServerStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using ErrorCode = boost::system::error_code;
  using executor_type = Socket::executor_type;
  using next_layer_type = Socket;

  explicit ServerStream(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }
  [[nodiscard]] Socket& next_layer() { return socket_; }
  [[nodiscard]] const Socket& next_layer() const { return socket_; }
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }

  /// From here on all bytes go through TLS, by a handshake that comes next.  False: OpenSSL has no memory.
  [[nodiscard]] bool secure(SSL_CTX* context);

  /// What one attempt without waiting came to.
  struct Attempt {
    enum class Outcome {
      done,        ///< `size` bytes moved, or the handshake is through.
      wait_read,   ///< Again when the socket is readable.
      wait_write,  ///< Again when it is writable.
      failed,      ///< `error`; eof where the other side ended.
    };
    Outcome outcome = Outcome::done;
    std::size_t size = 0;
    ErrorCode error{};
  };

  /// Reads what has come, without waiting.
  [[nodiscard]] Attempt read_now(void* data, std::size_t size);

  /// Calls `handler(error)` when `read_now` has something to do. Holds no buffer meanwhile.
  template <class Handler>
  void async_wait_readable(Handler&& handler) {
    if (tls_ == nullptr || !has_pending()) {
      socket_.async_wait(Socket::wait_read, std::forward<Handler>(handler));
    } else {
      boost::asio::post(get_executor(), [wakes = std::forward<Handler>(handler)]() mutable { wakes(ErrorCode()); });
    }
  }

  /// `handler(error, 0)` when the handshake is through.  @pre `secure` was called
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

  /// Says in TLS that nothing more comes (close_notify), where it is TLS and the socket takes it at once.
  void say_goodbye();

 private:
  enum class Kind { handshake, read, write };

  /// The first few buffers of a sequence: a frame's head and its body shall be one record.
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
    ServerStream* stream;
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
      // A handler is never called from inside the function that it was given to.
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

/// How Beast ends a WebSocket's connection after the close frames (found by the argument's namespace).
template <class Handler>
void async_teardown(boost::beast::role_type role, ServerStream& stream, Handler&& handler) {
  stream.say_goodbye();
  boost::beast::websocket::async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace rtcbot::net
