#pragma once

#include <nats/nats.h>

#include <chrono>

namespace rtcbot::nats {

/// A member of a stream's group that was silent for this time is gone. Members report every second.
inline constexpr std::chrono::seconds kPeerSilence{10};

/// True if writes to a stream can succeed. NATS answers requests about a stream while one member of its group runs
/// (nats-server since 2.2), but accepts writes only while a majority does. `cluster` comes from js_GetStreamInfo; null:
/// a single NATS server.
[[nodiscard]] inline bool has_majority(const jsClusterInfo* cluster) {
  if (cluster == nullptr) return true;
  if (cluster->Leader == nullptr || *cluster->Leader == '\0') return false;
  int here = 1;  // the leader; the others are replicas
  for (int i = 0; i < cluster->ReplicasLen; ++i) {
    const jsPeerInfo& peer = *cluster->Replicas[i];
    if (!peer.Offline && std::chrono::nanoseconds(peer.Active) < kPeerSilence) ++here;
  }
  return 2 * here > cluster->ReplicasLen + 1;
}

}  // namespace rtcbot::nats
