#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// A complete request.
struct ReadRequest {
  HttpRequest request;       ///< `method` is GET for HEAD; `remote_address` is empty.
  bool is_head = false;      ///< Send the answer without its body.
  bool keep_alive = true;    ///< The connection may remain open afterwards.
  bool is_http_1_0 = false;  ///< The client does not support interim answers.
  bool is_upgrade = false;   ///< Requests a WebSocket.
};

/// Parses requests from the bytes of one HTTP/1.1 connection. Pure: no clock, no I/O. Not thread-safe.
///
/// Source: RFC 9112; uses the parser of Boost.Beast.
class RequestReader {
 public:
  struct Limits {
    std::size_t header = 16 * 1024;  ///< Bytes of request line and fields.
    std::size_t body = 256 * 1024;   ///< Bytes.
  };

  enum class Status {
    need_more,         ///< Call `feed` again with the unused bytes followed by more.
    need_continue,     ///< As above; the client waits for "100 Continue" before it sends the body. Returned once.
    complete,          ///< Call `take`.
    bad,               ///< Invalid HTTP, or a rejected target.
    header_too_large,  ///< 431
    body_too_large,    ///< 413
    upgrade_has_body,  ///< A WebSocket upgrade with a body, which would corrupt the frames: 400.
  };

  struct Progress {
    Status status = Status::need_more;
    std::size_t used = 0;  ///< Number of bytes that need not be passed again.
  };

  explicit RequestReader(Limits limits);
  ~RequestReader();

  /// Parses more input. After `bad` or a `too_large` status the connection cannot be read further.
  [[nodiscard]] Progress feed(std::string_view bytes);

  /// Returns the request; the next `feed` starts a new one.  @pre the last `feed` returned complete.
  [[nodiscard]] ReadRequest take();

  /// Bytes of memory used for the incomplete request; 0 before the first.
  [[nodiscard]] std::size_t held() const;

  /// Drops the request and frees its memory.
  void forget();

 private:
  class Parser;
  Limits limits_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace rtcbot::net
