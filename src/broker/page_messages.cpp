// Messages from pages, and the broker's responses to them.
#include <algorithm>
#include <utility>

#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/broker/pages.hpp"
#include "rtcbot/signal/description.hpp"

namespace rtcbot::broker {

using signal::Refusal;

void Pages::message(Timestamp now, PageId id, std::string_view text, bool is_binary) {
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  Page& page = found->second;
  if (auto why = page.view.why_ended ? page.view.why_ended() : std::nullopt) return end(id, std::move(*why));
  if (is_binary) return close(id, 1003, "only text frames are accepted");
  if (!page.messages.take(now)) return close(id, 1008, "too many messages from this page");
  auto message = signal::parse_message(text, config_.limits);
  if (!message) return close(id, message.error().code() == Errc::too_large ? 1009 : 1007, message.error().what());
  std::visit(Overloaded{
                 [&](signal::OfferMessage& offer) { handle(id, page, std::move(offer)); },
                 [&](signal::Candidates& candidates) { handle(page, std::move(candidates)); },
                 [&](const signal::Cancel& cancel) { handle(page, cancel); },
                 // Of a later version, or of the other direction.
                 [&](const OneOf<signal::Hello, signal::Welcome, signal::Accepted, signal::AnswerMessage,
                                 signal::RefusalMessage, signal::EndViewers, signal::Status, signal::Snapshot,
                                 signal::PresenceMessage, signal::Stopping, signal::ErrorMessage,
                                 signal::UnknownMessage> auto&) { ++stats_.unknown_messages; },
             },
             *message);
}

void Pages::handle(PageId id, Page& page, signal::OfferMessage offer) {
  if (page.offers.contains(offer.id)) return close(id, 1008, "an offer's id was used twice");
  ++stats_.offers;
  if (!page.view.robot) {
    return refuse(id, offer.id, Refusal::bad_offer,
                  "This websocket is for the list of robots. Open the websocket of the robot.");
  }
  if (!page.view.may_connect) return refuse(id, offer.id, Refusal::forbidden);
  if (!make_room(page)) {
    return refuse(id, offer.id, Refusal::rate_limited,
                  "This page has too many offers at the same time. Try again in a moment.");
  }
  const RequestId request(++last_request_);
  page.offers.emplace(offer.id, request);
  requests_.emplace(request, Request{id, offer.id});
  send(id, signal::Accepted{offer.id});
  actions_.push_back(PageOffer{request, id, *page.view.robot, std::move(offer.sdp), offer.trickle,
                               page.view.permissions ? page.view.permissions() : signal::Permissions{}});
}

bool Pages::make_room(Page& page) {
  if (page.offers.size() < config_.max_offers_per_page) return true;
  for (const auto& [offer, request] : page.offers) {
    if (!requests_.at(request).answered) continue;
    actions_.push_back(GiveUp{request});
    forget(request);
    return true;
  }
  return false;
}

void Pages::handle(Page& page, signal::Candidates candidates) {
  const auto found = page.offers.find(candidates.id);
  if (found == page.offers.end()) return;  // refused or cancelled before
  actions_.push_back(PageCandidates{found->second, std::move(candidates.candidates), candidates.end});
}

void Pages::handle(Page& page, const signal::Cancel& cancel) {
  const auto found = page.offers.find(cancel.id);
  if (found == page.offers.end()) return;
  const RequestId request = found->second;
  actions_.push_back(GiveUp{request});
  forget(request);
}

bool Pages::responded(const Respond& response) {
  if (response.request.value() < kFirstPageRequest) return false;
  const auto found = requests_.find(response.request);
  if (found == requests_.end()) return true;
  const auto body = signal::parse_answer(response.body, config_.limits);
  const PageId page = found->second.page;
  const signal::OfferId offer = found->second.offer;
  const auto refused = [&](const signal::RobotError& error) {
    forget(response.request);
    send(page, signal::RefusalMessage{offer, error.error, error.message, response.retry_after});
  };
  const auto answered = [&](const signal::Description& answer) {
    found->second.answered = true;
    send(page, signal::AnswerMessage{offer, answer.sdp, answer.quoted});
  };
  if (body) {
    std::visit(Overloaded{refused, answered}, *body);
  } else {
    refused({"internal", body.error().what()});
  }
  return true;
}

void Pages::robot_candidates(RobotCandidates candidates) {
  const auto found = requests_.find(candidates.request);
  if (found == requests_.end()) return;
  send(found->second.page, signal::Candidates{found->second.offer, std::move(candidates.candidates), candidates.end});
}

void Pages::refuse(PageId page, signal::OfferId offer, Refusal refusal, std::string_view message) {
  const auto text = message.empty() ? signal::default_message(refusal) : message;
  send(page, signal::RefusalMessage{offer, std::string(code_of(refusal)), std::string(text), {}});
}

void Pages::forget(RequestId request) {
  const auto found = requests_.find(request);
  if (found == requests_.end()) return;
  const auto page = pages_.find(found->second.page);
  if (page != pages_.end()) page->second.offers.erase(found->second.offer);
  requests_.erase(found);
}

}  // namespace rtcbot::broker
