#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net::test {

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* value) const { Free(value); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;

[[nodiscard]] Key make_key();

/// A certificate authority, created for this object.
class Authority {
 public:
  Authority();
  /// Creates a certificate for the name "localhost" only.
  [[nodiscard]] Certificate certify(EVP_PKEY* key, long serial) const;
  [[nodiscard]] X509* certificate() const { return certificate_.get(); }

 private:
  Key key_;
  Certificate certificate_;
};

/// A file that is removed with its object.
class TemporaryFile {
 public:
  TemporaryFile();
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void write(X509* certificate) const;
  void write(EVP_PKEY* key) const;
  void write(const std::string& text) const;

 private:
  std::string path_;
};

/// The files of a TLS server, and the authority that its clients trust.
class CertifiedPair {
 public:
  CertifiedPair();
  [[nodiscard]] TlsFiles files() const { return {certificate_.path(), key_.path()}; }
  [[nodiscard]] const std::string& ca_file() const { return ca_.path(); }
  /// Replaces the files by a new key and a certificate with this serial number.
  void renew(long serial);
  /// Replaces the key by one that does not belong to the certificate.
  void spoil() const;
  [[nodiscard]] const TemporaryFile& key_file() const { return key_; }

 private:
  Authority authority_;
  TemporaryFile ca_, certificate_, key_;
};

}  // namespace rtcbot::net::test
