#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// A request that has come completely.
struct ReadRequest {
  HttpRequest request;       ///< `method` is GET for HEAD; `remote_address` is empty.
  bool is_head = false;      ///< The answer goes without its body.
  bool keep_alive = true;    ///< The connection may stay open afterwards.
  bool is_http_1_0 = false;  ///< Its client does not know interim answers.
  bool is_upgrade = false;   ///< Asks for a WebSocket.
};

/// Makes requests of the bytes of one HTTP/1.1 connection. Pure: no clock, no I/O. Not thread-safe.
///
/// Source: RFC 9112; the grammar is Boost.Beast's parser's.
class RequestReader {
 public:
  struct Limits {
    std::size_t header = 16 * 1024;  ///< Bytes of request line and fields.
    std::size_t body = 256 * 1024;   ///< Bytes.
  };

  enum class Status {
    need_more,         ///< Feed again, with what was not used and more behind it.
    need_continue,     ///< As above; the client waits for "100 Continue" before it sends the body. Told once.
    complete,          ///< `take` it.
    bad,               ///< Not HTTP, or a target that is refused.
    header_too_large,  ///< 431
    body_too_large,    ///< 413
    upgrade_has_body,  ///< Asks for a WebSocket, and announces what would then stand between the frames: 400.
  };

  struct Progress {
    Status status = Status::need_more;
    std::size_t used = 0;  ///< Bytes that the reader will not need again.
  };

  explicit RequestReader(Limits limits);
  ~RequestReader();

  /// Reads on. After `bad` and the `too_large` ones nothing more can be read from the connection.
  [[nodiscard]] Progress feed(std::string_view bytes);

  /// The request, after `complete`; the next `feed` begins a new one.  @pre the last `feed` said complete.
  [[nodiscard]] ReadRequest take();

  /// Bytes of memory that the request takes so far, as it has come; 0 before the first.
  [[nodiscard]] std::size_t held() const;

  /// Forgets the request, and frees its memory.
  void forget();

 private:
  class Parser;
  Limits limits_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace rtcbot::net
