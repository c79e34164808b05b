#pragma once

#include <memory>
#include <string>

#include "peer_types.hpp"
#include "recorder.hpp"

namespace rtcbot::engine::testing {

/// The browser's side: libwebrtc with its decoders, on its own threads. Offers a channel "default" and, unless
/// `no_video`, video to receive.
class Viewer {
 public:
  enum class Order { h264_first, vp8_first, vp8_only, no_video };

  explicit Viewer(Order order);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// An offer that includes its candidates.
  [[nodiscard]] Description offer();
  void accept(const Description& answer);
  /// Sends an offer to `peer` and accepts its answer.
  Result<void> connect_to(Peer& peer);

  /// Waits until `count` pictures are decoded; false after the deadline.
  bool wait_pictures(int count);
  /// Does the same as `pc.close()` in a browser.
  void close();
  /// Stops sending and reading packets until `thaw`, like a killed browser or a dead link.
  void freeze();
  void thaw();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rtcbot::engine::testing
