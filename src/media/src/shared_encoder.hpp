#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "encode_policy.hpp"
#include "encoder_choice.hpp"
#include "encoder_pipeline.hpp"
#include "picture_shape.hpp"
#include "rtcbot/congestion/key_frame_request_limiter.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// One camera's encoder for one codec and all its viewers. Encodes the newest picture once for all of them.
///
/// Pictures arrive by `on_picture` on the capture thread; frames leave on the encoder's thread. A picture that arrives
/// while the encoder is busy waits in a slot for one picture, the newest. Thread-safe, but only the camera's supervisor
/// thread may call `maintain` and `stop`, because starting and stopping an encoder takes time.
///
/// For a new picture size a new encoder starts beside the running one and then replaces it. So there is no gap, and no
/// encoder has to change its size while it runs. The first frame of the new encoder is a key frame.
///
/// Locks: `mutex_` guards the state and is never held while a sink is called. Each tap's `call` is held while its sink
/// is called, so that detaching waits only for a call in progress.
class SharedEncoder : public std::enable_shared_from_this<SharedEncoder> {
 public:
  struct Stats {
    std::string encoder;
    std::int64_t encoded = 0;
    std::int64_t dropped = 0;
    std::int64_t key_frames = 0;
    std::int64_t resized = 0;
    PictureSize size;  ///< Of the running encoder's frames.
    int viewers = 0;
  };

  /// @param wake notifies the supervisor that `maintain` has work; called from any thread.
  SharedEncoder(VideoCodec codec, EncoderSettings settings, std::shared_ptr<EncoderChoice> choice, LogSink log,
                std::function<void()> wake);
  ~SharedEncoder();
  SharedEncoder(const SharedEncoder&) = delete;
  SharedEncoder& operator=(const SharedEncoder&) = delete;

  [[nodiscard]] std::unique_ptr<EncodedVideoTap> attach(std::shared_ptr<EncodedFrameSink> sink);

  /// Delivers the frames encoded for others. A listener has no influence on them and is never asked for room.
  [[nodiscard]] std::unique_ptr<EncodedVideoTap> listen(std::shared_ptr<EncodedFrameSink> sink);

  /// Starts the encoder because a viewer is expected, and keeps it until then.
  void expect_viewer(Timestamp until);

  /// Takes a new picture, of the configured size.
  void on_picture(const RawFrame& frame);

  /// Makes the next picture a key frame for all viewers.
  void request_key_frame();

  /// Releases the newest picture, so that a closing camera gets its buffers back.
  void forget_picture();

  /// Starts the encoder if a viewer is attached or expected, changes its size, replaces a failed one, and stops it if
  /// there is no viewer and not `keep`.
  void maintain(Timestamp now, bool keep);

  /// Stops the encoder for good; remaining taps get no further frames.
  void stop();

  [[nodiscard]] Stats stats() const;
  [[nodiscard]] int viewers() const;
  [[nodiscard]] bool is_running() const;

 private:
  struct Tap;
  class Handle;
  /// A sink's answer for the new picture.
  struct Answer {
    bool has_room = false;
    ViewerPriority priority{};
  };

  void detach(const std::shared_ptr<Tap>& tap);
  [[nodiscard]] bool leads(const std::shared_ptr<Tap>& tap) const;
  [[nodiscard]] bool is_below_another(const Tap& tap) const;
  [[nodiscard]] bool is_primary(const Tap& tap) const;
  [[nodiscard]] bool key_frame_due(Timestamp now) const;
  void key_frame_made(Timestamp now);
  void set_target(const std::shared_ptr<Tap>& tap, VideoTarget target);
  void request_key_frame(const std::shared_ptr<Tap>& tap, std::optional<Timestamp> broken_at);

  void pump();
  [[nodiscard]] bool can_submit() const;
  [[nodiscard]] bool somebody_joins() const;
  [[nodiscard]] std::vector<TapView> look_at_taps(const std::vector<std::shared_ptr<Tap>>& asked,
                                                  const std::vector<Answer>& answers, Timestamp now);
  void decide(const std::vector<std::shared_ptr<Tap>>& asked, const std::vector<Answer>& answers, Timestamp now);
  void submit_for_joiner(Timestamp now);
  void submit(Timestamp now, bool key_frame);
  void apply_target(std::size_t primary, bool has_highest_priority, Timestamp now);
  [[nodiscard]] bool wants_resize() const;
  [[nodiscard]] EncoderPipeline::Events events_of(std::uint64_t generation);
  [[nodiscard]] EncoderSettings settings_now() const;
  void resize_encoder();
  void keep_full_size(const EncoderRow& row);
  void on_output(std::uint64_t generation, EncoderOutput output);
  void on_failure(std::uint64_t generation, const std::string& reason);
  void check_for_silence(Timestamp now);
  void start_encoder(Timestamp now);
  void replace_failed(Timestamp now);
  void take_down();

  const VideoCodec codec_;
  const EncoderSettings settings_;
  const std::shared_ptr<EncoderChoice> choice_;
  const LogSink log_;

  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<std::shared_ptr<Tap>> taps_;  // in the order in which they were attached
  std::shared_ptr<Tap> primary_;            // of the last picture
  std::vector<std::shared_ptr<Tap>> listeners_;
  std::unique_ptr<EncoderPipeline> encoder_;
  std::uint64_t generation_ = 0;  // of encoder_; output of older generations is ignored
  std::size_t row_ = 0;           // index of the working row in use
  Timestamp retry_at_{};
  Timestamp expected_until_{};  // time until which a viewer is expected
  std::optional<std::string> failed_;
  std::optional<RawFrame> newest_;
  bool newest_used_ = false;
  bool pumping_ = false;
  int inside_ = 0;             // pictures submitted whose output is pending
  Timestamp last_progress_{};  // when a picture last went in or came out
  PictureSize size_;           // of encoder_'s output
  bool delivered_ = false;     // encoder_ has delivered output
  PictureShape shape_;
  congestion::KeyFrameRequestLimiter key_frame_for_all_;
  FrameThinner thinner_;
  DataRate bitrate_;  // for encoder_
  double frame_rate_;
  std::int64_t sequence_ = 0;
  Stats counted_;
};

}  // namespace rtcbot::media
