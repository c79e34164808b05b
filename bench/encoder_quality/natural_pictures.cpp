#include "natural_pictures.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>

#include "gst.hpp"

namespace rtcbot::bench {
namespace {

using media::GstPtr;
using media::I420Planes;

constexpr double kNoise = 1.5;  ///< Standard deviation of the sensor's noise in luma.
constexpr std::size_t kNoiseSamples = std::size_t{1} << 18;

/// Decodes a file to I420 pictures.
class FileReader {
 public:
  /// @param scaling elements between the decoder and the pictures
  /// @param caps more about the pictures, each with a comma before it
  [[nodiscard]] static Result<std::unique_ptr<FileReader>> open(const std::string& file, const std::string& scaling,
                                                                const std::string& caps) {
    if (auto started = media::start_gstreamer(); !started) return fail(started.error());
    auto pipeline =
        media::parse_pipeline("filesrc location=\"" + file + "\" ! decodebin ! videoconvert ! " + scaling +
                              "video/x-raw,format=I420" + caps + " ! appsink name=out sync=false max-buffers=4");
    if (!pipeline) return fail(pipeline.error());
    auto reader = std::unique_ptr<FileReader>(new FileReader(std::move(*pipeline)));
    if (media::change_state(reader->pipeline_.get(), GST_STATE_PLAYING, std::chrono::seconds(5)) ==
        media::StateChange::failed) {
      return fail(Errc::bad_config, file + " cannot be decoded");
    }
    return reader;
  }
  ~FileReader() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// The next picture; null at the end.
  [[nodiscard]] GstPtr<GstSample> next() {
    return GstPtr<GstSample>(gst_app_sink_try_pull_sample(GST_APP_SINK(out_.get()), 10 * GST_SECOND));
  }
  void rewind() {
    gst_element_seek_simple(pipeline_.get(), GST_FORMAT_TIME,
                            static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE), 0);
  }

 private:
  explicit FileReader(GstPtr<GstElement> pipeline)
      : pipeline_(std::move(pipeline)), out_(media::element_named(pipeline_.get(), "out")) {}
  GstPtr<GstElement> pipeline_;
  GstPtr<GstElement> out_;
};

struct PlaneOut {
  std::uint8_t* data = nullptr;
  int stride = 0;
};

std::array<PlaneOut, 3> planes_of(const I420Planes& planes) {
  return {{{planes.y, planes.stride_y}, {planes.u, planes.stride_u}, {planes.v, planes.stride_v}}};
}

/// A mapped picture of a sample.
class Mapped {
 public:
  explicit Mapped(GstSample* sample) {
    GstVideoInfo info;
    ok_ = gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) != FALSE &&
          gst_video_frame_map(&frame_, &info, gst_sample_get_buffer(sample), GST_MAP_READ) != FALSE;
  }
  ~Mapped() {
    if (ok_) gst_video_frame_unmap(&frame_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] int width(int plane) const { return GST_VIDEO_FRAME_COMP_WIDTH(&frame_, plane); }
  [[nodiscard]] int height(int plane) const { return GST_VIDEO_FRAME_COMP_HEIGHT(&frame_, plane); }
  void copy_to(int plane, PlaneOut to) const {
    const auto* from = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane));
    for (int y = 0; y < height(plane); ++y) {
      std::copy_n(from + static_cast<std::ptrdiff_t>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane), width(plane),
                  to.data + static_cast<std::ptrdiff_t>(y) * to.stride);
    }
  }

 private:
  GstVideoFrame frame_{};
  bool ok_ = false;
};

Plane plane_of(const Mapped& mapped, int index) {
  Plane plane{mapped.width(index), mapped.height(index), {}};
  plane.samples.resize(static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.height));
  mapped.copy_to(index, {plane.samples.data(), plane.width});
  return plane;
}

/// The part of `plane` at `view`, bilinearly. 16.16 fixed point, so that it is the same on each machine.
void sample_view(const Plane& plane, const CameraView& view, PlaneOut out, int width, int height) {
  const double step = view.width * plane.width / width;
  const auto fixed = [](double value) { return static_cast<std::int64_t>(std::lround(value * 65536.0)); };
  const std::int64_t dx = fixed(step * std::cos(view.roll)), dy = fixed(step * std::sin(view.roll));
  const double left = view.x * plane.width - 0.5 * (width * std::cos(view.roll) - height * std::sin(view.roll)) * step;
  const double top = view.y * plane.height - 0.5 * (width * std::sin(view.roll) + height * std::cos(view.roll)) * step;
  const std::int64_t max_x = std::int64_t{plane.width - 2} << 16, max_y = std::int64_t{plane.height - 2} << 16;
  for (int row = 0; row < height; ++row) {
    std::int64_t x = fixed(left) - row * dy, y = fixed(top) + row * dx;
    std::uint8_t* to = out.data + static_cast<std::ptrdiff_t>(row) * out.stride;
    for (int column = 0; column < width; ++column, x += dx, y += dy) {
      const std::int64_t cx = std::clamp<std::int64_t>(x, 0, max_x), cy = std::clamp<std::int64_t>(y, 0, max_y);
      const auto* at = plane.samples.data() + (cy >> 16) * plane.width + (cx >> 16);
      const int wx = static_cast<int>(cx & 0xffff) >> 8, wy = static_cast<int>(cy & 0xffff) >> 8;
      const int upper = at[0] * (256 - wx) + at[1] * wx;
      const int lower = at[plane.width] * (256 - wx) + at[plane.width + 1] * wx;
      to[column] = static_cast<std::uint8_t>((upper * (256 - wy) + lower * wy + 32768) >> 16);
    }
  }
}

