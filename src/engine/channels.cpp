#include "channels.hpp"

#include <system_wrappers/include/clock.h>

#include <algorithm>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine {

namespace {

/// With this many unsent bytes, the newest answer about the time would arrive too late to be useful.
constexpr std::uint64_t kClockSendLimit = 4096;

/// Unix time in ms, from the clock that stamps frames with their capture time. It runs evenly from the start of the
/// process, even if the machine's time is corrected, so the times of frames and of answers agree.
double unix_ms() {
  constexpr double kFrom1900To1970 = 2'208'988'800;
  webrtc::Clock& clock = *webrtc::Clock::GetRealTimeClock();
  const webrtc::NtpTime now = clock.ConvertTimestampToNtpTime(clock.CurrentTime());
  const double fraction = now.fractions() / static_cast<double>(webrtc::NtpTime::kFractionsPerSecond);
  return (now.seconds() - kFrom1900To1970 + fraction) * 1000;
}

}  // namespace

/// Observer of one channel.
class Channels::Channel : public webrtc::DataChannelObserver {
 public:
  Channel(Channels& owner, rtc::scoped_refptr<webrtc::DataChannelInterface> channel)
      : owner_(owner), channel_(std::move(channel)), name_(channel_->label()) {}
  virtual ~Channel() { channel_->UnregisterObserver(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Not in the constructor, because messages that came early are delivered inside this call.
  void begin() {
    owner_.on_state(*this);
    channel_->RegisterObserver(this);
  }

  void OnStateChange() override { owner_.on_state(*this); }

  void OnMessage(const webrtc::DataBuffer& buffer) override {
    owner_.on_state(*this);
    if (is_clock()) {
      return owner_.on_clock_message(*channel_, std::string_view(buffer.data.data<char>(), buffer.data.size()));
    }
    std::string message(buffer.data.data<char>(), buffer.data.size());
    owner_.observer_.on_message(name_, std::move(message), buffer.binary);
  }

  void OnBufferedAmountChange(std::uint64_t) override { owner_.report(name_, 0, channel_->buffered_amount()); }

  webrtc::DataChannelInterface& channel() { return *channel_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// For the library's own use; the observer does not get its messages.
  [[nodiscard]] bool is_clock() const { return name_ == kClockChannel; }

  bool is_open = false;  ///< Reported to the observer as open, and not yet as closed.

 private:
  Channels& owner_;
  const rtc::scoped_refptr<webrtc::DataChannelInterface> channel_;
  const std::string name_;
};

Channels::Channels(std::shared_ptr<ChannelRegistry> registry, PeerObserver& observer,
                   std::function<std::int64_t()> max_message, Post post)
    : registry_(std::move(registry)),
      observer_(observer),
      max_message_(std::move(max_message)),
      post_(std::move(post)) {}

Channels::~Channels() = default;

bool Channels::add(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) {
  const std::string name = channel->label();
  if (channels_.size() >= peer::kMaxChannels || channels_.contains(name)) {
    channel->Close();
    return false;
  }
  Channel& added = *channels_.emplace(name, std::make_unique<Channel>(*this, std::move(channel))).first->second;
  added.begin();
  return true;
}

void Channels::send(const std::string& name, const std::string& message, bool binary) {
  const auto found = channels_.find(name);
  if (found == channels_.end()) return;
  webrtc::DataChannelInterface& channel = found->second->channel();
  // A refusal here means that the channel closed since `reserve`; its observer is notified of that.
  channel.Send(webrtc::DataBuffer(rtc::CopyOnWriteBuffer(message.data(), message.size()), binary));
  report(name, message.size(), channel.buffered_amount());
}

void Channels::report(const std::string& name, std::size_t taken, std::uint64_t buffered) {
  registry_->on_progress(name, taken, buffered);
  observer_.on_channel_progress(name, taken, buffered);
}

void Channels::on_state(Channel& channel) {
  const auto state = channel.channel().state();
  if (state == webrtc::DataChannelInterface::kOpen && !channel.is_open) {
    channel.is_open = true;
    if (channel.is_clock()) return;
    const bool is_reliable = channel.channel().maxRetransmitsOpt() != 0;
    const std::int64_t max_message = max_message_();
    registry_->open(channel.name(), max_message, is_reliable);
    observer_.on_channel_limits(channel.name(), max_message, is_reliable);
    observer_.on_channel_open(channel.name());
  }
  if (state != webrtc::DataChannelInterface::kClosed) return;
  if (std::exchange(channel.is_open, false) && !channel.is_clock()) {
    registry_->close(channel.name());
    observer_.on_channel_closed(channel.name());
  }
  // Deferred, because this is the channel's own callback.
  post_([this, name = channel.name()] { channels_.erase(name); });
}

void Channels::on_clock_message(webrtc::DataChannelInterface& channel, std::string_view text) {
  const auto answer = clock_answers_.on_message(runtime::now(), text, unix_ms());
  if (!answer) return;
  const bool has_room = channel.buffered_amount() < kClockSendLimit;
  if (!has_room || !channel.Send(webrtc::DataBuffer(*answer))) clock_answers_.on_not_sent();
}

void Channels::read_clock(Stats& stats) const {
  stats.seen = clock_answers_.seen();
  stats.clock_messages_refused = clock_answers_.refused();
}

void Channels::close_all() {
  const auto closing = std::exchange(channels_, {});
  for (const auto& [name, channel] : closing) {
    registry_->close(name);
    if (channel->is_open && !channel->is_clock()) observer_.on_channel_closed(name);
  }
}

}  // namespace rtcbot::engine
