#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <utility>

#include "waiting.hpp"

namespace rtcbot::net::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

bool wait_for(int descriptor, short event, std::chrono::milliseconds limit = kTimeout) {
  pollfd entry{descriptor, event, 0};
  return ::poll(&entry, 1, static_cast<int>(limit.count())) == 1;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(port);
  if (::connect(descriptor_, generic(address), sizeof address) != 0) close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)), reset_(other.reset_) {}

RawClient::~RawClient() { close(); }

void RawClient::shut_down_sending() { ::shutdown(descriptor_, SHUT_WR); }

void RawClient::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void RawClient::reset_on_close() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(descriptor_, POLLOUT)) return false;
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::has_input(std::chrono::milliseconds limit) const {
  return !unread_.empty() || wait_for(descriptor_, POLLIN, limit);
}

bool RawClient::read_some() {
  if (!wait_for(descriptor_, POLLIN)) return false;
  std::array<char, 16384> chunk;
  const auto got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (got < 0) reset_ = errno == ECONNRESET;
  if (got <= 0) return false;
  unread_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_through(std::string_view mark) {
  while (unread_.find(mark) == unread_.npos) {
    if (!read_some()) return std::exchange(unread_, {});
  }
  return read_exactly(unread_.find(mark) + mark.size());
}

std::string RawClient::read_exactly(std::size_t count) {
  while (unread_.size() < count) {
    if (!read_some()) return std::exchange(unread_, {});
  }
  auto bytes = unread_.substr(0, count);
  unread_.erase(0, count);
  return bytes;
}

std::string RawClient::read_response() {
  auto head = read_through("\r\n\r\n");
  const std::string name = "Content-Length: ";
  const auto at = head.find(name);
  if (at == head.npos) return head;
  return head + read_exactly(std::strtoul(head.c_str() + at + name.size(), nullptr, 10));
}

std::string RawClient::read_to_end() {
  while (read_some()) {
  }
  return std::exchange(unread_, {});
}

RawListener::RawListener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(descriptor_, generic(address), size) != 0 || ::listen(descriptor_, 16) != 0) return;
  if (::getsockname(descriptor_, generic(address), &size) == 0) port_ = ntohs(address.sin_port);
}

RawListener::~RawListener() { ::close(descriptor_); }

RawClient RawListener::accept() const {
  const bool came = wait_for(descriptor_, POLLIN);
  return RawClient::adopt(came ? ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC) : -1);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::string upgrade_request(std::string_view path, std::string_view further_fields) {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: robot\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(further_fields) + "\r\n";
}

std::string client_frame(unsigned char first_byte, std::string_view payload) {
  // A mask of zeros leaves the payload readable.
  std::string frame{static_cast<char>(first_byte), static_cast<char>(0x80U | payload.size())};
  frame.append(4, '\0').append(payload);
  return frame;
}

}  // namespace rtcbot::net::test
