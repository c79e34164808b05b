#pragma once

#include <memory>
#include <string>

#include "peer_types.hpp"
#include "recorder.hpp"

namespace rtcbot::engine::testing {

/// A browser's part: libwebrtc itself with its decoders, on threads of its own. Offers a channel "default" and, if
/// asked, video to receive.
class Viewer {
 public:
  enum class Order { h264_first, vp8_first, vp8_only, no_video };

  explicit Viewer(Order order);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// An offer with candidates inside.
  [[nodiscard]] Description offer();
  void accept(const Description& answer);
  /// Offers to `peer` and takes its answer.
  Result<void> connect_to(Peer& peer);

  /// True once `count` pictures have been decoded.
  bool wait_pictures(int count);
  /// As `pc.close()` in a browser.
  void close();
  /// No packet is sent or read until `thaw`: what a killed browser or a dead link looks like.
  void freeze();
  void thaw();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rtcbot::engine::testing
