#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Chooses how many pictures a second, and how large, a granted rate is spent on.
///
/// The rate itself is the encoder's at once; this class moves slowly, because a rate on a radio link swings by three in
/// a tenth of a second, and each change of size costs a key frame. A list of steps, each with the rate that it needs:
/// at first fewer pictures, then smaller ones. Down within about half a second of a rate that does not fit, straight to
/// the step that fits; up to more pictures after a second, and to larger ones only after seconds in which even the
/// worst half second had a third to spare (sooner with twice the need), and later each time that this was regretted. A
/// rate of zero (a link that is gone) says nothing about the link that comes back, and is left out.
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
class EncoderLadder {
 public:
  struct Config {
    int width = 640;           ///< Pixels of the camera's picture: the largest that is chosen.
    int height = 480;          ///< Pixels.
    double frame_rate = 30.0;  ///< Of the camera, a second: the highest that is chosen.
    DataRate full_need = DataRate::kilobits_per_second(1'200);  ///< Least for a fair 1280x720 at 30 in this codec.
  };

  /// One way to spend a rate.
  struct Step {
    int width = 0;          ///< Pixels, even.
    int height = 0;         ///< Pixels, even.
    double frame_rate = 0;  ///< Pictures a second.
    DataRate need;          ///< The least rate at which this is better than the next step.
    friend bool operator==(const Step&, const Step&) = default;
  };

  explicit EncoderLadder(const Config& config);

  /// What is granted from now on, until the next call; best told for each picture.
  /// @pre `now` is not before any earlier `now` given to this object.
  void on_target(Timestamp now, DataRate rate);

  /// The step to encode at now.
  [[nodiscard]] const Step& step() const { return steps_[at_]; }
  /// All of them, the best first; the last is the floor, chosen even where its need is not met.
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  struct Slot {
    Duration length{};
    double bits = 0;
  };

  void record(Timestamp now);
  [[nodiscard]] DataRate mean_of_last(Duration window) const;
  [[nodiscard]] DataRate worst_in_last(Duration window) const;
  [[nodiscard]] bool same_size(std::size_t a, std::size_t b) const;
  [[nodiscard]] bool may_resize(Timestamp now) const;
  void step_down(Timestamp now);
  void step_up(Timestamp now);
  void go_to(Timestamp now, std::size_t step);

  std::vector<Step> steps_;
  std::size_t at_ = 0;
  DataRate rate_;
  std::optional<Timestamp> began_;
  Timestamp recorded_to_{};
  std::deque<Slot> slots_;  ///< The rate of the last seconds, oldest first, in tenths of a second.
  Timestamp stepped_at_{};  ///< When the step was last changed.
  Timestamp resized_at_{};
  bool last_was_up_ = false;  ///< The last change of size.
  Duration patience_;         ///< What must pass before the picture grows again.
};

/// The steps of a camera's picture: the frame rate down to 15, the same at 3/4 of the size, at 1/2 down to 10, and 3/8
/// with 10 and 5. Within a size each needs less than the one before. A size below 64 pixels either way is left out.
[[nodiscard]] std::vector<EncoderLadder::Step> encoder_steps(const EncoderLadder::Config& config);

}  // namespace rtcbot::congestion
