#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::bench {

/// One connection of a load client on epoll: bytes in, bytes out, plain or TLS. Not thread-safe.
class ClientSocket {
 public:
  enum class State { closed, connecting, shaking, open };

  ClientSocket() = default;
  ~ClientSocket() { close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  /// Begins to connect to 127.0.0.1; events come on `epoll` with `tag`.  `context` null: plain.
  bool connect(int epoll, std::uint64_t tag, std::uint16_t port, SSL_CTX* context);
  void close();

  /// Handles epoll's events.  Returns false at the end of the connection; `in` holds the last bytes, and the caller
  /// closes it.
  bool drive();
  /// Sends now what can be sent.  False: it has ended.
  bool send(std::string_view bytes);

  [[nodiscard]] State state() const { return state_; }
  /// What has come and is not used yet.
  std::string in;

 private:
  friend std::unique_ptr<SSL_CTX, struct ContextFreer> make_client_context();
  /// The server gave what the next connection can begin with.
  static int on_session(SSL* connection, SSL_SESSION* session);
  bool shake();
  bool read_all();
  bool flush();

  struct Freer {
    void operator()(SSL* connection) const { SSL_free(connection); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  int descriptor_ = -1;
  State state_ = State::closed;
  std::unique_ptr<SSL, Freer> tls_;
  std::unique_ptr<SSL_SESSION, Freer> session_;  ///< Of before, to come back with as a robot does.
  std::string out_;
};

/// A client's context that trusts anybody, and gives its buffers back while idle.
struct ContextFreer {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
[[nodiscard]] std::unique_ptr<SSL_CTX, ContextFreer> make_client_context();

[[nodiscard]] std::string upgrade_request(const std::string& path, const char* subprotocol);
/// A masked frame, as clients have to send them; the mask is zero.
[[nodiscard]] std::string masked_frame(unsigned opcode, std::string_view payload);

struct Frame {
  unsigned opcode = 0;
  std::string payload;
};
/// Takes the first whole frame out of `bytes`.
[[nodiscard]] std::optional<Frame> take_frame(std::string& bytes);

/// Takes the first whole HTTP answer out of `bytes`: its status and body.
struct Answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] std::optional<Answer> take_answer(std::string& bytes, bool has_body = true);

}  // namespace rtcbot::bench
