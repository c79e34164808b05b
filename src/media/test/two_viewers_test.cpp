// Who drives, and a second viewer whose link is thin or loses packets, in virtual time: what src/media and src/peer do
// with each picture, made of the same pure parts.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "encode_policy.hpp"
#include "rtcbot/congestion/frame_gate.hpp"
#include "rtcbot/congestion/key_frame_request_limiter.hpp"
#include "rtcbot/congestion/path_controller.hpp"
#include "rtcbot/linklab/link.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kBegin{std::chrono::hours(1)};
constexpr Duration kFrameInterval{33'333};
constexpr Duration kReturnDelay = milliseconds(20);
constexpr std::int64_t kPayload = 1'150;
constexpr std::int64_t kHeader = 60;

DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }

struct Frame {
  std::int64_t sequence = 0;
  bool key = false;
  DataSize size;
};

/// One viewer: its gate, its estimate, its link of so much in 20 ms, and its reports each 50 ms.
class VirtualViewer {
 public:
  VirtualViewer(DataRate rate, double loss, ViewerPriority priority)
      : priority_(priority), link_(config_of(rate, loss), kBegin) {
    gate_.restart(kBegin);
  }

  /// What it says to a picture that was captured now.
  [[nodiscard]] TapView look(Timestamp now) {
    const congestion::FrameGate::PathRoom path{.for_new = controller_.frame_allowance(now) > DataSize()};
    gate_.set_rate(now, target(now));
    const bool has_room = gate_.has_room(now, path);
    if (has_room && gate_.take_key_request(now, path)) ask(now, gate_.broken_at());
    if (has_room && !controller_.is_stalled(now)) last_room_at_ = now;
    return {.joining = joins_, .has_room = has_room, .last_room_at = last_room_at_, .priority = priority_};
  }

  void give(Timestamp now, const Frame& frame) {
    if (joins_ && !frame.key) return;
    joins_ = false;
    const congestion::FrameGate::PathRoom path{.for_encoded = controller_.admits(now, frame.size)};
    if (!gate_.admit(now, frame.sequence, frame.key, frame.size, path)) return;
    ++frames;
    bytes += frame.size;
    if (frame.key) key_bytes += frame.size;
    controller_.on_frame(now, frame.size);
    for (std::int64_t left = frame.size.bytes(); left > 0; left -= kPayload) {
      pacer_.push_back(DataSize::bytes(std::min(left, kPayload) + kHeader));
    }
  }

  void pass(Timestamp now) {
    may_send_at_ = std::max(may_send_at_, now - milliseconds(5));
    for (; !pacer_.empty() && may_send_at_ <= now; pacer_.pop_front()) {
      may_send_at_ += pacer_.front() / controller_.pacing_rate();
      sent_[++sequence_] = {.sequence = sequence_, .sent_at = now, .size = pacer_.front()};
      controller_.on_sent(now, sequence_, pacer_.front());
      link_.offer(now, pacer_.front(), static_cast<std::uint64_t>(sequence_));
    }
    for (const auto& arrived : link_.advance(now)) {
      sent_[static_cast<std::int64_t>(arrived.id)].received_at = arrived.at;
      newest_ = static_cast<std::int64_t>(arrived.id);
      delays.push_back(arrived.at - sent_[newest_].sent_at);
    }
    if (now >= next_report_) report(now);
    for (; !reports_.empty() && reports_.front().first <= now; reports_.pop_front()) hear(now, reports_.front().second);
  }

  void ask(Timestamp now, std::optional<Timestamp> broken_at) { limiter.request(now, leads, broken_at); }
  [[nodiscard]] DataRate target(Timestamp now) { return controller_.video_rate(now); }
  [[nodiscard]] Duration delay(double share) {
    std::sort(delays.begin(), delays.end());
    return delays.at(static_cast<std::size_t>(share * static_cast<double>(delays.size())));
  }
  [[nodiscard]] std::int64_t refused() const { return gate_.stats().refused; }

