#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Chooses frame rate and picture size for a target bitrate.
///
/// The encoder follows the rate itself immediately. This class reacts slowly, because the rate of a radio link changes
/// by a factor of three within a tenth of a second and each change of size costs a key frame. It uses a list of steps,
/// each with the rate that it needs: first fewer frames per second, then smaller pictures. It steps down within about
/// half a second, directly to the step that fits. It steps up in frame rate after a second, and in size only after
/// several seconds in which even the worst half second exceeded the need by a third (to full size sooner with twice the
/// need). This time doubles whenever a larger size had to be reduced again soon. A rate of zero (a lost link) says
/// nothing about the link that returns, and is ignored.
class EncoderLadder {
 public:
  struct Config {
    int width = 640;           ///< Pixels of the camera's picture: the largest size.
    int height = 480;          ///< Pixels.
    double frame_rate = 30.0;  ///< The camera's frames per second: the highest frame rate.
    DataRate full_need = DataRate::kilobits_per_second(1'200);  ///< Minimum for acceptable 1280x720 at 30 in this
                                                                ///< codec.
  };

  /// One combination of size and frame rate.
  struct Step {
    int width = 0;          ///< Pixels, even.
    int height = 0;         ///< Pixels, even.
    double frame_rate = 0;  ///< Frames per second.
    DataRate need;          ///< Minimum rate at which this is better than the next step.
    friend bool operator==(const Step&, const Step&) = default;
  };

  explicit EncoderLadder(const Config& config);

  /// Sets the target rate, valid until the next call; preferably called for each picture.
  void on_target(Timestamp now, DataRate rate);

  /// The step to use now.
  [[nodiscard]] const Step& step() const { return steps_[at_]; }
  /// All steps, the best first. The last one is used even if its need is not met.
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
  std::deque<Slot> slots_;  ///< The rates of the last seconds, oldest first, in slots of 100 ms.
  Timestamp stepped_at_{};  ///< When the step was last changed.
  Timestamp resized_at_{};
  bool last_was_up_ = false;  ///< Direction of the last change of size.
  Duration increase_delay_;   ///< Time before the picture size may grow again.
};

/// Returns the steps for a camera: full size with the frame rate down to 15, the same at 3/4 of the size, at 1/2 down
/// to 10, and 3/8 with 10 and 5. Within a size each step needs less than the previous one. Sizes with a side below 64
/// pixels are left out.
[[nodiscard]] std::vector<EncoderLadder::Step> encoder_steps(const EncoderLadder::Config& config);

}  // namespace rtcbot::congestion
