#include "socket_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <cstring>
#include <limits>

namespace rtcbot::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRecordSize = 16 * 1024;  // RFC 8446 section 5.1
// Idle connections release their record buffers, 34 KiB each.
constexpr long kModes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

int descriptor_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool is_worth_retrying(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

int write_bio(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  // OpenSSL's own socket BIO raises SIGPIPE if the other side has gone.
  const ssize_t sent = ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (is_worth_retrying(sent)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int read_bio(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), 0);
  if (is_worth_retrying(got)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long control_bio(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

BIO_METHOD* make_bio_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rtcbot socket");
  if (method == nullptr) return nullptr;
  BIO_meth_set_write(method, write_bio);
  BIO_meth_set_read(method, read_bio);
  BIO_meth_set_ctrl(method, control_bio);
  return method;
}

/// Creates a BIO for a socket that it does not own. Null: no memory.
BIO* make_bio(int descriptor) {
  static const BIO_METHOD* const kMethod = make_bio_method();
  BIO* bio = kMethod == nullptr ? nullptr : BIO_new(kMethod);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(bio, 1);
  return bio;
}

SocketStream::ErrorCode error_of_errno() {
  return errno == 0 ? SocketStream::ErrorCode(asio::error::eof)
                    : SocketStream::ErrorCode(errno, boost::system::system_category());
}

}  // namespace

void SocketStream::Freer::operator()(SSL* connection) const { SSL_free(connection); }

bool SocketStream::secure(SSL_CTX* context, Role role) {
  ErrorCode error;
  socket_.non_blocking(true, error);
  std::unique_ptr<SSL, Freer> tls(SSL_new(context));
  BIO* bio = tls ? make_bio(socket_.native_handle()) : nullptr;
  if (error || bio == nullptr) return false;
  SSL_set_bio(tls.get(), bio, bio);
  SSL_ctrl(tls.get(), SSL_CTRL_MODE, kModes, nullptr);
  if (role == Role::server) {
    SSL_set_accept_state(tls.get());
  } else {
    SSL_set_connect_state(tls.get());
  }
  tls_ = std::move(tls);
  return true;
}

SocketStream::Attempt SocketStream::outcome_of(int result) {
  using Outcome = Attempt::Outcome;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {Outcome::wait_read, 0, {}};
    case SSL_ERROR_WANT_WRITE: return {Outcome::wait_write, 0, {}};
    case SSL_ERROR_ZERO_RETURN: return {Outcome::failed, 0, asio::error::eof};
    case SSL_ERROR_SYSCALL: return {Outcome::failed, 0, error_of_errno()};
    default: {
      const auto why = ERR_get_error();
      return {Outcome::failed, 0, ErrorCode(static_cast<int>(why), asio::error::get_ssl_category())};
    }
  }
}

SocketStream::Attempt SocketStream::read_now(void* data, std::size_t size) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    errno = 0;
    const auto most = std::min<std::size_t>(size, std::numeric_limits<int>::max());
    const int got = SSL_read(tls_.get(), data, static_cast<int>(most));
    return got > 0 ? Attempt{Attempt::Outcome::done, static_cast<std::size_t>(got), {}} : outcome_of(got);
  }
  const ssize_t got = ::recv(socket_.native_handle(), data, size, MSG_DONTWAIT);
  if (got > 0) return {Attempt::Outcome::done, static_cast<std::size_t>(got), {}};
  if (is_worth_retrying(got)) return {Attempt::Outcome::wait_read, 0, {}};
  if (got == 0) return {Attempt::Outcome::failed, 0, asio::error::eof};
  return {Attempt::Outcome::failed, 0, error_of_errno()};
}

SocketStream::Attempt SocketStream::write_now(const Parts& parts) {
  // After a wait the attempt is repeated with the same bytes, which OpenSSL has already encrypted. They may then be at
  // another address, which SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER allows.
  std::array<char, kRecordSize> record;  // NOLINT: 16 KiB need no initialization
  const void* data = parts.list[0].data();
  std::size_t size = parts.list[0].size();
  if (parts.count > 1 && size < kRecordSize) {
    size = 0;
    for (std::size_t i = 0; i < parts.count && size < kRecordSize; ++i) {
      const auto& part = parts.list.at(i);
      const auto taken = std::min(part.size(), kRecordSize - size);
      std::memcpy(record.data() + size, part.data(), taken);
      size += taken;
    }
    data = record.data();
  }
  const int sent = SSL_write(tls_.get(), data, static_cast<int>(std::min(size, kRecordSize)));
  return sent > 0 ? Attempt{Attempt::Outcome::done, static_cast<std::size_t>(sent), {}} : outcome_of(sent);
}

SocketStream::Attempt SocketStream::attempt(Kind kind, const Parts& parts) {
  if (kind != Kind::handshake && parts.count == 0) return {};
  ERR_clear_error();
  errno = 0;
  switch (kind) {
    case Kind::read: return read_now(const_cast<void*>(parts.list[0].data()), parts.list[0].size());
    case Kind::write: return write_now(parts);
    case Kind::handshake: break;
  }
  const int result = SSL_do_handshake(tls_.get());
  return result == 1 ? Attempt{} : outcome_of(result);
}

bool SocketStream::has_pending() const { return SSL_has_pending(tls_.get()) == 1; }

void SocketStream::say_goodbye() {
  if (tls_ == nullptr || SSL_is_init_finished(tls_.get()) == 0 || !socket_.is_open()) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
}

}  // namespace rtcbot::net
