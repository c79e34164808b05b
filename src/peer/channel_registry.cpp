#include "rtcbot/peer/channel_registry.hpp"

#include <algorithm>

namespace rtcbot::peer {

void ChannelRegistry::open(const std::string& name, std::int64_t max_message, bool is_reliable) {
  const std::lock_guard lock(mutex_);
  if (open_.size() >= kMaxChannels && !open_.contains(name)) return;
  open_[name] = Entry{.max_message = max_message, .send_limit = is_reliable ? kSendLimit : kUnreliableSendLimit};
}

void ChannelRegistry::close(const std::string& name) {
  const std::lock_guard lock(mutex_);
  open_.erase(name);
}

Result<void> ChannelRegistry::reserve(const std::string& name, std::size_t size) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found == open_.end()) return fail(Errc::invalid_state, "no data channel '" + name + "' is open");
  Entry& entry = found->second;
  const auto bytes = static_cast<std::int64_t>(size);
  if (bytes > entry.max_message) {
    return fail(Errc::too_large, "a message of " + std::to_string(bytes) + " bytes exceeds the " +
                                     std::to_string(entry.max_message) + " that the other side accepts");
  }
  if (entry.on_the_way + entry.buffered + bytes > entry.send_limit) {
    return fail(Errc::queue_full, "data channel '" + name + "' has over " + std::to_string(entry.send_limit / 1024) +
                                      " KiB not yet sent; send less or slower");
  }
  entry.on_the_way += bytes;
  return {};
}

void ChannelRegistry::on_progress(const std::string& name, std::uint64_t taken, std::optional<std::uint64_t> buffered) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found == open_.end()) return;
  Entry& entry = found->second;
  constexpr auto kMax = static_cast<std::uint64_t>(kSendLimit) * 2;
  entry.on_the_way = std::max<std::int64_t>(entry.on_the_way - static_cast<std::int64_t>(std::min(taken, kMax)), 0);
  if (buffered) entry.buffered = static_cast<std::int64_t>(std::min(*buffered, kMax));
}

void ChannelRegistry::close_all() {
  const std::lock_guard lock(mutex_);
  open_.clear();
}

}  // namespace rtcbot::peer
