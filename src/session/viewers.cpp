// Offers and answers: each offer gets exactly one answer, its own.
#include <algorithm>
#include <iterator>
#include <utility>

#include "party.hpp"
#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/session/session.hpp"

namespace rtcbot::session {
namespace {

using signal::OfferId;
using signal::Protocol;
using signal::Refusal;

/// Limit of pending replies on a legacy server. A server that exceeds it violates the protocol.
constexpr std::size_t kMaxLine = 64;

}  // namespace

void Session::message(Timestamp now, std::string_view text) {
  if (state_ != State::online) return;
  if (protocol_ == Protocol::legacy) return handle_legacy(now, text);
  handle_v1(now, text);
}

void Session::handle_legacy(Timestamp now, std::string_view text) {
  if (line_.size() >= kMaxLine) {
    ++stats_.bad_messages;
    log(LogLevel::error, "the server sends offers faster than they can be answered; the robot closes the connection");
    actions_.push_back(CloseSocket{1008, "too many offers at once"});
    return disconnected(now, 1008, "too many offers at once");
  }
  const OfferId place(++last_in_line_);
  line_[place] = std::nullopt;
  take_offer(now, place, signal::parse_offer(text, config_.limits), {});
}

void Session::handle_v1(Timestamp now, std::string_view text) {
  auto message = signal::parse_message(text, config_.limits);
  if (!message) {
    ++stats_.bad_messages;
    return log_limited(now, "not understood", LogLevel::warning,
                       std::string("a message of the server was not understood: ").append(message.error().what()));
  }
  std::visit(
      Overloaded{
          [&](signal::OfferMessage& offer) { handle(now, std::move(offer)); },
          [&](const signal::Cancel& cancel) {
            handle(cancel);
            status_changed(now);
          },
          [&](const signal::EndViewers& end) { handle(now, end); },
          [&](signal::Candidates& candidates) { handle(std::move(candidates)); },
          [&](signal::Welcome& welcome) { handle(std::move(welcome)); },
          [&](const signal::Stopping& stopping) { told_to_wait_ = stopping.retry_after; },
          [&](const signal::ErrorMessage& error) {
            log_limited(now, "server's errors", LogLevel::error,
                        "the server reports " + error.error + ": " + error.message);
          },
          // Of a later version, or of the other direction.
          [&](const OneOf<signal::Hello, signal::Accepted, signal::AnswerMessage, signal::RefusalMessage,
                          signal::Status, signal::Snapshot, signal::PresenceMessage, signal::UnknownMessage> auto&) {
            ++stats_.unknown_messages;
          },
      },
      *message);
}

void Session::handle(signal::Welcome welcome) {
  ice_servers_ = std::move(welcome.ice_servers);
  const auto& known = welcome.features;
  server_takes_snapshots_ = std::find(known.begin(), known.end(), signal::kFeatureSnapshot) != known.end();
}

void Session::handle(Timestamp now, signal::OfferMessage message) {
  for (const auto& [id, viewer] : viewers_) {
    if (!viewer.is_from(message.id)) continue;
    ++stats_.bad_messages;  // a duplicate; one answer is enough
    return;
  }
  auto offer = signal::check(signal::Description::offer(std::move(message.sdp)), config_.limits);
  auto servers = message.ice_servers.empty() ? ice_servers_ : std::move(message.ice_servers);
  take_offer(now, message.id, std::move(offer), {std::move(servers), message.trickle, std::move(message.permissions)});
}

void Session::take_offer(Timestamp now, OfferId offer, Result<signal::Description> parsed, Wanted wanted) {
  ++stats_.offers;
  if (!parsed) {
    ++stats_.refused_bad_offer;
    return reply(offer, Refusal::bad_offer, parsed.error().what());
  }
  std::string party = party_of(wanted.permissions, parsed->sdp);
  // Checked before the offer can take a seat.
  if (refuse_paused(offer, party)) return;
  if (const auto same = viewer_of(parsed->sdp); same != viewers_.end()) {
    return repeat_offer(offer, same->second, wanted);
  }
  if (viewers() >= config_.max_viewers && !wanted.permissions.watch_only) {
    if (const auto seat = seat_for_driver(now); seat != viewers_.end()) give_seat(now, seat);
  }
  if (viewers() >= config_.max_viewers) {
    ++stats_.refused_busy;
    return reply(offer, Refusal::busy,
                 "The robot has as many viewers as it allows (" + std::to_string(viewers()) + "). Try again later.");
  }
  const ViewerId id(++last_viewer_);
  viewers_.emplace(id, Viewer{.offers = {offer},
                              .sdp = parsed->sdp,
                              .answer_by = now + config_.answer_limit,
                              .trickle = wanted.trickle,
                              .watch_only = wanted.permissions.watch_only,
                              .grant = std::move(wanted.permissions.grant),
                              .ends_at = wanted.permissions.expires_in ? now + *wanted.permissions.expires_in : kNever,
                              .since = now});
  actions_.push_back(MakeViewer{.viewer = id,
                                .offer = std::move(*parsed),
                                .ice_servers = std::move(wanted.ice_servers),
                                .trickle = wanted.trickle,
                                .watch_only = wanted.permissions.watch_only,
                                .party = std::move(party)});
  status_changed(now);
}

Session::Viewers::iterator Session::seat_for_driver(Timestamp now) {
  // Ids ascend, so the first match is the oldest.
  const auto oldest = [&](auto&& gives_way) {
    return std::find_if(viewers_.begin(), viewers_.end(), [&](const auto& entry) { return gives_way(entry.second); });
  };
  auto seat = oldest([](const Viewer& viewer) { return viewer.watch_only && !viewer.is_connected; });
  if (seat != viewers_.end()) return seat;
  seat = oldest([&](const Viewer& viewer) { return !viewer.is_connected && now - viewer.since >= config_.seat_grace; });
  if (seat != viewers_.end()) return seat;
  // A driver is present or connecting, so all spectators stay.
  if (oldest([](const Viewer& viewer) { return !viewer.watch_only; }) != viewers_.end()) return viewers_.end();
  return std::prev(viewers_.end());  // The newest viewer.
}

void Session::give_seat(Timestamp now, Viewers::iterator viewer) {
  ++stats_.seats_given;
  const std::string sentence =
      "A driver's connection took your place. The robot has as many viewers as it allows. Try again later.";
  if (viewer->second.is_being_answered()) reply_to_all(viewer->second, Refusal::busy, sentence);
  log_limited(now, "seats given", LogLevel::info,
              std::string("a viewer that ")
                  .append(viewer->second.is_connected ? "only watches" : "was not connected yet")
                  .append(" gives its seat to a driver"));
  actions_.push_back(DropViewer{viewer->first, sentence, Refusal::busy, config_.busy_retry_after});
  viewers_.erase(viewer);
}

void Session::viewer_connected(ViewerId id) {
  const auto viewer = viewers_.find(id);
  if (viewer == viewers_.end()) return;
  viewer->second.is_connected = true;
  viewer->second.answer = {};
  viewer->second.told = {};
}

void Session::handle(const signal::Cancel& cancel) {
  for (auto it = viewers_.begin(); it != viewers_.end(); ++it) {
    if (!it->second.is_from(cancel.id)) continue;
    // This includes answered offers: the answer came too late, or the page left before it connected. An established
    // connection does not need the page's socket.
    if (it->second.is_connected) return;
    ++stats_.cancelled;
    std::erase(it->second.offers, cancel.id);
    if (!it->second.offers.empty()) return;  // The same offer was repeated, and the repeat still waits.
    actions_.push_back(DropViewer{it->first, "the browser cancelled the offer"});
    viewers_.erase(it);
    return;
  }
}

void Session::handle(Timestamp now, const signal::EndViewers& end) {
  const std::string why = end.message.empty() ? "The credential of this viewer is no longer valid." : end.message;
  for (auto it = viewers_.begin(); it != viewers_.end();) {
    it = !end.grant.empty() && it->second.grant == end.grant ? end_right(now, it, why) : std::next(it);
  }
  status_changed(now);
}

Session::Viewers::iterator Session::end_right(Timestamp now, Viewers::iterator viewer, const std::string& why) {
  ++stats_.permissions_ended;
  if (viewer->second.is_being_answered()) reply_to_all(viewer->second, Refusal::unauthorized, why);
  log_limited(now, "viewers ended", LogLevel::info, std::string("a viewer was ended: ").append(why));
  actions_.push_back(DropViewer{viewer->first, why, Refusal::unauthorized});
  return viewers_.erase(viewer);
}

std::vector<std::string> Session::grants() const {
  std::vector<std::string> grants;
  for (const auto& [id, viewer] : viewers_) {
    const bool is_new = !viewer.grant.empty() && std::find(grants.begin(), grants.end(), viewer.grant) == grants.end();
    if (is_new && grants.size() < signal::Status::kMaxGrants) grants.push_back(viewer.grant);
  }
  return grants;
}

void Session::handle(signal::Candidates message) {
  auto& list = message.candidates;
  const auto viewer = std::find_if(viewers_.begin(), viewers_.end(),
                                   [&](const auto& entry) { return entry.second.is_from(message.id); });
  const bool is_expected = viewer != viewers_.end() && viewer->second.trickle;
  const std::size_t room = is_expected ? config_.max_candidates - viewer->second.candidates_taken : 0;
  const std::size_t taken = std::min(room, list.size());
  stats_.candidates_taken += static_cast<std::int64_t>(taken);
  stats_.candidates_dropped += static_cast<std::int64_t>(list.size() - taken);
  list.resize(taken);
  if (list.empty()) return;
  viewer->second.candidates_taken += taken;
  actions_.push_back(AddCandidates{viewer->first, std::move(list)});
}

void Session::candidates_found(ViewerId id, std::vector<signal::Candidate> candidates, bool end) {
  const auto found = viewers_.find(id);
  if (found == viewers_.end() || !found->second.trickle) return;
  Viewer& viewer = found->second;
  // Without the server the candidates cannot be sent. The robot's own connectivity checks reveal its address to the
  // browser.
  const std::size_t room = !viewer.offers.empty() ? config_.max_candidates - viewer.candidates_sent : 0;
  const std::size_t sent = std::min(room, candidates.size());
  stats_.candidates_sent += static_cast<std::int64_t>(sent);
  stats_.candidates_dropped += static_cast<std::int64_t>(candidates.size() - sent);
  candidates.resize(sent);
  viewer.candidates_sent += sent;
  if (viewer.offers.empty() || (candidates.empty() && !end)) return;
  for (const OfferId offer : viewer.offers) send(write_message(signal::Candidates{offer, candidates, end}));
  if (viewer.is_connected) return;
  viewer.told_end = viewer.told_end || end;
  viewer.told.insert(viewer.told.end(), candidates.begin(), candidates.end());
}

void Session::snapshot(std::string jpeg) {
  if (!wants_snapshots()) return;
  ++stats_.snapshots;
  send(write_message(signal::Snapshot{std::move(jpeg)}));
}

void Session::answer_ready(Timestamp now, ViewerId id, std::string sdp) {
  const auto viewer = viewers_.find(id);
  if (viewer == viewers_.end() || !viewer->second.is_being_answered()) {
    ++stats_.late_answers;
    return;
  }
  ++stats_.answers;
  note_formats(now, sdp);
  viewer->second.answer_by = kNever;
  viewer->second.answer = sdp;
  reply_to_all(viewer->second, signal::Description::answer(std::move(sdp)));
  status_changed(now);
}

void Session::note_formats(Timestamp now, std::string_view answer) {
  constexpr std::string_view kMark = "\na=x-rtcbot-formats:";
  const auto place = answer.find(kMark);
  if (place == std::string_view::npos) return;
  ++stats_.without_format;
  const auto formats = answer.substr(place + kMark.size());
  log_limited(now, "video formats", LogLevel::warning,
              std::string("a viewer's browser plays none of this robot's video formats (")
                  .append(formats.substr(0, formats.find_first_of("\r\n")))
                  .append("): it gets no picture"));
}

void Session::answer_failed(Timestamp now, ViewerId id, const Error& error) {
  const auto viewer = viewers_.find(id);
  if (viewer == viewers_.end() || !viewer->second.is_being_answered()) {
    ++stats_.late_answers;
    return;
  }
  ++stats_.answers_failed;
  const bool is_offer_bad = error.code() == Errc::bad_offer;
  if (is_offer_bad) ++stats_.refused_bad_offer;
  log_limited(now, "unanswered", LogLevel::warning,
              std::string("an offer could not be answered: ").append(error.what()));
  const bool is_refused = error.code() == Errc::refused;
  const Refusal refusal = is_refused ? Refusal::busy : Refusal::internal;
  reply_to_all(viewer->second, is_offer_bad ? Refusal::bad_offer : refusal, error.what());
  viewers_.erase(viewer);
  status_changed(now);
}

void Session::viewer_ended(Timestamp now, ViewerId id) {
  const auto viewer = viewers_.find(id);
  if (viewer == viewers_.end()) return;
  if (viewer->second.is_being_answered()) {
    ++stats_.answers_failed;
    return refuse_viewer(now, viewer, "The connection ended before the robot could answer. Try again.");
  }
  viewers_.erase(viewer);
  status_changed(now);
}

void Session::refuse_viewer(Timestamp now, Viewers::iterator viewer, const std::string& message) {
  reply_to_all(viewer->second, Refusal::internal, message);
  viewers_.erase(viewer);
  status_changed(now);
}

void Session::reply(OfferId offer, const signal::Description& answer) {
  if (protocol_ == Protocol::legacy) return put_in_line(offer, signal::write_description(answer));
  send(write_message(signal::AnswerMessage{offer, answer.sdp}));
}

void Session::reply(OfferId offer, Refusal refusal, std::string message,
                    std::optional<std::chrono::seconds> retry_after) {
  if (protocol_ == Protocol::legacy) return put_in_line(offer, signal::refusal_json(refusal, message));
  message.resize(std::min<std::size_t>(message.size(), 512));
  if (refusal == Refusal::busy && !retry_after) retry_after = config_.busy_retry_after;
  send(write_message(signal::RefusalMessage{offer, std::string(code_of(refusal)), std::move(message), retry_after}));
}

bool Session::refuse_paused(OfferId offer, const std::string& party) {
  const Duration pause = config_.pause_of ? config_.pause_of(party) : Duration::zero();
  if (pause <= Duration::zero()) return false;
  ++stats_.refused_paused;
  // Rounded up, so that a retry after this time is not refused again.
  const auto wait = std::chrono::ceil<std::chrono::seconds>(pause);
  reply(offer, Refusal::busy,
        "Your connections to this robot have ended its video engine several times. It accepts the next one in " +
            std::to_string(wait.count()) + " s. Other viewers are not affected.",
        wait);
  return true;
}

void Session::put_in_line(OfferId offer, std::string text) {
  line_[offer] = std::move(text);
  while (!line_.empty() && line_.begin()->second) {
    send(std::move(*line_.begin()->second));
    line_.erase(line_.begin());
  }
}

}  // namespace rtcbot::session
