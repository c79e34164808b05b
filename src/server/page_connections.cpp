#include "page_connections.hpp"

#include <algorithm>
#include <utility>

#include "request_parts.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"

namespace rtcbot::server {

PageConnections::PageConnections(const PageOptions& options, broker::Broker& broker, Host host, LogSink log)
    : list_(options.list),
      broker_(broker),
      host_(std::move(host)),
      log_(std::move(log)),
      directory_(options.directory),
      pages_(options.pages, directory_) {}

bool PageConnections::is_asked_by(const net::HttpRequest& request) {
  return offers_subprotocol(header(request, "sec-websocket-protocol"), signal::kPageSubprotocol);
}

void PageConnections::connected(Timestamp now, broker::PageId page, std::shared_ptr<net::WebSocket> socket,
                                broker::PageView view, const std::string& address) {
  sockets_[page] = {std::move(socket), address};
  pages_.connected(now, page, std::move(view), address);
}

void PageConnections::message(Timestamp now, broker::PageId page, const std::string& text, bool binary) {
  pages_.message(now, page, text, binary);
}

void PageConnections::disconnected(broker::PageId page) {
  sockets_.erase(page);
  pages_.disconnected(page);
}

bool PageConnections::take(Timestamp now, const broker::Action& action) {
  if (const auto* changed = std::get_if<broker::RobotChanged>(&action)) {
    directory_.changed(now, *changed);
    if (!changed->is_replaced) pages_.robot_changed(now, changed->name);
    for (const auto& name : directory_.take_forgotten()) pages_.robot_changed(now, name);
    return false;  // others need it too
  }
  if (const auto* snapshot = std::get_if<broker::RobotSnapshot>(&action)) {
    directory_.took(now, *snapshot);
    pages_.robot_changed(now, snapshot->name);
    return true;
  }
  if (const auto* candidates = std::get_if<broker::RobotCandidates>(&action)) {
    pages_.robot_candidates(*candidates);
    return true;
  }
  const auto* response = std::get_if<broker::Respond>(&action);
  return response != nullptr && pages_.responded(*response);
}

void PageConnections::changed_elsewhere(Timestamp now, const broker::RobotChanged& change) {
  if (broker_.is_online(change.name)) return;  // A newer robot of this name is here.
  directory_.changed(now, change);
  pages_.robot_changed(now, change.name);
  for (const auto& name : directory_.take_forgotten()) pages_.robot_changed(now, name);
}

void PageConnections::pump(Timestamp now) {
  while (auto action = pages_.poll_action()) carry_out(now, std::move(*action));
}

void PageConnections::carry_out(Timestamp now, broker::PageAction action) {
  if (auto* send = std::get_if<broker::SendPage>(&action)) {
    const auto found = sockets_.find(send->page);
    if (found == sockets_.end() || found->second.socket->send(std::move(send->text))) return;
    // The page gets the missed state when it reconnects.
    ++slow_closed_;
    found->second.socket->close(1013, "messages were not read in time");
    disconnected(broker::PageId(send->page));
  } else if (const auto* close = std::get_if<broker::ClosePage>(&action)) {
    const auto found = sockets_.find(close->page);
    if (found != sockets_.end()) found->second.socket->close(close->code, close->reason);
  } else if (auto* wanted = std::get_if<broker::PageOffer>(&action)) {
    offer(now, std::move(*wanted));
  } else if (auto* candidates = std::get_if<broker::PageCandidates>(&action)) {
    broker_.page_candidates(candidates->request, std::move(candidates->candidates), candidates->end);
  } else if (const auto* given_up = std::get_if<broker::GiveUp>(&action)) {
    host_.given_up(given_up->request);
    broker_.request_abandoned(now, given_up->request);
  } else if (const auto* record = std::get_if<LogRecord>(&action)) {
    if (log_) log_(*record);
  }
}

void PageConnections::offer(Timestamp now, broker::PageOffer offer) {
  const auto page = sockets_.find(offer.page);
  const std::string address = page == sockets_.end() ? std::string() : page->second.address;
  const auto wait = host_.rate(address, offer.robot);
  if (!wait) {
    const std::string log_id = host_.began(offer.request, offer.robot, address);
    if (!offer.trickle && host_.elsewhere(offer, log_id)) return;
    return broker_.page_offer(now, std::move(offer));
  }
  ++rate_refused_;
  using signal::Refusal;
  (void)pages_.responded(
      {.request = offer.request,
       .status = http_status(Refusal::rate_limited),
       .body = refusal_json(Refusal::rate_limited,
                            "Too many requests come from your address, or for this robot. Wait and try again."),
       .retry_after = wait});
}

void PageConnections::stop(Timestamp now) {
  pages_.stop();
  pump(now);
}

void PageConnections::handle_timeout(Timestamp now) {
  directory_.handle_timeout(now);
  for (const auto& name : directory_.take_forgotten()) pages_.robot_changed(now, name);
  pages_.handle_timeout(now);
}

Timestamp PageConnections::next_timeout() const { return std::min(directory_.next_timeout(), pages_.next_timeout()); }

bool PageConnections::lists_at_root(bool has_own_page) const {
  switch (list_) {
    case ListAtRoot::automatic: return !has_own_page && directory_.knows_a_named_one();
    case ListAtRoot::always: return true;
    case ListAtRoot::never: return false;
  }
  return false;
}

PageDeskFigures PageConnections::figures() const {
  return {pages_.stats(), pages_.size(), slow_closed_, rate_refused_};
}

}  // namespace rtcbot::server
