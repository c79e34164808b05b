// Repeated offers: a proxy's retry, a double click, or a stranger's replay.
#include <algorithm>

#include "rtcbot/session/session.hpp"

namespace rtcbot::session {
namespace {

using signal::OfferId;
using signal::Refusal;

/// Limit of remembered ids of one offer, the first included. Bounds the replies and the memory that one viewer can
/// cause.
constexpr std::size_t kMaxNames = 8;

}  // namespace

Session::Viewers::iterator Session::viewer_of(const std::string& sdp) {
  return std::find_if(viewers_.begin(), viewers_.end(), [&](const auto& entry) { return entry.second.sdp == sdp; });
}

void Session::repeat_offer(OfferId offer, Viewer& viewer, const Wanted& wanted) {
  ++stats_.offers_repeated;
  const bool is_the_same = viewer.trickle == wanted.trickle && viewer.watch_only == wanted.permissions.watch_only &&
                           viewer.grant == wanted.permissions.grant;
  if (viewer.is_connected || !is_the_same) {
    return reply(offer, Refusal::bad_offer, "This offer is in use already. Make a new one for each connection.");
  }
  const bool is_full = viewer.offers.size() >= kMaxNames;
  if (is_full && viewer.is_being_answered()) {
    return reply(offer, Refusal::busy, "This offer came too often. Make a new one for each connection.");
  }
  // The oldest id has its answer; without it, only its cancellation is ignored.
  if (is_full) viewer.offers.erase(viewer.offers.begin());
  viewer.offers.push_back(offer);
  if (!viewer.is_being_answered()) answer_again(offer, viewer);
}

void Session::answer_again(OfferId offer, const Viewer& viewer) {
  reply(offer, signal::Description::answer(viewer.answer));
  auto rest = viewer.told.begin();
  while (rest != viewer.told.end()) {
    const auto next = rest + std::min<std::ptrdiff_t>(signal::kMaxCandidatesAtOnce, viewer.told.end() - rest);
    send(write_message(signal::Candidates{offer, {rest, next}, viewer.told_end && next == viewer.told.end()}));
    rest = next;
  }
  if (viewer.told.empty() && viewer.told_end) send(write_message(signal::Candidates{offer, {}, true}));
}

void Session::reply_to_all(const Viewer& viewer, const signal::Description& answer) {
  for (const OfferId offer : viewer.offers) reply(offer, answer);
}

void Session::reply_to_all(const Viewer& viewer, Refusal refusal, const std::string& message) {
  for (const OfferId offer : viewer.offers) reply(offer, refusal, message);
}

}  // namespace rtcbot::session
