#include "pending_offers.hpp"

namespace rtcbot::server {

std::string PendingOffers::begin(Timestamp now, broker::RequestId request, const signal::RobotName& robot,
                                 const std::string& remote, std::string_view asked) {
  auto id = offers_.begin(now, request, robot, remote, asked);
  if (events_.began) events_.began(id, robot, remote);
  return id;
}

void PendingOffers::wait(broker::RequestId request, std::shared_ptr<net::HttpResponder> responder,
                         HeaderFields headers) {
  requests_[request] = {std::move(responder), std::move(headers)};
}

bool PendingOffers::answer(Timestamp now, const broker::Respond& respond) {
  auto waiting = requests_.extract(respond.request);
  if (waiting.empty()) return false;
  net::HttpResponse response{respond.status, respond.content_type, respond.body, std::move(waiting.mapped().headers)};
  response.headers.emplace_back("Cache-Control", "no-store");
  const auto ended = offers_.end(now, respond.request, respond.status);
  response.headers.emplace_back("X-Request-Id", ended.id);
  report(ended, respond.status);
  if (respond.retry_after) {
    response.headers.emplace_back("Retry-After", std::to_string(respond.retry_after->count()));
  }
  waiting.mapped().responder->respond(std::move(response));
  return true;
}

void PendingOffers::end(Timestamp now, broker::RequestId request, int status) {
  report(offers_.end(now, request, status), status);
}

void PendingOffers::abandon(Timestamp now, broker::RequestId request) {
  requests_.erase(request);
  report(offers_.abandon(now, request), 0);
}

void PendingOffers::log_counts(Timestamp now) {
  while (const auto record = offers_.poll_count(now)) {
    if (log_) log_(*record);
  }
}

void PendingOffers::report(const OfferLog::Ended& ended, int status) const {
  if (log_ && ended.record) log_(*ended.record);
  if (events_.ended && !ended.id.empty()) events_.ended(ended.id, ended.robot, status, ended.took);
}

}  // namespace rtcbot::server
