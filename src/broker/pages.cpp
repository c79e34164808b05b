// The open pages, and the presence messages to them.
#include "rtcbot/broker/pages.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/base/counted.hpp"

namespace rtcbot::broker {

std::optional<signal::ErrorMessage> Pages::refusal_for(const std::string& address) {
  const auto found = addresses_.find(address);
  const bool has_too_many = found != addresses_.end() && found->second >= config_.max_pages_per_address;
  if (!has_too_many && pages_.size() < config_.max_pages) return std::nullopt;
  ++stats_.turned_away;
  const auto count = has_too_many ? found->second : pages_.size();
  return signal::ErrorMessage{
      .error = std::string(signal::kErrorTooManyPages),
      .message = has_too_many ? counted(count, "page from your address is open", "pages from your address are open") +
                                    ", which is this server's limit. Close some of them, or wait."
                              : counted(count, "page is open", "pages are open") + ", which is this server's limit.",
      .retry_after = config_.too_many_retry_after};
}

void Pages::connected(Timestamp now, PageId id, PageView view, std::string address) {
  if (pages_.contains(id)) return;
  if (stopping_) {
    actions_.push_back(ClosePage{id, 1012, "the server is stopping"});
    return;
  }
  ++stats_.connected;
  ++addresses_[address];
  const Page& page = pages_
                         .emplace(id, Page{.view = std::move(view),
                                           .address = std::move(address),
                                           .messages = TokenBucket(config_.messages),
                                           .offers = {}})
                         .first->second;
  send(id,
       signal::Welcome{
           signal::kVersion, config_.server_version, page.view.ice_servers, {std::string(signal::kFeatureTrickle)}});
  if (page.view.robot) {
    watchers_[*page.view.robot].insert(id);
    ++stats_.presence_messages;
    send(id, signal::PresenceMessage{{directory_.presence(now, *page.view.robot)}});
  } else {
    lists_.insert(id);
    tell_list(now, id, page, directory_.names(), true);
  }
}

void Pages::disconnected(PageId id) {
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  const Page page = std::move(found->second);
  pages_.erase(found);
  lists_.erase(id);
  if (page.view.robot) {
    const auto watchers = watchers_.find(*page.view.robot);
    watchers->second.erase(id);
    if (watchers->second.empty()) watchers_.erase(watchers);
  }
  const auto address = addresses_.find(page.address);
  if (--address->second == 0) addresses_.erase(address);
  // This includes answered offers: an established connection continues without the page's socket.
  for (const auto& [offer, request] : page.offers) {
    requests_.erase(request);
    actions_.push_back(GiveUp{request});
  }
}

void Pages::close_ended() {
  std::map<PageId, PageEnd> ended;
  for (const auto& [id, page] : pages_) {
    auto why = page.view.why_ended ? page.view.why_ended() : std::nullopt;
    if (why) ended.emplace(id, std::move(*why));
  }
  for (auto& [id, why] : ended) end(id, std::move(why));
}

void Pages::end(PageId page, PageEnd why) {
  ++stats_.ended;
  send(page, signal::ErrorMessage{.error = std::move(why.error), .message = std::move(why.message)});
  actions_.push_back(ClosePage{page, 1008, "your credential is no longer valid"});
  disconnected(page);
}

void Pages::robot_changed(Timestamp now, const signal::RobotName& robot) {
  const auto watchers = watchers_.find(robot);
  if (watchers != watchers_.end()) {
    const signal::PresenceMessage presence{{directory_.presence(now, robot)}};
    for (const PageId page : watchers->second) {
      ++stats_.presence_messages;
      send(page, presence);
    }
  }
  if (lists_.empty()) return;
  news_.insert(robot);
  flush_at_ = std::min<Timestamp>(flush_at_, now + config_.list_interval);
}

void Pages::handle_timeout(Timestamp now) {
  if (now < flush_at_) return;
  flush_at_ = kNever;
  const auto news = std::exchange(news_, {});
  const std::vector<signal::RobotName> names(news.begin(), news.end());
  for (const PageId id : lists_) tell_list(now, id, pages_.at(id), names, false);
}

void Pages::tell_list(Timestamp now, PageId id, const Page& page, const std::vector<signal::RobotName>& names,
                      bool is_all) {
  signal::PresenceMessage message;
  const auto flush = [&](bool more) {
    message.more = more;
    ++stats_.presence_messages;
    send(id, message);
    message.robots.clear();
  };
  for (const signal::RobotName& name : names) {
    if (page.view.shows && !page.view.shows(name)) continue;
    if (message.robots.size() == signal::PresenceMessage::kMaxRobots) flush(true);
    message.robots.push_back(directory_.presence(now, name));
  }
  // Sends nothing to a page that may see none of the changed robots.
  if (is_all || !message.robots.empty()) flush(false);
}

void Pages::stop() {
  if (std::exchange(stopping_, true)) return;
  std::vector<PageId> all;
  for (const auto& [id, page] : pages_) all.push_back(id);
  std::sort(all.begin(), all.end());
  for (const PageId id : all) {
    send(id, signal::Stopping{config_.stopping_retry_after});
    actions_.push_back(ClosePage{id, 1012, "the server is stopping"});
    disconnected(id);
  }
}

std::optional<PageAction> Pages::poll_action() {
  if (actions_.empty()) return std::nullopt;
  PageAction action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

void Pages::send(PageId page, const signal::Message& message) {
  actions_.push_back(SendPage{page, write_message(message)});
}

void Pages::close(PageId page, int code, std::string reason) {
  constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 section 5.5
  ++stats_.closed;
  reason.resize(std::min(reason.size(), kMaxCloseReason));
  actions_.push_back(ClosePage{page, code, std::move(reason)});
  disconnected(page);
}

}  // namespace rtcbot::broker
