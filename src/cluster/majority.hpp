#pragma once

#include <nats/nats.h>

#include <chrono>

namespace rtcbot::cluster {

/// Members of a stream's group say something each second; who was silent for so long is gone.
inline constexpr std::chrono::seconds kPeerSilence{10};

/// Whether writes to a stream can be taken. NATS answers questions about it as long as one member of its group runs
/// (nats-server since 2.2), but takes writes only while most do. `cluster` as js_GetStreamInfo has it; null: a NATS
/// that is alone.
[[nodiscard]] inline bool has_majority(const jsClusterInfo* cluster) {
  if (cluster == nullptr) return true;
  if (cluster->Leader == nullptr || *cluster->Leader == '\0') return false;
  int here = 1;  // the leader; the others are the replicas
  for (int i = 0; i < cluster->ReplicasLen; ++i) {
    const jsPeerInfo& peer = *cluster->Replicas[i];
    if (!peer.Offline && std::chrono::nanoseconds(peer.Active) < kPeerSilence) ++here;
  }
  return 2 * here > cluster->ReplicasLen + 1;
}

}  // namespace rtcbot::cluster
