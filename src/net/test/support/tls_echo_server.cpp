#include "tls_echo_server.hpp"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "certificates.hpp"

namespace rtcbot::net::test {
namespace {

using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX, SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Freer<SSL, SSL_free>>;

std::string accept_key(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name) + name.size();
  const auto text = request.substr(begin, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> encoded{};
  EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return reinterpret_cast<const char*>(encoded.data());
}

/// Echoes one short masked frame, of whatever kind: an echoed close frame is the answer to it.
bool echo_frame(SSL* connection) {
  std::array<unsigned char, 131> frame{};
  if (SSL_read(connection, frame.data(), 2) != 2) return false;
  const int length = frame[1] & 0x7f;
  std::array<unsigned char, 4> mask{};
  if (length > 125 || SSL_read(connection, mask.data(), 4) != 4) return false;
  if (length > 0 && SSL_read(connection, &frame[2], length) != length) return false;
  frame[1] = static_cast<unsigned char>(length);
  for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) frame[2 + i] ^= mask[i % 4];
  const bool sent = SSL_write(connection, frame.data(), 2 + length) == 2 + length;
  return sent && (frame[0] & 0x0f) != 8;
}

void speak(SSL* connection) {
  std::string request;
  std::array<char, 2048> chunk{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const int got = SSL_read(connection, chunk.data(), static_cast<int>(chunk.size()));
    if (got <= 0) return;
    request.append(chunk.data(), static_cast<std::size_t>(got));
  }
  const auto answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      accept_key(request) + "\r\n\r\n";
  SSL_write(connection, answer.data(), static_cast<int>(answer.size()));
  while (echo_frame(connection)) {
  }
}

}  // namespace

struct TlsEchoServer::State {
  Context context{SSL_CTX_new(TLS_server_method())};
  TemporaryFile ca;
  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<bool> stop = false;
  std::atomic<int> resumed = 0;
  std::mutex mutex;
  std::string asked_name;
  std::thread thread;

  void certify() {
    const Authority authority;
    const Key key = make_key();
    const Certificate own = authority.certify(key.get(), 2);
    SSL_CTX_use_certificate(context.get(), own.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    ca.write(authority.certificate());
  }

  void listen() {
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, size) != 0 || ::listen(listener, 4) != 0) return;
    if (::getsockname(listener, generic, &size) == 0) port = ntohs(address.sin_port);
  }

  void run() {
    while (!stop) {
      pollfd entry{listener, POLLIN, 0};
      if (::poll(&entry, 1, 50) != 1) continue;
      const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      const timeval timeout{5, 0};
      ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
      const Connection connection(SSL_new(context.get()));
      SSL_set_fd(connection.get(), client);
      if (SSL_accept(connection.get()) == 1) {
        resumed += SSL_session_reused(connection.get());
        note_name(SSL_get_servername(connection.get(), TLSEXT_NAMETYPE_host_name));
        speak(connection.get());
      }
      ::close(client);
    }
  }

  void note_name(const char* name) {
    const std::lock_guard lock(mutex);
    asked_name = name == nullptr ? "" : name;
  }
};

TlsEchoServer::TlsEchoServer() : state_(std::make_unique<State>()) {
  state_->certify();
  state_->listen();
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

TlsEchoServer::~TlsEchoServer() {
  state_->stop = true;
  state_->thread.join();
  ::close(state_->listener);
}

std::uint16_t TlsEchoServer::port() const { return state_->port; }
std::string TlsEchoServer::ca_file() const { return state_->ca.path(); }

int TlsEchoServer::resumed() const { return state_->resumed; }

std::string TlsEchoServer::asked_name() const {
  const std::lock_guard lock(state_->mutex);
  return state_->asked_name;
}

}  // namespace rtcbot::net::test
