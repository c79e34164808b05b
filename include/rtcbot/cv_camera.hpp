#pragma once

/// Pictures to and from OpenCV. Needs OpenCV's headers and the libraries opencv_core and opencv_imgproc. Not part of
/// rtcbot.hpp, because the rest of the library does not need OpenCV.
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "rtcbot/camera.hpp"

namespace rtcbot {

/// Copies a picture into OpenCV's form: height x width, 3 channels of 8 bits, blue first (CV_8UC3).
[[nodiscard]] inline cv::Mat to_bgr(const VideoFrame& frame) {
  // cvtColor expects the three planes of I420 one after the other; in a VideoFrame they may be apart.
  cv::Mat planes(frame.height * 3 / 2, frame.width, CV_8UC1);
  const auto copy = [](const std::uint8_t* from, int stride, int width, int height, std::uint8_t* to) {
    for (int row = 0; row < height; ++row, from += stride, to += width) std::copy(from, from + width, to);
    return to;
  };
  auto* to = copy(frame.y.data(), frame.stride_y, frame.width, frame.height, planes.data);
  to = copy(frame.u.data(), frame.stride_u, frame.width / 2, frame.height / 2, to);
  copy(frame.v.data(), frame.stride_v, frame.width / 2, frame.height / 2, to);
  cv::Mat bgr;
  cv::cvtColor(planes, bgr, cv::COLOR_YUV2BGR_I420);
  return bgr;
}

/// The CVCamera of RTCBot: a camera whose pictures pass through a user's function before viewers see them, or are
/// supplied by the program.
///
/// A handle; thread-safe. The function is called on the callback thread with the newest picture; pictures that arrive
/// while it runs are skipped. A CVCamera with a source keeps the camera open for its whole life, even without viewers,
/// because the function may serve another purpose. Nothing is encoded while nobody watches.
class CVCamera : public PushCamera {
 public:
  struct Options {
    int width = 320;              ///< Pixels, even; the default of RTCBot.
    int height = 240;             ///< Pixels, even.
    std::string source = "auto";  ///< As for `Camera`; empty: no source, the program calls `put_nowait`.
    int frame_rate = 30;          ///< Frames per second, 1 to 120.
    /// Changes each picture (CV_8UC3) before viewers see it. May change the pixels, not the size.
    std::function<void(cv::Mat&)> preprocessframe{};
  };

  CVCamera() : CVCamera(Options{}) {}

  /// @throws Error bad_config, no_camera.
  explicit CVCamera(Options options)
      : PushCamera(options.width, options.height, options.frame_rate), size_(size_of(options)) {
    if (options.source.empty()) return;
    input_ = std::make_shared<Camera>(Camera::Options{
        .source = options.source, .width = options.width, .height = options.height, .frame_rate = options.frame_rate});
    // The copy has no subscription (`input_`), so that the callback does not keep itself alive.
    CVCamera shown(*this);
    shown.input_.reset();
    pictures_ =
        input_->subscribe([shown, change = std::move(options.preprocessframe)](const VideoFrame& frame) mutable {
          cv::Mat bgr = to_bgr(frame);
          if (change) change(bgr);
          shown.put_nowait(bgr);
        });
  }

  /// Shows one picture, CV_8UC3 of the camera's size.  @throws Error bad_config for another size or type.
  void put_nowait(const cv::Mat& bgr) {
    if (bgr.type() != CV_8UC3 || bgr.size() != size_) {
      throw Error(Errc::bad_config, "a picture for this CVCamera is CV_8UC3 of " + std::to_string(size_.width) + "x" +
                                        std::to_string(size_.height));
    }
    cv::Mat i420;
    cv::cvtColor(bgr, i420, cv::COLOR_BGR2YUV_I420);
    PushCamera::put_nowait(std::span<const std::uint8_t>(i420.data, i420.total()));
  }

 private:
  static cv::Size size_of(const Options& options) { return {options.width, options.height}; }

  cv::Size size_;
  std::shared_ptr<Camera> input_;
  std::shared_ptr<void> pictures_;
};

}  // namespace rtcbot
