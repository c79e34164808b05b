// Candidates that are sent apart from the descriptions, in both directions.
#include <api/jsep.h>

#include <utility>

#include "connection.hpp"
#include "sdp.hpp"

namespace rtcbot::engine {

namespace {

constexpr std::size_t kMaxEarlyCandidates = 64;

}  // namespace

void Connection::add_candidate(const Candidate& candidate) {
  if (!connection_) return;
  if (connection_->remote_description()) return take_candidate(candidate);
  if (early_candidates_.size() < kMaxEarlyCandidates) {
    early_candidates_.push_back(candidate);
  } else {
    ++candidates_refused_;
  }
}

void Connection::take_early_candidates() {
  for (const Candidate& candidate : std::exchange(early_candidates_, {})) take_candidate(candidate);
}

void Connection::take_candidate(const Candidate& candidate) {
  webrtc::SdpParseError error;
  std::unique_ptr<webrtc::IceCandidateInterface> parsed;
  if (!is_named_candidate(candidate.text)) {
    parsed.reset(webrtc::CreateIceCandidate(candidate.mid, candidate.line.value_or(-1), candidate.text, &error));
  }
  if (!parsed) {
    ++candidates_refused_;
    return;
  }
  connection_->AddIceCandidate(std::move(parsed), [weak = weak_from_this()](const webrtc::RTCError& result) {
    const auto self = weak.lock();
    if (self && !result.ok()) ++self->candidates_refused_;
  });
}

void Connection::tell(const webrtc::IceCandidateInterface& candidate) {
  // Earlier candidates are part of the description.
  if (!local_is_set_ || on_description_ || !observer_) return;
  Candidate told;
  if (!candidate.ToString(&told.text)) return;
  told.mid = candidate.sdp_mid();
  told.line = candidate.sdp_mline_index();
  observer_->on_candidate(std::move(told));
}

}  // namespace rtcbot::engine
