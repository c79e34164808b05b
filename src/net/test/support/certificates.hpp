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

/// An authority, made for this object alone.
class Authority {
 public:
  Authority();
  /// A certificate that is good for the name "localhost" alone.
  [[nodiscard]] Certificate certify(EVP_PKEY* key, long serial) const;
  [[nodiscard]] X509* certificate() const { return certificate_.get(); }

 private:
  Key key_;
  Certificate certificate_;
};

/// A file that goes with its object.
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

/// What a TLS server needs on disk, and the authority that its clients trust.
class CertifiedPair {
 public:
  CertifiedPair();
  [[nodiscard]] TlsFiles files() const { return {certificate_.path(), key_.path()}; }
  [[nodiscard]] const std::string& ca_file() const { return ca_.path(); }
  /// Puts a new key and a certificate with this serial number into the files.
  void renew(long serial);
  /// Puts a key there that is not the certificate's.
  void spoil() const;
  [[nodiscard]] const TemporaryFile& key_file() const { return key_; }

 private:
  Authority authority_;
  TemporaryFile ca_, certificate_, key_;
};

}  // namespace rtcbot::net::test
