#include "client_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace rtcbot::bench {
namespace {

bool waits(const SSL* connection, int result) {
  const int error = SSL_get_error(connection, result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

std::unique_ptr<SSL_CTX, ContextFreer> make_client_context() {
  std::unique_ptr<SSL_CTX, ContextFreer> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_ctrl(context.get(), SSL_CTRL_MODE,
               SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, nullptr);
  SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL,
               nullptr);
  SSL_CTX_sess_set_new_cb(context.get(), &ClientSocket::on_session);
  return context;
}

int ClientSocket::on_session(SSL* connection, SSL_SESSION* session) {
  static_cast<ClientSocket*>(SSL_get_ex_data(connection, 0))->session_.reset(SSL_SESSION_dup(session));
  return 0;
}

bool ClientSocket::connect(int epoll, std::uint64_t tag, std::uint16_t port, SSL_CTX* context) {
  close();
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return false;
  const int yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (result != 0 && errno != EINPROGRESS) return close(), false;
  if (context != nullptr) {
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), descriptor_);
    SSL_set_connect_state(tls_.get());
    SSL_set_ex_data(tls_.get(), 0, this);  // place 0 is the application's
    const std::unique_ptr<SSL_SESSION, Freer> before(session_ ? SSL_SESSION_dup(session_.get()) : nullptr);
    if (before) SSL_set_session(tls_.get(), before.get());
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = tag;
  state_ = State::connecting;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor_, &event) == 0;
}

void ClientSocket::close() {
  tls_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  state_ = State::closed;
  std::string().swap(in);
  std::string().swap(out_);
}

bool ClientSocket::drive() {
  if (state_ == State::closed) return false;
  if (state_ == State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return false;
    sockaddr_in peer{};
    size = sizeof peer;
    if (::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return true;
    state_ = tls_ ? State::shaking : State::open;
  }
  if (state_ == State::shaking && !shake()) return false;
  if (state_ != State::open) return true;
  return flush() && read_all();
}

bool ClientSocket::shake() {
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) state_ = State::open;
  return result == 1 || waits(tls_.get(), result);
}

bool ClientSocket::read_all() {
  std::array<char, 16384> chunk;  // NOLINT: needs no zeros first
  while (true) {
    ssize_t got = 0;
    if (tls_) {
      got = SSL_read(tls_.get(), chunk.data(), static_cast<int>(chunk.size()));
      if (got <= 0) return waits(tls_.get(), static_cast<int>(got));
    } else {
      got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
      if (got <= 0) return got < 0 && would_block();
    }
    in.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

bool ClientSocket::flush() {
  while (!out_.empty()) {
    ssize_t sent = 0;
    if (tls_) {
      sent = SSL_write(tls_.get(), out_.data(), static_cast<int>(out_.size()));
      if (sent <= 0) return waits(tls_.get(), static_cast<int>(sent));
    } else {
      sent = ::send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
      if (sent <= 0) return would_block();
    }
    out_.erase(0, static_cast<std::size_t>(sent));
  }
  if (out_.capacity() > 0) std::string().swap(out_);
  return true;
}

bool ClientSocket::send(std::string_view bytes) {
  out_.append(bytes);
  return state_ != State::open || flush();
}

std::string upgrade_request(const std::string& path, const char* subprotocol) {
  std::string request = "GET " + path +
                        " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  if (subprotocol != nullptr) request.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  return request + "\r\n";
}

std::string masked_frame(unsigned opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80U | opcode));
  const auto size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(0x80U | size);
  } else if (size < 65536) {
    frame += static_cast<char>(0xfe);
    for (const unsigned shift : {8U, 0U}) frame += static_cast<char>((size >> shift) & 255U);
  } else {
    frame += static_cast<char>(0xff);
    for (unsigned shift = 56;; shift -= 8) {
      frame += static_cast<char>((size >> shift) & 255U);
      if (shift == 0) break;
    }
  }
  frame.append(4, '\0');
  return frame.append(payload);
}

std::optional<Frame> take_frame(std::string& bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() < 2) return std::nullopt;
  std::uint64_t size = at(1) & 127U;
  std::size_t begin = 2;
  const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (bytes.size() < begin + extra) return std::nullopt;
  if (extra > 0) size = 0;
  for (std::size_t i = 0; i < extra; ++i) size = (size << 8U) | at(begin++);
  if (bytes.size() < begin + size) return std::nullopt;
  Frame frame{static_cast<unsigned>(at(0) & 15U), bytes.substr(begin, size)};
  bytes.erase(0, begin + size);
  return frame;
}

std::optional<Answer> take_answer(std::string& bytes, bool has_body) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const auto head = ascii_lower(std::string_view(bytes).substr(0, end));
  Answer answer;
  if (head.size() > 12) std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  std::size_t length = 0;
  const auto field = head.find("content-length: ");
  if (has_body && field != std::string::npos) {
    std::from_chars(head.data() + field + 16, head.data() + head.size(), length);
  }
  if (bytes.size() < end + 4 + length) return std::nullopt;
  answer.body = bytes.substr(end + 4, length);
  bytes.erase(0, end + 4 + length);
  return answer;
}

}  // namespace rtcbot::bench
