#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::peer {

/// Which channels are open and how much each has yet to send: what `send` must know at once, on any thread.
class ChannelRegistry {
 public:
  /// Over this many bytes not yet sent, `reserve` refuses.
  static constexpr std::int64_t kSendLimit = 1 << 20;
  /// The same for a channel whose messages are not repeated: what waits there is worthless soon.
  static constexpr std::int64_t kUnreliableSendLimit = 8 * 1024;
  /// No more channels are kept: one that is opened beyond them cannot be sent on.
  static constexpr std::size_t kMaxChannels = 64;

  void open(const std::string& name, std::int64_t max_message, bool is_reliable);
  void close(const std::string& name);
  /// Takes room for a message.  Errors as `Peer::send`.
  Result<void> reserve(const std::string& name, std::size_t size);
  /// The engine has taken so many bytes, and now holds `buffered` for the channel; empty: as before.
  void on_progress(const std::string& name, std::uint64_t taken, std::optional<std::uint64_t> buffered);
  void close_all();

 private:
  struct Entry {
    std::int64_t max_message = 0;
    std::int64_t send_limit = kSendLimit;
    std::int64_t on_the_way = 0;  ///< Reserved, not yet with the engine.
    std::int64_t buffered = 0;    ///< With the engine, not yet with its transport.
  };

  std::mutex mutex_;
  std::map<std::string, Entry> open_;
};

}  // namespace rtcbot::peer