  congestion::KeyFrameRequestLimiter limiter;
  bool leads = false;
  int frames = 0;
  DataSize bytes, key_bytes;
  std::vector<Duration> delays;

 private:
  using Reports = std::vector<congestion::PacketReport>;

  static linklab::LinkConfig config_of(DataRate rate, double loss) {
    linklab::LinkConfig config;
    config.rate = rate;
    config.delay = milliseconds(20);
    config.loss = {.loss_in_good = loss};
    return config;
  }

  /// All packets up to the newest that came: those in between that did not are lost.
  void report(Timestamp now) {
    next_report_ = now + milliseconds(50);
    Reports reports;
    for (auto sent = sent_.begin(); sent != sent_.end() && sent->first <= newest_; sent = sent_.erase(sent)) {
      reports.push_back(sent->second);
    }
    if (!reports.empty()) reports_.emplace_back(now + kReturnDelay, std::move(reports));
  }

  /// Nothing is sent twice here: who loses a packet asks for a key frame.
  void hear(Timestamp now, const Reports& reports) {
    controller_.on_feedback(now, reports);
    const auto is_lost = [](const auto& packet) { return !packet.received_at; };
    if (std::any_of(reports.begin(), reports.end(), is_lost)) ask(now, std::nullopt);
  }

  const ViewerPriority priority_;
  congestion::FrameGate gate_;
  congestion::PathController controller_{{}, {}};
  linklab::Link link_;
  bool joins_ = true;
  Timestamp last_room_at_ = kBegin;
  std::deque<DataSize> pacer_;
  Timestamp may_send_at_ = kBegin;
  std::int64_t sequence_ = 0, newest_ = 0;
  std::map<std::int64_t, congestion::PacketReport> sent_;
  Timestamp next_report_ = kBegin;
  std::deque<std::pair<Timestamp, Reports>> reports_;
};

/// A camera of thirty pictures a second and an encoder that hits its rate: what a key frame takes, three times a
/// frame's share, the next frames give back.
class Show {
 public:
  explicit Show(std::vector<VirtualViewer*> viewers) : viewers_(std::move(viewers)) {}

  /// So long after the begin this one comes, too.
  void join(VirtualViewer& viewer, Duration after) {
    joiner_ = &viewer;
    joins_at_ = kBegin + after;
  }

  void run(Duration length) {
    for (Timestamp now = kBegin; now < kBegin + length; now += milliseconds(1)) {
      if (joiner_ != nullptr && now >= joins_at_) viewers_.push_back(std::exchange(joiner_, nullptr));
      if (now >= next_picture_) picture(now);
      for (VirtualViewer* viewer : viewers_) viewer->pass(now);
    }
  }

  int key_frames = 0;

 private:
  void picture(Timestamp now) {
    next_picture_ += kFrameInterval;
    std::vector<TapView> views;
    for (VirtualViewer* viewer : viewers_) views.push_back(viewer->look(now));
    const auto primary = choose_primary(views, now);
    for (std::size_t i = 0; i < views.size(); ++i) viewers_[i]->leads = i == *primary;
    if (!worth_encoding(views, primary)) return;
    encode(now, std::any_of(views.begin(), views.end(), [](const TapView& view) { return view.joining; }),
           viewers_[*primary]->target(now));
  }

  void encode(Timestamp now, bool somebody_joins, DataRate rate) {
    const auto is_due = [now](const VirtualViewer* viewer) { return viewer->limiter.due(now, viewer->leads); };
    const bool key = somebody_joins || std::any_of(viewers_.begin(), viewers_.end(), is_due);
    const std::int64_t share = (rate * kFrameInterval).bytes();
    const std::int64_t size = key ? 3 * share : std::max(share - owed_ / 10, share / 4);
    owed_ += size - share;
    key_frames += key ? 1 : 0;
    const Frame frame{.sequence = sequence_++, .key = key, .size = DataSize::bytes(size)};
    for (VirtualViewer* viewer : viewers_) {
      if (key) viewer->limiter.made(now);
      viewer->give(now, frame);
    }
  }

