#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::peer {

/// Tracks which channels are open and how much each has still to send. `send` needs this immediately, on any thread.
class ChannelRegistry {
 public:
  /// `reserve` fails above this number of unsent bytes.
  static constexpr std::int64_t kSendLimit = 1 << 20;
  /// The same for channels without retransmission, whose queued messages soon become worthless.
  static constexpr std::int64_t kUnreliableSendLimit = 8 * 1024;
  /// Limit of tracked channels; `send` fails on channels opened beyond it.
  static constexpr std::size_t kMaxChannels = 64;

  void open(const std::string& name, std::int64_t max_message, bool is_reliable);
  void close(const std::string& name);
  /// Reserves space for a message.  Errors as `Peer::send`.
  Result<void> reserve(const std::string& name, std::size_t size);
  /// The engine has accepted `taken` bytes and now buffers `buffered` for the channel; empty: unchanged.
  void on_progress(const std::string& name, std::uint64_t taken, std::optional<std::uint64_t> buffered);
  void close_all();

 private:
  struct Entry {
    std::int64_t max_message = 0;
    std::int64_t send_limit = kSendLimit;
    std::int64_t on_the_way = 0;  ///< Reserved, not yet in the engine.
    std::int64_t buffered = 0;    ///< In the engine, not yet in its transport.
  };

  std::mutex mutex_;
  std::map<std::string, Entry> open_;
};

}  // namespace rtcbot::peer
