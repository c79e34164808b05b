#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// A TLS server's certificate, key and rules. Immutable: a renewed certificate is a new object, and open connections
/// keep the old one.
class TlsServerContext {
 public:
  /// Loads the PEM files: the server's certificate first, then its issuers; the key without a password. TLS 1.2 or
  /// newer, ALPN for HTTP/1.1 only. Robots that reconnect need no full handshake (`TlsTickets`), even after a restart
  /// with the same key, and with `before` even after a renewal.
  ///
  /// Errors: bad_config, with a sentence that names the wrong file.
  [[nodiscard]] static Result<std::shared_ptr<const TlsServerContext>> load(const TlsFiles& files,
                                                                            const TlsServerContext* before = nullptr);

  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }
  /// The certificate's expiry, in seconds of Unix time.
  [[nodiscard]] std::int64_t expires_at() const { return expires_at_; }

 private:
  struct Freer {
    void operator()(SSL_CTX* context) const;
  };
  using Handle = std::unique_ptr<SSL_CTX, Freer>;
  TlsServerContext(Handle context, std::int64_t expires_at) : context_(std::move(context)), expires_at_(expires_at) {}

  Handle context_;
  std::int64_t expires_at_;
};

/// True if a connection that starts with this byte uses TLS: a handshake record (RFC 8446 section 5.1).
[[nodiscard]] constexpr bool begins_tls(unsigned char first) { return first == 0x16; }

}  // namespace rtcbot::net
