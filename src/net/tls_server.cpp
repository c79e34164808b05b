#include "tls_server.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <utility>

#include "tls_tickets.hpp"

namespace rtcbot::net {
namespace {

/// TLS 1.2 only with forward secrecy and authenticated encryption, which TLS 1.3 always has.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::string last_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown" : reason;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, size, kHttp11.data(), static_cast<unsigned int>(kHttp11.size()),
                                          offered, offered_size);
  *chosen = match;
  // A client that offers only unknown protocols would not understand our answer (RFC 7301 section 3.2).
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Prevents that OpenSSL asks for a key's password at the terminal and blocks the server.
int no_password(char*, int, int, void*) { return -1; }

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Tickets store a session at the client, so a cache here would store it twice.
  SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1;
}

std::int64_t expiry_of(const SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm end{};
  const bool is_known = certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1;
  return is_known ? static_cast<std::int64_t>(timegm(&end)) : 0;
}

}  // namespace

void TlsServerContext::Freer::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::load(const TlsFiles& files,
                                                                       const TlsServerContext* before) {
  ERR_clear_error();
  Handle context(SSL_CTX_new(TLS_server_method()));
  if (!context || !set_rules(context.get())) return fail(Errc::internal, "this OpenSSL does not support TLS 1.2");
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return fail(Errc::bad_config, "no certificate can be read from '" + files.certificate + "' (" + last_reason() +
                                      "); it must be PEM, with the server's own certificate first");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_other = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    const auto reason = last_reason();
    if (is_other) return fail(Errc::bad_config, "the key in '" + files.key + "' does not belong to the certificate");
    return fail(Errc::bad_config, "no private key can be read from '" + files.key + "' (" + reason +
                                      "); it must be PEM, without a password");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(Errc::bad_config, "the key in '" + files.key + "' does not belong to the certificate");
  }
  const auto tickets = TlsTickets::make(SSL_CTX_get0_privatekey(context.get()),
                                        before == nullptr ? nullptr : TlsTickets::of(before->native()));
  if (!tickets || !TlsTickets::install(context.get(), tickets)) {
    return fail(Errc::internal, "this OpenSSL cannot derive keys for session tickets");
  }
  const auto expires_at = expiry_of(context.get());
  return std::shared_ptr<const TlsServerContext>(new TlsServerContext(std::move(context), expires_at));
}

}  // namespace rtcbot::net
