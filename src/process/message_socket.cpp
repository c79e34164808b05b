#include "rtcbot/process/message_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

namespace rtcbot::process {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

std::size_t size_of(const Outgoing& message) { return message.head.size() + message.tail.size(); }

/// The part of a message after its first `sent` bytes.
std::array<iovec, 2> rest_of(const Outgoing& message, std::size_t sent) {
  const auto part = [](const std::uint8_t* data, std::size_t size) {
    return iovec{.iov_base = const_cast<std::uint8_t*>(data), .iov_len = size};
  };
  if (sent >= message.head.size()) {
    const auto left = message.tail.subspan(sent - message.head.size());
    return {part(left.data(), left.size()), part(nullptr, 0)};
  }
  return {part(message.head.data() + sent, message.head.size() - sent), part(message.tail.data(), message.tail.size())};
}

}  // namespace

MessageSocket::MessageSocket(runtime::Descriptor socket, Limits limits)
    : socket_(std::move(socket)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), limits_(limits), buffer_(kReadBytes) {
  fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
}

MessageSocket::~MessageSocket() = default;

bool MessageSocket::send(Outgoing message) {
  const std::size_t size = size_of(message);
  const std::lock_guard lock(mutex_);
  if (stopped_ || waiting_bytes_ + size > limits_.max_waiting_bytes) return false;
  Waiting one{.message = std::move(message)};
  if (waiting_.empty()) {
    if (!write(one)) {
      stop();
      return false;
    }
    if (one.sent == size) return true;
  }
  keep(std::move(one));
  wake();
  return true;
}

void MessageSocket::keep(Waiting waiting) {
  const std::size_t size = size_of(waiting.message);
  waiting_bytes_ += size;
  if (waiting.message.account) *waiting.message.account += size;
  waiting_.push_back(std::move(waiting));
}

/// Returns false if the other side is gone.
bool MessageSocket::write(Waiting& waiting) {
  const std::size_t size = size_of(waiting.message);
  while (waiting.sent < size) {
    auto parts = rest_of(waiting.message, waiting.sent);
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    const ssize_t count = sendmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    waiting.sent += static_cast<std::size_t>(count);
  }
  return true;
}

void MessageSocket::flush() {
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty()) {
    Waiting& first = waiting_.front();
    if (!write(first)) return stop();
    const std::size_t size = size_of(first.message);
    if (first.sent < size) return;
    waiting_bytes_ -= size;
    if (first.message.account) *first.message.account -= size;
    waiting_.pop_front();
  }
}

bool MessageSocket::read(ipc::Splitter& splitter, const OnMessage& on_message) {
  const ssize_t count = recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  if (count == 0) return false;
  const auto cut = splitter.feed(std::span(buffer_).first(static_cast<std::size_t>(count)), [&](const auto& message) {
    if (!stopped_) on_message(message);
  });
  return cut.has_value();
}

void MessageSocket::run(const OnMessage& on_message, std::chrono::milliseconds tick,
                        const std::function<void()>& on_tick) {
  ipc::Splitter splitter(limits_.max_message_bytes);
  auto next_tick = std::chrono::steady_clock::now() + tick;
  while (!stopped_) {
    std::array<pollfd, 2> watched{pollfd{socket_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
    if (waiting_bytes_ > 0) watched[0].events = POLLIN | POLLOUT;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(next_tick - std::chrono::steady_clock::now()).count() + 1;
    poll(watched.data(), watched.size(), left < 0 ? 0 : static_cast<int>(left));
    if (watched[1].revents != 0) drain_wake();
    if ((watched[0].revents & POLLOUT) != 0) flush();
    if ((watched[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !read(splitter, on_message)) break;
    if (std::chrono::steady_clock::now() < next_tick) continue;
    // Relative to now, so that missed ticks are not repeated after a pause of the machine.
    next_tick = std::chrono::steady_clock::now() + tick;
    on_tick();
  }
  stop();
}

void MessageSocket::stop() {
  stopped_ = true;
  shutdown(socket_.get(), SHUT_RDWR);
  wake();
}

void MessageSocket::wake() const { eventfd_write(wake_.get(), 1); }

void MessageSocket::drain_wake() const {
  eventfd_t count = 0;
  eventfd_read(wake_.get(), &count);
}

}  // namespace rtcbot::process