  std::vector<VirtualViewer*> viewers_;
  VirtualViewer* joiner_ = nullptr;
  Timestamp joins_at_{};
  Timestamp next_picture_ = kBegin;
  std::int64_t sequence_ = 0, owed_ = 0;
};

constexpr ViewerPriority kDriver{.drives = true, .since = Timestamp(seconds(2))};
constexpr ViewerPriority kSpectator{.drives = false, .since = Timestamp(seconds(1))};

/// The driver's picture with a spectator like this, against the driver's alone.
struct Comparison {
  explicit Comparison(DataRate second_link, double loss) : second(second_link, loss, kSpectator) {
    Show({&alone}).run(seconds(20));
    Show show({&second, &driver});
    show.run(seconds(20));
    key_frames = show.key_frames;
    testing::Test::RecordProperty("key_frames", key_frames);
    testing::Test::RecordProperty("driver_frames", driver.frames);
    testing::Test::RecordProperty("alone_frames", alone.frames);
    testing::Test::RecordProperty("driver_bytes", std::to_string(driver.bytes.bytes()));
    testing::Test::RecordProperty("driver_key_bytes", std::to_string(driver.key_bytes.bytes()));
    testing::Test::RecordProperty("alone_bytes", std::to_string(alone.bytes.bytes()));
    testing::Test::RecordProperty("second_frames", second.frames);
    testing::Test::RecordProperty("driver_p95_ms", std::to_string(driver.delay(0.95).count() / 1000));
    testing::Test::RecordProperty("alone_p95_ms", std::to_string(alone.delay(0.95).count() / 1000));
  }

  /// What pictures are made of, apart from key frames that nobody needs who drives.
  static double detail(const VirtualViewer& viewer) {
    return static_cast<double>((viewer.bytes - viewer.key_bytes).bytes());
  }

  void expect_the_driver_hardly_notices() {
    EXPECT_EQ(driver.refused(), 0);
    EXPECT_GE(driver.frames, alone.frames * 97 / 100);
    EXPECT_GE(detail(driver), detail(alone) * 0.95);
    EXPECT_LE(driver.delay(0.95), alone.delay(0.95) + milliseconds(10));
  }

  VirtualViewer alone{kbps(5'000), 0, kDriver};
  VirtualViewer driver{kbps(5'000), 0, kDriver};
  VirtualViewer second;
  int key_frames = 0;
};

TEST(TwoViewers, AThinSpectatorHoldsNeitherTheDriversRateNorItsPictureDown) {
  Comparison show(kbps(300), 0);
  show.expect_the_driver_hardly_notices();
  EXPECT_LE(show.key_frames, 7) << "after half a second, and then later and later";
  EXPECT_GE(show.second.frames, 3) << "fewer frames, not none";
}

TEST(TwoViewers, ASpectatorOfHalfTheDriversRateCostsNoMore) {
  Comparison show(kbps(2'000), 0);
  show.expect_the_driver_hardly_notices();
  EXPECT_LE(show.key_frames, 9);
}

TEST(TwoViewers, ASpectatorWhoLosesPacketsGetsAKeyFrameEachFewSecondsAndNotEachTenthOfOne) {
  Comparison show(kbps(8'000), 0.02);
  show.expect_the_driver_hardly_notices();
  EXPECT_LE(show.key_frames, 9);
  EXPECT_GE(show.key_frames, 3);
}

TEST(TwoViewers, ASpectatorWhoseLinkCarriesItHasTheWholeStreamWithinASecond) {
  VirtualViewer driver(kbps(9'000), 0, kDriver);
  VirtualViewer second(kbps(20'000), 0, kSpectator);
  Show show({&driver});
  show.join(second, seconds(10));
  show.run(seconds(20));
  EXPECT_GT(driver.target(kBegin + seconds(20)), kbps(7'000)) << "many times of what the second begins with";
  EXPECT_GE(second.frames, 30 * 9);
  EXPECT_LE(show.key_frames, 4);
}

}  // namespace
}  // namespace rtcbot::media
