#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace rtcbot::net {

/// The keys under which a server gives its clients the session back that they had with it (RFC 8446 section 2.2), so
/// that a fleet which comes back after a restart costs no full handshakes.
///
/// They are derived from the certificate's private key, so that nothing has to be kept on disk, and change with time.
/// For TLS 1.3 alone: there each connection still has an exchange of its own, and whoever got the keys later could not
/// read what was said before. Thread-safe.
class TlsTickets {
 public:
  static constexpr std::size_t kNameBytes = 16, kKeyBytes = 32;
  /// New tickets are under new keys each time this has passed.
  static constexpr std::int64_t kEpochSeconds = std::int64_t{4} * 24 * 3600;
  /// As long as a ticket is good at the client; TLS 1.3 allows no longer.
  static constexpr std::int64_t kLifeSeconds = std::int64_t{7} * 24 * 3600;

  struct Keys {
    std::array<unsigned char, kNameBytes> name{};  ///< Stands in the ticket.
    std::array<unsigned char, kKeyBytes> cipher{};
    std::array<unsigned char, kKeyBytes> mac{};
  };

  /// `before`: its tickets are good here too.  Null: OpenSSL cannot derive keys.
  [[nodiscard]] static std::shared_ptr<TlsTickets> make(const EVP_PKEY* key, const TlsTickets* before);

  /// For a ticket that is made now, in Unix time.
  [[nodiscard]] std::optional<Keys> newest(std::int64_t now);
  /// Of a ticket that came; nothing if its keys are none of ours, or too old.
  [[nodiscard]] std::optional<Keys> find(const unsigned char* name, std::int64_t now);

  /// Has this context use them, for as long as it lives.  False: it does not take them.
  [[nodiscard]] static bool install(SSL_CTX* context, const std::shared_ptr<TlsTickets>& tickets);
  /// Those of that context; null if it has none.
  [[nodiscard]] static TlsTickets* of(const SSL_CTX* context);

 private:
  using Secret = std::array<unsigned char, kKeyBytes>;
  explicit TlsTickets(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {}
  bool derive(std::int64_t epoch);

  const std::vector<Secret> secrets_;  ///< Our own first.
  std::mutex mutex_;
  std::int64_t epoch_ = -1;
  std::vector<Keys> keys_;  ///< Of `epoch_`; the newest first, then those that are still good.
};

}  // namespace rtcbot::net
