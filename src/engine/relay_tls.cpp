#include "relay_tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <p2p/base/async_stun_tcp_socket.h>
#include <rtc_base/async_tcp_socket.h>
#include <rtc_base/openssl_adapter.h>

#include <utility>

#include "forwarded_resolver.hpp"

namespace rtcbot::engine {

namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

bool is_address(const std::string& host) {
  rtc::IPAddress address;
  return rtc::IPFromString(host, &address);
}

/// Makes the handshake fail unless the certificate is for this name or address (RFC 6125).
bool expect_host(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  return X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
}

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

/// Adds the certificates of a PEM text and returns their number.
int add_certificates(X509_STORE& store, const std::string& pem) {
  const std::unique_ptr<BIO, FreeBio> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int count = 0;
  while (text) {
    const std::unique_ptr<X509, FreeCertificate> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(&store, certificate.get()) == 1) ++count;
  }
  ERR_clear_error();  // The end of the text counts as an error.
  return count;
}

}  // namespace

Result<std::unique_ptr<RelayTrust>> RelayTrust::load(const PeerConfig& config, OnRefused on_refused) {
  std::unique_ptr<X509_STORE, Store> store(X509_STORE_new());
  if (!store) return fail(Errc::internal, "OpenSSL cannot create a certificate store");
  // The process that runs the engine has read the file, because the engine cannot open files.
  if (config.verify_certificate && add_certificates(*store, config.ca_pem) == 0) {
    return fail(Errc::bad_config, "the authorities for TURN servers contain no certificate");
  }
  return std::unique_ptr<RelayTrust>(
      new RelayTrust(std::move(store), config.verify_certificate, std::move(on_refused)));
}

rtc::OpenSSLSessionCache* RelayTrust::context_for(const std::string& host) {
  if (const auto found = hosts_.find(host); found != hosts_.end()) return found->second->cache.get();
  const std::unique_ptr<SSL_CTX, FreeContext> context(make_context(host));
  if (!context) return nullptr;
  auto made = std::make_unique<Host>(Host{host, &on_refused_, nullptr});
  SSL_CTX_set_ex_data(context.get(), 0, made.get());
  made->cache = std::make_unique<rtc::OpenSSLSessionCache>(rtc::SSL_MODE_TLS, context.get());
  return (hosts_[host] = std::move(made))->cache.get();
}

SSL_CTX* RelayTrust::make_context(const std::string& host) const {
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) != 1) {
    return nullptr;
  }
  SSL_CTX_set1_cert_store(context.get(), store_.get());
  if (!verifies_) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  } else {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, on_verified);
    if (!expect_host(context.get(), host)) return nullptr;
  }
  return context.release();
}

int RelayTrust::on_verified(int is_good, X509_STORE_CTX* verification) {
  if (is_good == 1) return is_good;
  const auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* host = static_cast<const Host*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), 0));
  (*host->on_refused)("the TURN server " + host->name +
                      " is not trusted: " + X509_verify_cert_error_string(X509_STORE_CTX_get_error(verification)) +
                      "; if it is yours, name its authority with --ca-file");
  return is_good;
}

rtc::AsyncPacketSocket* RelaySocketFactory::CreateClientTcpSocket(const rtc::SocketAddress& local,
                                                                  const rtc::SocketAddress& remote,
                                                                  const rtc::ProxyInfo& proxy,
                                                                  const std::string& user_agent,
                                                                  const rtc::PacketSocketTcpOptions& options) {
  auto* trust = static_cast<RelayTrust*>(options.tls_cert_verifier);
  if ((options.opts & (OPT_TLS | OPT_TLS_INSECURE)) == 0 || trust == nullptr) {
    return BasicPacketSocketFactory::CreateClientTcpSocket(local, remote, proxy, user_agent, options);
  }
  rtc::OpenSSLSessionCache* context = trust->context_for(remote.hostname());
  std::unique_ptr<rtc::Socket> plain(sockets_.CreateSocket(local.family(), SOCK_STREAM));
  if (!plain || context == nullptr) return nullptr;
  // Binding to the wildcard address may fail: connecting binds too.
  if (plain->Bind(rtc::SocketAddress(local.ipaddr(), 0)) < 0 && !local.IsAnyIP()) return nullptr;
  plain->SetOption(rtc::Socket::OPT_NODELAY, 1);
  auto secure = std::make_unique<rtc::OpenSSLAdapter>(plain.release(), context);
  // The context rejects a bad certificate before this check, and also compares addresses.
  secure->SetIgnoreBadCert(true);
  if (secure->StartSSL(remote.hostname()) != 0 || secure->Connect(remote) < 0) return nullptr;
  // libwebrtc's contract: the caller owns the result, which owns its socket.
  if ((options.opts & OPT_STUN) != 0) return new cricket::AsyncStunTCPSocket(secure.release());
  return new rtc::AsyncTCPSocket(secure.release());
}

std::unique_ptr<webrtc::AsyncDnsResolverInterface> RelaySocketFactory::CreateAsyncDnsResolver() {
  if (!lookup_) return BasicPacketSocketFactory::CreateAsyncDnsResolver();
  return std::make_unique<ForwardedResolver>(lookup_);
}

}  // namespace rtcbot::engine
