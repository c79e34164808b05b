#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "camera_search.hpp"
#include "capture.hpp"

namespace rtcbot::media {

/// The source "auto": opens the camera that `CameraSearch` chooses among those that `find` returns. Only one thread,
/// the camera's supervisor, may call `look`, `open`, `next_at` and `should_replace`; the rest is thread-safe.
class AutoSource {
 public:
  using Find = std::function<FoundCameras()>;
  /// Opens a camera; empty: the test picture with the line that no camera was found.
  using Open = std::function<Result<std::unique_ptr<Capture>>(const std::optional<Source>&, CaptureEvents)>;

  AutoSource(Find find, Open open, LogSink log)
      : find_(std::move(find)), open_(std::move(open)), log_(std::move(log)) {}

  /// Looks for cameras without opening one, so that the log lists them before a viewer comes.
  void look();
  [[nodiscard]] Result<std::unique_ptr<Capture>> open(CaptureEvents events);
  /// When to call `should_replace`; `kNever` after a camera was found.
  [[nodiscard]] Timestamp next_at() const { return search_.next_at(); }
  /// True if the test picture is shown and a camera now exists.
  [[nodiscard]] bool should_replace(Timestamp now);

  /// The source that was opened last, in the form of `CameraConfig::source`; "auto" before that.
  [[nodiscard]] std::string name() const;
  /// True if the test picture is shown because no camera was found.
  [[nodiscard]] bool is_missing() const;

 private:
  void set_name(const std::optional<Source>& chosen);

  const Find find_;
  const Open open_;
  const LogSink log_;
  CameraSearch search_;
  mutable std::mutex mutex_;  // guards the members below
  std::string name_ = "auto";
  bool is_missing_ = false;
};

}  // namespace rtcbot::media
