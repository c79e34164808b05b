#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

/// The trust settings of a TLS client.
struct TlsTrust {
  bool verify_certificate = true;
  std::string ca_file;  ///< PEM; empty: the system's authorities.
};

/// Creates a client's context: TLS 1.2 or newer.  Errors: bad_config (the file cannot be read), internal.
[[nodiscard]] Result<boost::asio::ssl::context> make_tls_context(const TlsTrust& trust);

/// Prepares a connection to `host`: sets SNI, and checks the certificate against the name.
[[nodiscard]] Result<void> expect_host(SSL* connection, const std::string& host, bool verify_certificate);

/// Describes a handshake failure: the certificate's fault if that is the cause.
[[nodiscard]] std::string tls_failure(const SSL* connection, const boost::system::error_code& error);

/// Describes OpenSSL's verification result (X509_V_ERR_…), with the time if a wrong `clock` may be the cause.
[[nodiscard]] std::string certificate_fault(long verdict, std::time_t clock);

}  // namespace rtcbot::net
