#include "stats.hpp"

#include <api/stats/rtcstats_objects.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

namespace rtcbot::engine {
namespace {

/// What is said of a connection whose two ends are at candidates of these types; empty: that one is not in the report.
Stats path_between(const std::string& local, const std::string& remote) {
  auto report = webrtc::RTCStatsReport::Create(0);
  constexpr std::int64_t at = 0;
  auto transport = std::make_unique<webrtc::RTCTransportStats>("T", at);
  transport->selected_candidate_pair_id = "P";
  auto pair = std::make_unique<webrtc::RTCIceCandidatePairStats>("P", at);
  pair->local_candidate_id = "L";
  pair->remote_candidate_id = "R";
  pair->current_round_trip_time = 0.04;
  report->AddStats(std::move(transport));
  report->AddStats(std::move(pair));
  if (!local.empty()) {
    auto candidate = std::make_unique<webrtc::RTCLocalIceCandidateStats>("L", at);
    candidate->candidate_type = local;
    report->AddStats(std::move(candidate));
  }
  if (!remote.empty()) {
    auto candidate = std::make_unique<webrtc::RTCRemoteIceCandidateStats>("R", at);
    candidate->candidate_type = remote;
    report->AddStats(std::move(candidate));
  }
  Stats stats;
  read_report(*report, stats);
  return stats;
}

TEST(PeerStats, ThePathIsOfThisEnd) {
  EXPECT_EQ(path_between("srflx", "host").path, "srflx");
  EXPECT_EQ(path_between("host", "").path, "host");
  EXPECT_EQ(path_between("", "srflx").path, "") << "not known";
  EXPECT_DOUBLE_EQ(path_between("host", "host").round_trip_ms, 40);
}

TEST(PeerStats, ThePathIsRelayedWhereEitherEndIsAtARelay) {
  EXPECT_EQ(path_between("relay", "srflx").path, "relay");
  EXPECT_EQ(path_between("prflx", "relay").path, "relay");
  EXPECT_EQ(path_between("relay", "relay").path, "relay");
}

}  // namespace
}  // namespace rtcbot::engine
