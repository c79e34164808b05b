#include "tls_tickets.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <span>
#include <string>
#include <utility>

namespace rtcbot::net {
namespace {

/// A ticket from the end of an epoch is valid for its lifetime, which two more epochs cover.
constexpr std::int64_t kEpochs = 3;
static_assert((kEpochs - 1) * TlsTickets::kEpochSeconds >= TlsTickets::kLifeSeconds);

struct KdfFreer {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

/// HKDF (RFC 5869) with SHA-256.
bool hkdf(std::span<const unsigned char> secret, std::string purpose, std::span<unsigned char> out) {
  const std::unique_ptr<EVP_KDF, KdfFreer> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, KdfFreer> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<unsigned char*>(secret.data()), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose.data(), purpose.size()),
      OSSL_PARAM_construct_end()};
  return context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
}

/// The index of the tickets' keys in a context; the context frees its reference.
int place_in_context() {
  static const int place = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, nullptr, nullptr,
                                                   [](void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) {
                                                     delete static_cast<std::shared_ptr<TlsTickets>*>(kept);
                                                   });
  return place;
}

bool set_mac(EVP_MAC_CTX* mac, TlsTickets::Keys& keys) {
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, keys.mac.data(), keys.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

constexpr int kFailed = -1, kNoTicket = 0, kDone = 1, kDoneAndRenew = 2;

/// OpenSSL's callback for the keys of a new or a received ticket.
int on_ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int makes) {
  auto* tickets = TlsTickets::of(SSL_get_SSL_CTX(connection));
  // A TLS 1.2 ticket contains the keys of the connection itself.
  if (tickets == nullptr || SSL_version(connection) != TLS1_3_VERSION) return kNoTicket;
  auto keys = makes != 0 ? tickets->newest(std::time(nullptr)) : tickets->find(name, std::time(nullptr));
  if (!keys) return kNoTicket;
  if (makes == 0) {
    const bool is_set = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, keys->cipher.data(), iv) == 1;
    return is_set && set_mac(mac, *keys) ? kDoneAndRenew : kFailed;
  }
  std::copy(keys->name.begin(), keys->name.end(), name);
  const bool is_set = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                      EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, keys->cipher.data(), iv) == 1;
  return is_set && set_mac(mac, *keys) ? kDone : kFailed;
}

}  // namespace

std::shared_ptr<TlsTickets> TlsTickets::make(const EVP_PKEY* key, const TlsTickets* before) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PrivateKey(key, &bytes);
  if (size <= 0) return nullptr;
  std::vector<Secret> secrets(1);
  const bool is_made = hkdf({bytes, static_cast<std::size_t>(size)}, "rtcbot tls tickets", secrets.front());
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  if (!is_made) return nullptr;
  // Only the previous one: all tickets from two renewals ago have expired.
  if (before != nullptr && before->secrets_.front() != secrets.front()) secrets.push_back(before->secrets_.front());
  return std::shared_ptr<TlsTickets>(new TlsTickets(std::move(secrets)));
}

bool TlsTickets::derive(std::int64_t epoch) {
  if (epoch == epoch_) return true;
  std::vector<Keys> keys;
  for (const auto& secret : secrets_) {
    for (std::int64_t back = 0; back < kEpochs; ++back) {
      std::array<unsigned char, kNameBytes + 2 * kKeyBytes> bytes{};
      if (!hkdf(secret, "epoch " + std::to_string(epoch - back), bytes)) return false;
      Keys& added = keys.emplace_back();
      std::copy_n(bytes.begin(), kNameBytes, added.name.begin());
      std::copy_n(bytes.begin() + kNameBytes, kKeyBytes, added.cipher.begin());
      std::copy_n(bytes.begin() + kNameBytes + kKeyBytes, kKeyBytes, added.mac.begin());
    }
  }
  keys_ = std::move(keys);
  epoch_ = epoch;
  return true;
}

std::optional<TlsTickets::Keys> TlsTickets::newest(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!derive(now / kEpochSeconds)) return std::nullopt;
  return keys_.front();
}

std::optional<TlsTickets::Keys> TlsTickets::find(const unsigned char* name, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!derive(now / kEpochSeconds)) return std::nullopt;
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Keys& keys) {
    return std::equal(keys.name.begin(), keys.name.end(), name);
  });
  return found == keys_.end() ? std::nullopt : std::optional(*found);
}

bool TlsTickets::install(SSL_CTX* context, const std::shared_ptr<TlsTickets>& tickets) {
  auto kept = std::make_unique<std::shared_ptr<TlsTickets>>(tickets);
  if (SSL_CTX_set_ex_data(context, place_in_context(), kept.get()) != 1) return false;
  (void)kept.release();  // owned by the context now
  SSL_CTX_set_timeout(context, static_cast<long>(kLifeSeconds));
  return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket) == 1;
}

TlsTickets* TlsTickets::of(const SSL_CTX* context) {
  const auto* kept = static_cast<const std::shared_ptr<TlsTickets>*>(SSL_CTX_get_ex_data(context, place_in_context()));
  return kept == nullptr ? nullptr : kept->get();
}

}  // namespace rtcbot::net
