#pragma once

#include <api/data_channel_interface.h>
#include <api/peer_connection_interface.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "clock_answers.hpp"
#include "peer_types.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/peer/channel_registry.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

using peer::ChannelRegistry;

/// The data channels of one connection, by name. Used only on the signalling thread; `registry` serves the other
/// threads.
class Channels {
 public:
  using Post = std::function<void(std::function<void()>)>;

  /// `max_message`: the largest message that the other side accepts, queried when a channel opens.
  Channels(std::shared_ptr<ChannelRegistry> registry, PeerObserver& observer, std::function<std::int64_t()> max_message,
           Post post);
  ~Channels();

  /// Takes over a channel of either side. Returns false and closes the channel if the name is in use or there are too
  /// many.
  bool add(rtc::scoped_refptr<webrtc::DataChannelInterface> channel);
  void send(const std::string& name, const std::string& message, bool binary);
  /// Reports each open channel as closed, and releases all.
  void close_all();
  /// Adds the information from `kClockChannel`.
  void read_clock(Stats& stats) const;

 private:
  class Channel;
  void on_state(Channel& channel);
  void report(const std::string& name, std::size_t taken, std::uint64_t buffered);
  void on_clock_message(webrtc::DataChannelInterface& channel, std::string_view text);

  std::shared_ptr<ChannelRegistry> registry_;
  PeerObserver& observer_;
  std::function<std::int64_t()> max_message_;
  Post post_;
  ClockAnswers clock_answers_;
  std::map<std::string, std::unique_ptr<Channel>> channels_;
};

}  // namespace rtcbot::engine
