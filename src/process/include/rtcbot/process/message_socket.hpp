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

/// Bytes to be sent: `head`, then `tail`, which `owner` keeps alive and which is not copied unless it has to wait.
struct Outgoing {
  std::vector<std::uint8_t> head{};
  std::shared_ptr<const void> owner{};
  std::span<const std::uint8_t> tail{};
  /// If set: grows by the size of the message while it waits to be sent. Lets a sender bound its own share.
  std::shared_ptr<std::atomic<std::size_t>> account{};
};

/// One end of a Unix stream socket between two processes, with messages of `rtcbot/ipc`.
///
/// `send` and `stop` on any thread; they never wait. `run` is the reading thread. A message is written by its sender's
/// thread where the kernel has room, and by the reading thread otherwise. What waits is bounded.
class MessageSocket {
 public:
  struct Limits {
    std::size_t max_message_bytes = ipc::kMaxEventBytes;  ///< Of a message that is received.
    std::size_t max_waiting_bytes = std::size_t{16} << 20;
  };
  using OnMessage = std::function<void(const ipc::MessageBytes&)>;

  /// @param socket a connected stream socket; made non-blocking here
  MessageSocket(runtime::Descriptor socket, Limits limits);
  ~MessageSocket();
  MessageSocket(const MessageSocket&) = delete;
  MessageSocket& operator=(const MessageSocket&) = delete;

  /// False: the other side is gone, or too much waits; nothing of this message was or will be sent.
  bool send(Outgoing message);

  /// Reads and writes until the other side closes, sends what is no message, or `stop` is called.
  /// @param tick how often `on_tick` is called at least, between messages
  void run(const OnMessage& on_message, std::chrono::milliseconds tick, const std::function<void()>& on_tick);

  /// `run` returns soon, and `send` fails from now on.
  void stop();

  /// Bytes that wait to be sent.
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
  std::deque<Waiting> waiting_;  ///< Guarded by `mutex_`, as is writing.
};

}  // namespace rtcbot::process
