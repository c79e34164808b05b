#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::engine::testing {

/// A camera whose pictures are a few bytes of real H.264 or VP8 (16x16, black). The test triggers each picture.
class FakeVideo : public EncodedVideoSource {
 public:
  explicit FakeVideo(std::set<VideoCodec> codecs = {VideoCodec::h264, VideoCodec::vp8}) : codecs_(std::move(codecs)) {}

  bool can_encode(VideoCodec codec) const override { return codecs_.contains(codec); }
  void prepare(VideoCodec codec) override;
  std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) override;

  /// Gives the next picture to each attached viewer: a key frame for a new viewer, after a request, or if `key`.
  /// @returns whether a viewer had room for it.
  bool give_picture(bool key = false);
  /// Behaves as if a picture was encoded and lost before it reached the viewers.
  void skip_picture();

  [[nodiscard]] bool is_prepared();
  bool wait_attached(int count);
  bool wait_key_request();
  bool wait_target();
  [[nodiscard]] std::vector<VideoCodec> attached_codecs();
  /// The priorities of the attached viewers, in the order in which they were attached.
  [[nodiscard]] std::vector<ViewerPriority> priorities();
  [[nodiscard]] int key_requests();
  [[nodiscard]] DataRate last_target();

 private:
  class Tap;
  struct Viewer {
    VideoCodec codec;
    std::shared_ptr<EncodedFrameSink> sink;
  };
  template <class Condition>
  bool wait(Condition condition);

  const std::set<VideoCodec> codecs_;
  std::mutex mutex_;
  std::mutex giving_;  ///< Held while sinks are called, so that a tap's destructor can wait for them.
  std::condition_variable changed_;
  std::vector<std::pair<const Tap*, Viewer>> viewers_;
  bool prepared_ = false;
  bool key_wanted_ = false;
  int key_requests_ = 0;
  DataRate target_;
  std::int64_t sequence_ = 0;
};

}  // namespace rtcbot::engine::testing
