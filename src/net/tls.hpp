#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <ctime>
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

/// What OpenSSL's verdict of a certificate (X509_V_ERR_…) means, with the time where a wrong `clock` may be the cause.
[[nodiscard]] std::string certificate_fault(long verdict, std::time_t clock);

}  // namespace rtcbot::net
