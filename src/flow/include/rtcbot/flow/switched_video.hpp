#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot {

/// One viewer's choice among several cameras, as one camera: only the one that is shown is encoded for them, and the
/// link carries one picture, at its full rate. Thread-safe.
///
/// After a switch the last picture of the old camera stands until the first of the new one, a key frame, has come.
class SwitchedVideo : public EncodedVideoSource {
 public:
  /// The first is shown first.  @pre at least one, none null; one viewer.
  explicit SwitchedVideo(std::vector<std::shared_ptr<EncodedVideoSource>> sources);
  ~SwitchedVideo() override;

  /// Shows another from now on; waits for a call in progress to the viewer, as the end of a tap does, so not from
  /// within one. An index out of range changes nothing.
  void show(std::size_t index);

  /// Whether all of them can be encoded so.
  [[nodiscard]] bool can_encode(VideoCodec codec) const override;
  void prepare(VideoCodec codec) override;
  [[nodiscard]] std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec,
                                                        std::shared_ptr<EncodedFrameSink> sink) override;

 private:
  class Relay;
  class Tap;
  struct Shared;

  const std::vector<std::shared_ptr<EncodedVideoSource>> sources_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace rtcbot
