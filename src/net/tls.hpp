#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

/// Whom a TLS client trusts.
struct TlsTrust {
  bool verify_certificate = true;
  std::string ca_file;  ///< PEM; empty: the system's authorities.
};

/// A client's context: TLS 1.2 or newer.  Errors: bad_config (the file cannot be read), internal.
[[nodiscard]] Result<boost::asio::ssl::context> make_tls_context(const TlsTrust& trust);

/// Readies a connection for `host`: names it to the server (SNI), and has the certificate checked against it.
[[nodiscard]] Result<void> expect_host(SSL* connection, const std::string& host, bool verify_certificate);

/// Why a handshake failed, in words: what is wrong with the certificate where that is the cause.
[[nodiscard]] std::string tls_failure(const SSL* connection, const boost::system::error_code& error);

}  // namespace rtcbot::net
