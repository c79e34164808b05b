#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>

#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::net {

namespace ssl = boost::asio::ssl;

namespace {

bool is_ip_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

/// Does the work of `SSL_set_tlsext_host_name`, which is a macro with a C cast.
bool name_host(SSL* connection, std::string host) {
  return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

}  // namespace

Result<ssl::context> make_tls_context(const TlsTrust& trust) {
  ssl::context context(ssl::context::tls_client);
  if (SSL_CTX_ctrl(context.native_handle(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) != 1) {
    return fail(Errc::internal, "this OpenSSL does not support TLS 1.2");
  }
  boost::system::error_code error;
  context.set_verify_mode(trust.verify_certificate ? ssl::verify_peer : ssl::verify_none, error);
  if (!trust.verify_certificate) return context;
  if (trust.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(trust.ca_file, error);
  }
  if (error)
    return fail(Errc::bad_config, "the certificates in '" + trust.ca_file + "' cannot be read: " + error.message());
  return context;
}

Result<void> check_ca_file(const std::string& ca_file) {
  if (auto context = make_tls_context({.verify_certificate = true, .ca_file = ca_file}); !context) {
    return fail(context.error());
  }
  return {};
}

Result<void> expect_host(SSL* connection, const std::string& host, bool verify_certificate) {
  const bool is_address = is_ip_address(host);
  // RFC 6066 section 3: SNI does not allow addresses.
  bool is_ready = is_address || name_host(connection, host);
  if (verify_certificate) {
    auto* rules = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int is_set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                                  : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    is_ready = is_ready && is_set == 1;
  }
  if (!is_ready) return fail(Errc::internal, "OpenSSL does not accept '" + host + "' as the name of a server");
  return {};
}

std::string tls_failure(const SSL* connection, const boost::system::error_code& error) {
  const auto verdict = SSL_get_verify_result(connection);
  if (verdict != X509_V_OK) return certificate_fault(verdict, std::time(nullptr));
  // OpenSSL's error for an answer that is not TLS.
  const bool is_plain = error.category() == boost::asio::error::get_ssl_category() &&
                        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER;
  return is_plain ? error.message() + "; the server there does not speak TLS; is it ws:// rather than wss://?"
                  : error.message();
}

namespace {

/// True if only the certificate's authority is unknown here.
bool is_unknown_authority(long verdict) {
  return verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

}  // namespace

std::string certificate_fault(long verdict, std::time_t clock) {
  std::string text = std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
  if (is_unknown_authority(verdict)) {
    return text + "; if it is yours, name it or the authority that signed it with --ca-file (Options::ca_file)";
  }
  if (verdict != X509_V_ERR_CERT_NOT_YET_VALID && verdict != X509_V_ERR_CERT_HAS_EXPIRED) return text;
  // Boards without a real-time clock start in the past, until they receive the time.
  std::tm utc{};
  std::array<char, 32> date{};
  ::gmtime_r(&clock, &utc);
  std::strftime(date.data(), date.size(), "%F %R UTC", &utc);
  return text.append(" according to this machine's clock, which shows ").append(date.data());
}

}  // namespace rtcbot::net
