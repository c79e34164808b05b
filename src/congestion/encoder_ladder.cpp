#include "rtcbot/congestion/encoder_ladder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Duration kSlot = milliseconds(100);
constexpr Duration kSoon = milliseconds(500);         ///< Averaging time before a step down.
constexpr Duration kNewest = milliseconds(300);       ///< Averaging time for the size of a step down.
constexpr Duration kStart = milliseconds(2'000);      ///< Estimates start low, so the size is not reduced before this
                                                      ///< time.
constexpr Duration kResizeGap = milliseconds(1'500);  ///< Minimum interval between two changes of size.
constexpr Duration kFasterAfter = milliseconds(1'000);
constexpr Duration kLargerAfter = milliseconds(5'000);
constexpr Duration kPlentyAfter = milliseconds(1'500);  ///< Time before a step to full size if the rate is plentiful.
constexpr Duration kMaxPatience = milliseconds(20'000);
constexpr Duration kRegret = milliseconds(10'000);  ///< A reduction within this time after an increase means that the
                                                    ///< increase was wrong.
constexpr Duration kForgotten = milliseconds(30'000);
constexpr double kSpare = 1.35;  ///< Ratio to its need at which a better step is taken.
constexpr double kPlenty = 2.0;  ///< Ratio that counts as plentiful: the link has improved, not just varied.

struct Rung {
  double scale, frame_rate;  ///< Frame rate 0: the camera's.
};
/// A step down reduces the size only as far as a frame rate still fits; a step up raises the frame rate before the
/// size.
constexpr std::array<Rung, 12> kRungs = {{{1, 0},
                                          {1, 20},
                                          {1, 15},
                                          {0.75, 0},
                                          {0.75, 20},
                                          {0.75, 15},
                                          {0.5, 0},
                                          {0.5, 20},
                                          {0.5, 15},
                                          {0.5, 10},
                                          {0.375, 10},
                                          {0.375, 5}}};
constexpr int kMinSide = 64;

int even(double pixels) { return 2 * static_cast<int>(std::lround(pixels / 2)); }

/// Half the pixels, or half the frames, need more than half the rate, because the rest has more detail per pixel or
/// more change per frame.
DataRate need_of(DataRate full_need, int width, int height, double frame_rate) {
  const double pixels = static_cast<double>(width) * height / (1280.0 * 720.0);
  return full_need * (std::pow(pixels, 0.75) * std::pow(frame_rate / 30.0, 0.8));
}

}  // namespace

std::vector<EncoderLadder::Step> encoder_steps(const EncoderLadder::Config& config) {
  std::vector<EncoderLadder::Step> steps;
  for (const auto& [scale, rate] : kRungs) {
    const int width = even(config.width * scale);
    const int height = even(config.height * scale);
    const double frame_rate = rate > 0 ? std::min(rate, config.frame_rate) : config.frame_rate;
    if (!steps.empty() && std::min(width, height) < kMinSide) break;
    const EncoderLadder::Step step{width, height, frame_rate, need_of(config.full_need, width, height, frame_rate)};
    if (steps.empty() || step != steps.back()) steps.push_back(step);
  }
  return steps;
}

EncoderLadder::EncoderLadder(const Config& config) : steps_(encoder_steps(config)), increase_delay_(kLargerAfter) {}

void EncoderLadder::on_target(Timestamp now, DataRate rate) {
  if (!began_) {
    began_ = stepped_at_ = resized_at_ = recorded_to_ = now;
  }
  record(now);
  rate_ = rate;
  if (rate_ <= DataRate()) return;
  if (last_was_up_ && now - resized_at_ >= kForgotten) increase_delay_ = kLargerAfter;
  if (mean_of_last(kSoon) < step().need) {
    step_down(now);
  } else if (at_ > 0) {
    step_up(now);
  }
}

/// Adds the rate since the last call to the slots.
void EncoderLadder::record(Timestamp now) {
  Duration rest = std::min(now - recorded_to_, kMaxPatience + kSoon);
  recorded_to_ = now;
  if (rate_ <= DataRate()) return;
  while (rest > Duration::zero()) {
    if (slots_.empty() || slots_.back().length >= kSlot) slots_.push_back({});
    Slot& slot = slots_.back();
    const Duration part = std::min(rest, kSlot - slot.length);
    slot.length += part;
    slot.bits += static_cast<double>(rate_.bits_per_second()) * 1e-6 * static_cast<double>(part.count());
    rest -= part;
  }
  while (static_cast<Duration::rep>(slots_.size()) > (kMaxPatience + kSoon) / kSlot) slots_.pop_front();
}

/// If the history is shorter than the window, the present rate fills the rest.
DataRate EncoderLadder::mean_of_last(Duration window) const {
  double bits = 0;
  Duration length{};
  for (auto slot = slots_.rbegin(); slot != slots_.rend() && length < window; ++slot) {
    bits += slot->bits;
    length += slot->length;
  }
  if (length < window) {
    bits += static_cast<double>(rate_.bits_per_second()) * 1e-6 * static_cast<double>((window - length).count());
    length = window;
  }
  return DataRate::bits_per_second(static_cast<std::int64_t>(bits * 1e6 / static_cast<double>(length.count())));
}

/// The lowest average over half a second within the window; zero if the history is shorter than the window.
DataRate EncoderLadder::worst_in_last(Duration window) const {
  const auto count = static_cast<std::size_t>(window / kSlot);
  constexpr auto kRun = static_cast<std::size_t>(kSoon / kSlot);
  if (slots_.size() <= count) return {};
  double worst = 1e18;
  for (std::size_t first = slots_.size() - 1 - count; first + kRun < slots_.size(); ++first) {
    double bits = 0;
    for (std::size_t i = first; i < first + kRun; ++i) bits += slots_[i].bits;
    worst = std::min(worst, bits);
  }
  return DataRate::bits_per_second(static_cast<std::int64_t>(worst * 1e6 / static_cast<double>(kSoon.count())));
}

bool EncoderLadder::same_size(std::size_t a, std::size_t b) const {
  return steps_[a].width == steps_[b].width && steps_[a].height == steps_[b].height;
}

bool EncoderLadder::may_resize(Timestamp now) const {
  return now - *began_ >= kStart && now - resized_at_ >= kResizeGap;
}

void EncoderLadder::step_down(Timestamp now) {
  const DataRate rate = std::min(mean_of_last(kSoon), mean_of_last(kNewest));
  std::size_t to = at_;
  while (to + 1 < steps_.size() && steps_[to].need > rate) ++to;
  while (to > at_ && !same_size(to, at_) && !may_resize(now)) --to;
  go_to(now, to);
}

void EncoderLadder::step_up(Timestamp now) {
  const auto had = [this, now](Timestamp since, Duration wait, DataRate rate) {
    return now - since >= wait && worst_in_last(wait) >= rate;
  };
  const auto fits = [&](std::size_t step) {
    const DataRate need = steps_[step].need;
    if (same_size(step, at_)) return had(stepped_at_, kFasterAfter, need * kSpare);
    const bool is_trusted = increase_delay_ == kLargerAfter;  // No recent increase was wrong.
    if (step == 0 && is_trusted && had(resized_at_, kPlentyAfter, need * kPlenty)) return true;
    return had(resized_at_, increase_delay_, need * kSpare);
  };
  std::size_t to = 0;
  while (to < at_ && !fits(to)) ++to;
  if (to == at_) return;
  // While the window still contains the end of a bad period, a better step will fit soon, so waiting saves one change.
  // An increase of the frame rate does not wait for an increase of the size.
  const bool keeps_size = same_size(to, at_);
  const Duration half = (keeps_size ? kFasterAfter : increase_delay_) / 2;
  const bool has_better = to > 0 && (!keeps_size || same_size(to - 1, at_));
  if (has_better && worst_in_last(half) >= steps_[to - 1].need * kSpare) return;
  go_to(now, to);
}

void EncoderLadder::go_to(Timestamp now, std::size_t to) {
  if (to == at_) return;
  if (!same_size(to, at_)) {
    const bool up = to < at_;
    if (!up && last_was_up_ && now - resized_at_ < kRegret)
      increase_delay_ = std::min(2 * increase_delay_, kMaxPatience);
    last_was_up_ = up;
    resized_at_ = now;
  }
  stepped_at_ = now;
  at_ = to;
}

}  // namespace rtcbot::congestion
