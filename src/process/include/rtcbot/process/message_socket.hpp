#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "rtcbot/ipc/splitter.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::process {

/// A message to send: `head`, then `tail`, which `owner` keeps alive. `tail` is never copied.
struct Outgoing {
  std::vector<std::uint8_t> head{};
  std::shared_ptr<const void> owner{};
  std::span<const std::uint8_t> tail{};
  /// If set, it includes the size of the message while the message is queued. Lets a sender limit its own share.
  std::shared_ptr<std::atomic<std::size_t>> account{};
};

/// One end of a Unix stream socket between two processes, with messages of `rtcbot/ipc`.
///
/// Any thread may call `send` and `stop`; they never wait. `run` is the reading thread's function. The sender's thread
/// writes a message if the kernel has room, otherwise the reading thread does. The queue is bounded.
class MessageSocket {
 public:
  struct Limits {
    std::size_t max_message_bytes = ipc::kMaxEventBytes;  ///< Limit for received messages.
    std::size_t max_waiting_bytes = std::size_t{16} << 20;
  };
  using OnMessage = std::function<void(const ipc::MessageBytes&)>;

  /// @param socket a connected stream socket; made non-blocking here
  MessageSocket(runtime::Descriptor socket, Limits limits);
  ~MessageSocket();
  MessageSocket(const MessageSocket&) = delete;
  MessageSocket& operator=(const MessageSocket&) = delete;

  /// Returns false if the other side is gone or the queue is full; then no part of this message is sent.
  bool send(Outgoing message);

  /// Reads and writes until the other side closes or sends an invalid message, or `stop` is called.
  /// @param tick maximum interval of `on_tick`, which is called between messages
  void run(const OnMessage& on_message, std::chrono::milliseconds tick, const std::function<void()>& on_tick);

  /// Makes `run` return soon, and further calls of `send` fail.
  void stop();

  /// Bytes in the queue.
  [[nodiscard]] std::size_t waiting() const { return waiting_bytes_; }

 private:
  struct Waiting {
    Outgoing message;
    std::size_t sent = 0;
  };

  [[nodiscard]] bool write(Waiting& waiting);
  void flush();
  void keep(Waiting waiting);
  [[nodiscard]] bool read(ipc::Splitter& splitter, const OnMessage& on_message);
  void wake() const;
  void drain_wake() const;

  const runtime::Descriptor socket_;
  const runtime::Descriptor wake_;
  const Limits limits_;
  std::vector<std::uint8_t> buffer_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> waiting_bytes_{0};
  std::mutex mutex_;
  std::deque<Waiting> waiting_;  ///< Protected by `mutex_`, like writing.
};

}  // namespace rtcbot::process
