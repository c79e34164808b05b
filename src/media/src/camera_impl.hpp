#pragma once

#include <array>
#include <mutex>
#include <thread>
#include <vector>

#include "absence.hpp"
#include "auto_source.hpp"
#include "capture.hpp"
#include "capture_life.hpp"
#include "push_port.hpp"
#include "rtcbot/media/camera.hpp"
#include "shared_encoder.hpp"
#include "told_reasons.hpp"

namespace rtcbot::media {

/// The source of a camera's pictures.
struct CameraOrigin {
  std::string name{};  ///< In the form of `CameraConfig::source`.
  CaptureFactory open{};
  std::function<std::optional<Absence>()> absence{};  ///< Why it cannot be opened now; empty if that is never known.
  std::shared_ptr<PushPort> port{};                   ///< The target of `push`; empty for a source other than "push".
  std::shared_ptr<AutoSource> search{};               ///< Empty for a source other than "auto".
};

/// The camera: one capture, one `SharedEncoder` for each codec, and a supervisor thread, which alone opens and closes
/// them. The thread sleeps until an event or a due time, and never holds `mutex_` while it opens or closes.
class CameraImpl final : public Camera {
 public:
  CameraImpl(CameraConfig config, CameraOrigin origin, LogSink log);
  ~CameraImpl() override;
  CameraImpl(const CameraImpl&) = delete;
  CameraImpl& operator=(const CameraImpl&) = delete;

  [[nodiscard]] bool can_encode(VideoCodec codec) const override;
  void prepare(VideoCodec codec) override;
  [[nodiscard]] std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec,
                                                        std::shared_ptr<EncodedFrameSink> sink) override;
  [[nodiscard]] std::unique_ptr<EncodedVideoTap> listen(VideoCodec codec,
                                                        std::shared_ptr<EncodedFrameSink> sink) override;
  [[nodiscard]] std::shared_ptr<void> subscribe(OnFrame on_frame) override;
  void on_state(OnState on_state) override;
  Result<void> push(std::span<const std::uint8_t> i420, Timestamp captured_at) override;
  [[nodiscard]] CameraStats stats() const override;
  [[nodiscard]] const CameraConfig& config() const override { return config_; }

  /// Called on the capture's thread.
  void on_picture(const RawFrame& frame);
  void on_failure(Error reason);

 private:
  struct Subscriber;
  struct Wakeup;
  struct Link;

  void supervise();
  void obey(CaptureLife::Action action);
  void open_capture();
  void close_capture();
  void tell_state();
  void look_for_better(Timestamp now);
  void look_for_device(Timestamp now);
  void log_state(CameraState before, CameraState state, const std::optional<Error>& reason);
  [[nodiscard]] std::string label() const;
  /// @pre `mutex_` is held.
  [[nodiscard]] CameraState state() const;
  [[nodiscard]] Timestamp next_at() const;
  [[nodiscard]] std::string source_name() const;
  [[nodiscard]] int users() const;
  [[nodiscard]] bool has_subscribers() const;

  const CameraConfig config_;
  const CameraOrigin origin_;
  const LogSink log_;
  const std::shared_ptr<EncoderChoice> choice_;
  const std::shared_ptr<Wakeup> wakeup_;
  std::array<std::shared_ptr<SharedEncoder>, 2> encoders_;  // by VideoCodec

  mutable std::mutex mutex_;  // guards the members below
  bool ending_ = false;
  CaptureLife life_;
  CameraState told_ = CameraState::closed;
  bool is_listener_new_ = false;
  ToldReasons told_reasons_;
  OnState on_state_;
  std::int64_t captured_ = 0;
  std::vector<std::weak_ptr<Subscriber>> subscribers_;

  // Used only by the supervisor thread.
  Timestamp look_at_ = kNever;
  bool is_faulty_ = false;  // a fault was logged, and its end was not
  std::shared_ptr<Link> link_;
  std::unique_ptr<Capture> capture_;
  std::thread supervisor_;
};

}  // namespace rtcbot::media
