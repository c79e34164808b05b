#include "channels.hpp"

#include <system_wrappers/include/clock.h>

#include <algorithm>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine {

namespace {

/// With this much not yet sent, the newest answer about the time would come too late to be worth anything.
constexpr std::uint64_t kClockSendLimit = 4096;

/// Unix time in ms, by the clock that stamps frames with their capture time: it runs evenly from the start of the
/// process, also when the machine's time is corrected. Only so do the times of frames and of answers agree.
double unix_ms() {
  constexpr double kFrom1900To1970 = 2'208'988'800;
  webrtc::Clock& clock = *webrtc::Clock::GetRealTimeClock();
  const webrtc::NtpTime now = clock.ConvertTimestampToNtpTime(clock.CurrentTime());
  const double fraction = now.fractions() / static_cast<double>(webrtc::NtpTime::kFractionsPerSecond);
  return (now.seconds() - kFrom1900To1970 + fraction) * 1000;
}

}  // namespace

void ChannelBook::open(const std::string& name, std::int64_t largest_message, std::int64_t send_limit) {
  std::lock_guard lock(mutex_);
  open_[name] = Entry{.largest_message = largest_message, .send_limit = send_limit};
}

void ChannelBook::close(const std::string& name) {
  std::lock_guard lock(mutex_);
  open_.erase(name);
}

Result<void> ChannelBook::reserve(const std::string& name, std::size_t size) {
  std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found == open_.end()) return fail(Errc::invalid_state, "no data channel '" + name + "' is open");
  Entry& entry = found->second;
  const auto bytes = static_cast<std::int64_t>(size);
  if (bytes > entry.largest_message) {
    return fail(Errc::too_large, "a message of " + std::to_string(bytes) + " bytes is over the " +
                                     std::to_string(entry.largest_message) + " that the other side takes");
  }
  if (entry.on_the_way + entry.buffered + bytes > entry.send_limit) {
    return fail(Errc::queue_full, "data channel '" + name + "' has over " + std::to_string(entry.send_limit / 1024) +
                                      " KiB not yet sent; send less or slower");
  }
  entry.on_the_way += bytes;
  return {};
}

void ChannelBook::handed_over(const std::string& name, std::size_t size, std::uint64_t buffered) {
  std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found == open_.end()) return;
  Entry& entry = found->second;
  entry.on_the_way = std::max<std::int64_t>(entry.on_the_way - static_cast<std::int64_t>(size), 0);
  entry.buffered = static_cast<std::int64_t>(buffered);
}

void ChannelBook::set_buffered(const std::string& name, std::uint64_t buffered) {
  std::lock_guard lock(mutex_);
  if (const auto found = open_.find(name); found != open_.end()) {
    found->second.buffered = static_cast<std::int64_t>(buffered);
  }
}

/// One channel's observer.
class Channels::Channel : public webrtc::DataChannelObserver {
 public:
  Channel(Channels& owner, rtc::scoped_refptr<webrtc::DataChannelInterface> channel)
      : owner_(owner), channel_(std::move(channel)), name_(channel_->label()) {}
  virtual ~Channel() { channel_->UnregisterObserver(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Separate from construction: messages that came early are delivered from within.
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

  void OnBufferedAmountChange(std::uint64_t) override {
    owner_.book_->set_buffered(name_, channel_->buffered_amount());
  }

  webrtc::DataChannelInterface& channel() { return *channel_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of the library's own, of which the observer does not hear.
  [[nodiscard]] bool is_clock() const { return name_ == kClockChannel; }

  bool is_open = false;  ///< Told to the observer, and not yet closed.

 private:
  Channels& owner_;
  const rtc::scoped_refptr<webrtc::DataChannelInterface> channel_;
  const std::string name_;
};

Channels::Channels(std::shared_ptr<ChannelBook> book, PeerObserver& observer,
                   std::function<std::int64_t()> largest_message, Post post)
    : book_(std::move(book)),
      observer_(observer),
      largest_message_(std::move(largest_message)),
      post_(std::move(post)) {}

Channels::~Channels() = default;

bool Channels::add(rtc::scoped_refptr<webrtc::DataChannelInterface> channel) {
  const std::string name = channel->label();
  if (channels_.size() >= kMost || channels_.contains(name)) {
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
  // A refusal here means that the channel closed since `reserve`; its observer hears of that.
  channel.Send(webrtc::DataBuffer(rtc::CopyOnWriteBuffer(message.data(), message.size()), binary));
  book_->handed_over(name, message.size(), channel.buffered_amount());
}

void Channels::on_state(Channel& channel) {
  const auto state = channel.channel().state();
  if (state == webrtc::DataChannelInterface::kOpen && !channel.is_open) {
    channel.is_open = true;
    if (channel.is_clock()) return;
    const bool is_repeated = channel.channel().maxRetransmitsOpt() != 0;
    book_->open(channel.name(), largest_message_(),
                is_repeated ? ChannelBook::kSendLimit : ChannelBook::kPassingSendLimit);
    observer_.on_channel_open(channel.name());
  }
  if (state != webrtc::DataChannelInterface::kClosed) return;
  if (std::exchange(channel.is_open, false) && !channel.is_clock()) {
    book_->close(channel.name());
    observer_.on_channel_closed(channel.name());
  }
  // Not here, as this is the channel's own call-back.
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
    book_->close(name);
    if (channel->is_open && !channel->is_clock()) observer_.on_channel_closed(name);
  }
}

}  // namespace rtcbot::engine
