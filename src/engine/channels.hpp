#pragma once

#include <api/data_channel_interface.h>
#include <api/peer_connection_interface.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "clock_answers.hpp"
#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// Which channels are open and how much each has yet to send: what `send` must know at once, on any thread.
class ChannelBook {
 public:
  /// Over this many bytes not yet sent, `reserve` refuses.
  static constexpr std::int64_t kSendLimit = 1 << 20;
  /// The same for a channel whose messages are not repeated: what waits there is worthless soon.
  static constexpr std::int64_t kPassingSendLimit = 8 * 1024;

  void open(const std::string& name, std::int64_t largest_message, std::int64_t send_limit = kSendLimit);
  void close(const std::string& name);
  /// Takes room for a message.  Errors as `Peer::send`.
  Result<void> reserve(const std::string& name, std::size_t size);
  /// The message reached libwebrtc, which now holds `buffered` bytes for the channel.
  void handed_over(const std::string& name, std::size_t size, std::uint64_t buffered);
  void set_buffered(const std::string& name, std::uint64_t buffered);

 private:
  struct Entry {
    std::int64_t largest_message = 0;
    std::int64_t send_limit = kSendLimit;
    std::int64_t on_the_way = 0;  ///< Reserved, not yet with libwebrtc.
    std::int64_t buffered = 0;    ///< With libwebrtc, not yet with its transport.
  };

  std::mutex mutex_;
  std::map<std::string, Entry> open_;
};

/// The data channels of one connection, by name. On the signalling thread only; `book` serves the other threads.
class Channels {
 public:
  /// A browser may open channels as it likes; more than this are closed at once.
  static constexpr std::size_t kMost = 32;

  using Post = std::function<void(std::function<void()>)>;

  /// `largest_message`: what the other side takes in one message, asked when a channel opens.
  Channels(std::shared_ptr<ChannelBook> book, PeerObserver& observer, std::function<std::int64_t()> largest_message,
           Post post);
  ~Channels();

  /// Takes charge of a channel of either side. False, and the channel is closed, if the name is taken or there are too
  /// many.
  bool add(rtc::scoped_refptr<webrtc::DataChannelInterface> channel);
  void send(const std::string& name, const std::string& message, bool binary);
  /// Tells of each open channel that it is closed, and lets go of all.
  void close_all();
  /// Adds what is known by `kClockChannel`.
  void read_clock(Stats& stats) const;

 private:
  class Channel;
  void on_state(Channel& channel);
  void on_clock_message(webrtc::DataChannelInterface& channel, std::string_view text);

  std::shared_ptr<ChannelBook> book_;
  PeerObserver& observer_;
  std::function<std::int64_t()> largest_message_;
  Post post_;
  ClockAnswers clock_answers_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
};

}  // namespace rtcbot::engine
