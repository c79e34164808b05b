#include "certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace rtcbot::net::test {
namespace {

void set_name(X509* certificate, const char* name) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(name);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, bytes, -1, -1, 0);
}

void extend(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const char* name, long serial) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  set_name(certificate.get(), name);
  return certificate;
}

}  // namespace

Key make_key() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }

Authority::Authority() : key_(make_key()), certificate_(make_certificate(key_.get(), "Test authority", 1)) {
  extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
}

Certificate Authority::certify(EVP_PKEY* key, long serial) const {
  Certificate own = make_certificate(key, "Test server", serial);
  extend(own.get(), NID_subject_alt_name, "DNS:localhost");
  X509_set_issuer_name(own.get(), X509_get_subject_name(certificate_.get()));
  X509_sign(own.get(), key_.get(), EVP_sha256());
  return own;
}

TemporaryFile::TemporaryFile() : path_("/tmp/rtcbot-net-test-XXXXXX") { ::close(::mkstemp(path_.data())); }
TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

void TemporaryFile::write(X509* certificate) const {
  std::FILE* file = std::fopen(path_.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
}

void TemporaryFile::write(EVP_PKEY* key) const {
  std::FILE* file = std::fopen(path_.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
}

void TemporaryFile::write(const std::string& text) const {
  std::FILE* file = std::fopen(path_.c_str(), "w");
  std::fputs(text.c_str(), file);
  std::fclose(file);
}

CertifiedPair::CertifiedPair() {
  ca_.write(authority_.certificate());
  renew(2);
}

void CertifiedPair::renew(long serial) {
  const Key key = make_key();
  certificate_.write(authority_.certify(key.get(), serial).get());
  key_.write(key.get());
}

void CertifiedPair::spoil() const { key_.write(make_key().get()); }

}  // namespace rtcbot::net::test
