#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot {

/// Presents several cameras as one to a single viewer. Only the selected camera is encoded for that viewer, so it gets
/// the link's full rate. Thread-safe.
///
/// After a switch, the last picture of the old camera remains visible until the new camera's first frame, a key frame.
class SwitchedVideo : public EncodedVideoSource {
 public:
  /// Selects the first source.  @pre at least one source, none null; one viewer.
  explicit SwitchedVideo(std::vector<std::shared_ptr<EncodedVideoSource>> sources);
  ~SwitchedVideo() override;

  /// Selects another source. Waits for a call in progress to the viewer's sink, so never call it inside such a call.
  /// Ignores an index out of range.
  void show(std::size_t index);

  /// True if all sources can encode `codec`.
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