/// A photograph through a moving or standing camera.
class Camera final : public NaturalPictures {
 public:
  Camera(Photograph photograph, int width, int height, bool drives)
      : photograph_(std::move(photograph)), width_(width), height_(height), drives_(drives), noise_(kNoiseSamples) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same pictures in each run
    std::normal_distribution<double> normal(0, kNoise);
    for (auto& value : noise_) value = static_cast<std::int8_t>(std::lround(std::clamp(normal(random), -100.0, 100.0)));
  }

  void next(const I420Planes& planes) override {
    const CameraView view = driving_view(drives_ ? number_ : 0);
    sample_view(photograph_.y, view, {planes.y, planes.stride_y}, width_, height_);
    sample_view(photograph_.u, view, {planes.u, planes.stride_u}, width_ / 2, height_ / 2);
    sample_view(photograph_.v, view, {planes.v, planes.stride_v}, width_ / 2, height_ / 2);
    add_noise({planes.y, planes.stride_y});
    ++number_;
  }

 private:
  void add_noise(PlaneOut luma) {
    std::uint32_t at = static_cast<std::uint32_t>(number_) * 2654435761U;
    for (int y = 0; y < height_; ++y) {
      at = at * 1664525U + 1013904223U;
      std::uint8_t* line = luma.data + static_cast<std::ptrdiff_t>(y) * luma.stride;
      const std::size_t begin = (at >> 8) % (kNoiseSamples - static_cast<std::size_t>(width_));
      for (int x = 0; x < width_; ++x) {
        line[x] = static_cast<std::uint8_t>(std::clamp(line[x] + noise_[begin + static_cast<std::size_t>(x)], 0, 255));
      }
    }
  }

  Photograph photograph_;
  int width_;
  int height_;
  bool drives_;
  std::vector<std::int8_t> noise_;
  int number_ = 0;
};

class Recorded final : public NaturalPictures {
 public:
  explicit Recorded(std::unique_ptr<FileReader> reader) : reader_(std::move(reader)) {}

  void next(const I420Planes& planes) override {
    auto sample = reader_->next();
    if (!sample) {
      reader_->rewind();
      sample = reader_->next();
    }
    if (!sample) return;
    const Mapped mapped(sample.get());
    if (!mapped.ok()) return;
    const auto out = planes_of(planes);
    for (int plane = 0; plane < 3; ++plane) mapped.copy_to(plane, out[static_cast<std::size_t>(plane)]);
  }

 private:
  std::unique_ptr<FileReader> reader_;
};

Result<std::unique_ptr<NaturalPictures>> open_video(const std::string& file, int width, int height) {
  const std::string w = std::to_string(width);
  const std::string h = std::to_string(height);
  auto reader =
      FileReader::open(file, "aspectratiocrop aspect-ratio=" + w + "/" + h + " ! videoscale method=lanczos ! ",
                       ",width=" + w + ",height=" + h + ",pixel-aspect-ratio=1/1");
  if (!reader) return fail(reader.error());
  return std::make_unique<Recorded>(std::move(*reader));
}

Result<std::unique_ptr<NaturalPictures>> open_photograph(const std::string& file, bool drives, int width, int height) {
  auto reader = FileReader::open(file, "", "");
  if (!reader) return fail(reader.error());
  const auto sample = (*reader)->next();
  if (!sample) return fail(Errc::bad_config, file + " has no picture");
  const Mapped mapped(sample.get());
  if (!mapped.ok()) return fail(Errc::bad_config, file + " cannot be read");
  Photograph photograph{plane_of(mapped, 0), plane_of(mapped, 1), plane_of(mapped, 2)};
  return std::make_unique<Camera>(std::move(photograph), width, height, drives);
}

}  // namespace

CameraView driving_view(int number) {
  const double t = number / 30.0;
  const auto wave = [t](double hertz, double phase) { return std::sin(2 * std::numbers::pi * (hertz * t + phase)); };
  CameraView view;
  view.width = 0.62 - 0.12 * wave(1 / 9.0, 0.1);  // drives up to things, and away from them
  // Turns to the sides, and shakes: a car's springs, then the motor.
  view.x = 0.5 + 0.16 * wave(1 / 7.0, 0) + 0.0012 * wave(2.3, 0.3) + 0.0004 * wave(11.7, 0.7);
  view.y = 0.5 + 0.05 * wave(1 / 5.0, 0.2) + 0.0025 * wave(1.9, 0) + 0.0008 * wave(7.3, 0.4) + 0.0004 * wave(12.9, 0.6);
  view.roll = 0.012 * wave(1.1, 0.5);
  return view;
}

Result<std::unique_ptr<NaturalPictures>> NaturalPictures::open(const std::string& source, int width, int height) {
  const std::size_t colon = source.find(':');
  const std::string kind = source.substr(0, colon);
  const std::string file = colon == std::string::npos ? "" : source.substr(colon + 1);
  if (kind == "video") return open_video(file, width, height);
  if (kind == "drive" || kind == "still") return open_photograph(file, kind == "drive", width, height);
  return fail(Errc::bad_config, "pictures are drive:FILE, still:FILE or video:FILE, not " + source);
}

}  // namespace rtcbot::bench
