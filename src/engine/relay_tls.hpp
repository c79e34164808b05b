#pragma once

#include <openssl/ssl.h>
#include <p2p/base/basic_packet_socket_factory.h>
#include <rtc_base/openssl_session_cache.h>
#include <rtc_base/ssl_certificate.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/engine/engine.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The authorities that one connection trusts for its TURN servers (turns:, RFC 7350).
///
/// libwebrtc has a list of authorities from its build date, and its verifier sees single certificates without the
/// reason of a failure. So this class does not verify. It carries, from a connection's configuration to
/// `RelaySocketFactory`, an OpenSSL context that verifies chain and name.
/// Created on any thread, used on the network thread; outlives the connection's sockets, as libwebrtc's verifiers do.
class RelayTrust : public rtc::SSLCertificateVerifier {
 public:
  using OnRefused = std::function<void(const std::string& sentence)>;

  /// Calls `on_refused` with the reason if a server is not trusted, on the network thread.  Errors: bad_config
  /// (`config.ca_pem` holds no certificate), internal.
  [[nodiscard]] static Result<std::unique_ptr<RelayTrust>> load(const PeerConfig& config, OnRefused on_refused);

  /// Never called, because the context decides.
  bool Verify(const rtc::SSLCertificate&) override { return false; }

  /// The context for connections to `host`, a name or an address; null if OpenSSL rejects it.
  [[nodiscard]] rtc::OpenSSLSessionCache* context_for(const std::string& host);

 private:
  struct Store {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  };
  /// Data for OpenSSL's callback.
  struct Host {
    std::string name;
    const OnRefused* on_refused;
    std::unique_ptr<rtc::OpenSSLSessionCache> cache;
  };

  RelayTrust(std::unique_ptr<X509_STORE, Store> store, bool verifies, OnRefused on_refused)
      : store_(std::move(store)), verifies_(verifies), on_refused_(std::move(on_refused)) {}
  [[nodiscard]] SSL_CTX* make_context(const std::string& host) const;
  static int on_verified(int is_good, X509_STORE_CTX* verification);

  const std::unique_ptr<X509_STORE, Store> store_;
  const bool verifies_;
  const OnRefused on_refused_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
};

/// libwebrtc's sockets, except that TLS uses the connection's `RelayTrust`, and `lookup` resolves names.
class RelaySocketFactory : public rtc::BasicPacketSocketFactory {
 public:
  /// @param lookup empty: libwebrtc's own resolver
  RelaySocketFactory(rtc::SocketFactory& sockets, HostLookup lookup)
      : BasicPacketSocketFactory(&sockets), sockets_(sockets), lookup_(std::move(lookup)) {}

  rtc::AsyncPacketSocket* CreateClientTcpSocket(const rtc::SocketAddress& local, const rtc::SocketAddress& remote,
                                                const rtc::ProxyInfo& proxy, const std::string& user_agent,
                                                const rtc::PacketSocketTcpOptions& options) override;

  std::unique_ptr<webrtc::AsyncDnsResolverInterface> CreateAsyncDnsResolver() override;

 private:
  rtc::SocketFactory& sockets_;
  const HostLookup lookup_;
};

}  // namespace rtcbot::engine
