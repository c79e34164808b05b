#include "stats.hpp"

#include <api/stats/rtcstats_objects.h>

#include <string>

namespace rtcbot::engine {

namespace {

template <class T>
std::int64_t number(const webrtc::RTCStatsMember<T>& member) {
  return member.is_defined() ? static_cast<std::int64_t>(*member) : 0;
}

constexpr const char* kRelay = "relay";

/// Empty if it is unknown.
template <class Candidate>
std::string candidate_type(const webrtc::RTCStatsReport& report, const webrtc::RTCStatsMember<std::string>& id) {
  const webrtc::RTCStats* found = id.is_defined() ? report.Get(*id) : nullptr;
  if (found == nullptr) return {};
  const auto& candidate = found->cast_to<Candidate>();
  return candidate.candidate_type.is_defined() ? *candidate.candidate_type : std::string();
}

void read_path(const webrtc::RTCStatsReport& report, const webrtc::RTCTransportStats& transport, Stats& stats) {
  if (!transport.selected_candidate_pair_id.is_defined()) return;
  const webrtc::RTCStats* found = report.Get(*transport.selected_candidate_pair_id);
  if (found == nullptr) return;
  const auto& pair = found->cast_to<webrtc::RTCIceCandidatePairStats>();
  if (pair.current_round_trip_time.is_defined()) stats.round_trip_ms = *pair.current_round_trip_time * 1000;
  const std::string local = candidate_type<webrtc::RTCLocalIceCandidateStats>(report, pair.local_candidate_id);
  const bool is_relay_over_there =
      candidate_type<webrtc::RTCRemoteIceCandidateStats>(report, pair.remote_candidate_id) == kRelay;
  if (!local.empty()) stats.path = is_relay_over_there ? kRelay : local;
}

}  // namespace

void read_report(const webrtc::RTCStatsReport& report, Stats& stats) {
  for (const auto* transport : report.GetStatsOfType<webrtc::RTCTransportStats>()) {
    stats.bytes_sent += number(transport->bytes_sent);
    stats.packets_sent += number(transport->packets_sent);
    read_path(report, *transport, stats);
  }
  for (const auto* stream : report.GetStatsOfType<webrtc::RTCOutboundRTPStreamStats>()) {
    stats.key_frames_requested += number(stream->pli_count) + number(stream->fir_count);
  }
}

}  // namespace rtcbot::engine
