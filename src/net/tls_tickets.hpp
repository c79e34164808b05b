#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace rtcbot::net {

/// The keys for a server's TLS session tickets (RFC 8446 section 2.2), so that many robots can reconnect after a
/// restart without full handshakes.
///
/// They are derived from the certificate's private key, so that nothing is stored on disk, and change with time. Only
/// for TLS 1.3: it adds a key exchange to each connection, so that keys stolen later do not reveal earlier traffic.
/// Thread-safe.
class TlsTickets {
 public:
  static constexpr std::size_t kNameBytes = 16, kKeyBytes = 32;
  /// Interval at which new tickets get new keys.
  static constexpr std::int64_t kEpochSeconds = std::int64_t{4} * 24 * 3600;
  /// Lifetime of a ticket at the client; the maximum of TLS 1.3.
  static constexpr std::int64_t kLifeSeconds = std::int64_t{7} * 24 * 3600;

  struct Keys {
    std::array<unsigned char, kNameBytes> name{};  ///< Part of the ticket.
    std::array<unsigned char, kKeyBytes> cipher{};
    std::array<unsigned char, kKeyBytes> mac{};
  };

  /// `before`: its tickets are also accepted.  Null: OpenSSL cannot derive keys.
  [[nodiscard]] static std::shared_ptr<TlsTickets> make(const EVP_PKEY* key, const TlsTickets* before);

  /// Returns the keys for new tickets at `now`, in Unix time.
  [[nodiscard]] std::optional<Keys> newest(std::int64_t now);
  /// Returns the keys of a received ticket; nothing if they are unknown or too old.
  [[nodiscard]] std::optional<Keys> find(const unsigned char* name, std::int64_t now);

  /// Makes this context use the tickets for its lifetime.  Returns false if it rejects them.
  [[nodiscard]] static bool install(SSL_CTX* context, const std::shared_ptr<TlsTickets>& tickets);
  /// Returns the tickets of that context; null if it has none.
  [[nodiscard]] static TlsTickets* of(const SSL_CTX* context);

 private:
  using Secret = std::array<unsigned char, kKeyBytes>;
  explicit TlsTickets(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {}
  bool derive(std::int64_t epoch);

  const std::vector<Secret> secrets_;  ///< This certificate's own first.
  std::mutex mutex_;
  std::int64_t epoch_ = -1;
  std::vector<Keys> keys_;  ///< Of `epoch_`; the newest first, then older valid ones.
};

}  // namespace rtcbot::net
