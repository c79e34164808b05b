#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// What a TLS server shows its clients: a certificate with its key, and the rules. Immutable: a renewed certificate is
/// a new object, and connections that are open keep the old one.
class TlsServerContext {
 public:
  /// Reads the pair: PEM, the certificate first and then those that signed it; the key without a password. TLS 1.2 or
  /// newer, HTTP/1.1 alone (ALPN). Robots which come back need no full handshake (`TlsTickets`), also after a restart
  /// with the same key, and with `before` after a renewal.
  ///
  /// Errors: bad_config, with a sentence that says which file is wrong.
  [[nodiscard]] static Result<std::shared_ptr<const TlsServerContext>> load(const TlsFiles& files,
                                                                            const TlsServerContext* before = nullptr);

  [[nodiscard]] SSL_CTX* native() const { return context_.get(); }
  /// When the certificate ends, in seconds of Unix time.
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

/// Whether a connection that begins with this byte means TLS: a handshake record (RFC 8446 section 5.1).
[[nodiscard]] constexpr bool begins_tls(unsigned char first) { return first == 0x16; }

}  // namespace rtcbot::net
