#include "shared_encoder.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "planes.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

EncoderRow named(const char* name) { return encoder_candidates(VideoCodec::h264, name).front(); }

/// One encoder for one codec, whose supervisor and camera are the test.
struct Bench {
  explicit Bench(std::vector<EncoderRow> rows)
      : encoder(std::make_shared<SharedEncoder>(
            VideoCodec::h264, settings,
            std::make_shared<EncoderChoice>(std::map<VideoCodec, std::vector<EncoderRow>>{{VideoCodec::h264, rows}},
                                            LogSink()),
            [this](const LogRecord& record) { diary.note(record.message); }, [] {})) {}
  ~Bench() { encoder->stop(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void picture(Timestamp captured_at) {
    I420Planes planes;
    RawFrame frame = pool.take(planes);
    std::memset(planes.y, 100, i420_size(64, 64));
    frame.captured_at = captured_at;
    encoder->on_picture(frame);
  }
  /// Goes on as camera and supervisor do until the viewer has `count` frames.
  [[nodiscard]] bool deliver_until(RecordingSink& viewer, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + kTimeout;
    while (viewer.count() < count && std::chrono::steady_clock::now() < until) {
      encoder->maintain(runtime::now(), true);
      picture(runtime::now());
      std::this_thread::yield();
    }
    return viewer.count() >= count;
  }

  EncoderSettings settings{.width = 64, .height = 64, .frame_rate = 120, .bitrate = DataRate::kilobits_per_second(500)};
  PicturePool pool{64, 64};
  CameraDiary diary;
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
  std::shared_ptr<SharedEncoder> encoder;
};

TEST(SharedEncoder, FallsBackToTheNextEncoderWhenOneFailsAtWork) {
  EncoderRow breaking = named("x264enc");
  breaking.after = "identity error-after=4";
  Bench bench({breaking, named("openh264enc")});
  const auto tap = bench.encoder->attach(bench.sink);
  ASSERT_TRUE(bench.deliver_until(*bench.sink, 10));
  EXPECT_EQ(bench.encoder->stats().encoder, "openh264enc");
  EXPECT_TRUE(bench.diary.wait_for("x264enc failed"));
  // The viewer noticed nothing but a key frame more, and no gap in the numbers.
  const auto frames = bench.sink->frames();
  EXPECT_EQ(frames.back().sequence, static_cast<std::int64_t>(frames.size()) - 1);
  EXPECT_EQ(std::count_if(frames.begin(), frames.end(), [](const auto& frame) { return frame.key_frame; }), 2);
}

TEST(SharedEncoder, RunsAheadOfAViewerWhoIsExpected) {
  Bench bench({named("x264enc")});
  const Timestamp now = runtime::now();
  bench.encoder->expect_viewer(now + std::chrono::seconds(5));
  bench.encoder->maintain(now, false);
  EXPECT_TRUE(bench.encoder->is_running());
  bench.picture(now);
  EXPECT_EQ(bench.encoder->stats().encoded, 0) << "nobody watches yet";
  bench.encoder->maintain(now + std::chrono::seconds(6), false);
  EXPECT_FALSE(bench.encoder->is_running()) << "nobody came";
}

TEST(SharedEncoder, GivesUpAnEncoderThatKeepsItsPictures) {
  EncoderRow silent = named("x264enc");
  silent.after = "identity drop-probability=1";
  Bench bench({silent, named("openh264enc")});
  const auto tap = bench.encoder->attach(bench.sink);
  ASSERT_TRUE(bench.deliver_until(*bench.sink, 2));
  EXPECT_TRUE(bench.diary.wait_for("holds a picture"));
  EXPECT_EQ(bench.encoder->stats().encoder, "openh264enc");
}

TEST(SharedEncoder, PassesOverARowThatDoesNotStart) {
  EncoderRow missing = named("x264enc");
  missing.name = "thereisnosuchenc";
  Bench bench({missing, named("x264enc")});
  const auto tap = bench.encoder->attach(bench.sink);
  ASSERT_TRUE(bench.deliver_until(*bench.sink, 1));
  EXPECT_EQ(bench.encoder->stats().encoder, "x264enc");
}

TEST(SharedEncoder, EncodesTheNewestPictureForAJoinerAtOnce) {
  Bench bench({named("x264enc")});
  const auto first = bench.encoder->attach(bench.sink);
  bench.encoder->maintain(runtime::now(), true);
  const Timestamp captured_at = runtime::now();
  bench.picture(captured_at);
  ASSERT_TRUE(bench.sink->wait_for_frames(1));
  const auto joiner = std::make_shared<RecordingSink>();
  const auto second = bench.encoder->attach(joiner);  // and no further picture comes
  ASSERT_TRUE(joiner->wait_for_frames(1));
  EXPECT_TRUE(joiner->frames()[0].key_frame);
  EXPECT_EQ(joiner->frames()[0].captured_at, captured_at);
  EXPECT_TRUE(bench.sink->wait_for_frames(2)) << "for the others it is just a frame";
}

TEST(SharedEncoder, DoesNotShowAJoinerAStalePicture) {
  Bench bench({named("x264enc")});
  const auto first = bench.encoder->attach(bench.sink);
  bench.encoder->maintain(runtime::now(), true);
  bench.picture(runtime::now() - milliseconds(5'000));
  ASSERT_TRUE(bench.sink->wait_for_frames(1));
  const auto joiner = std::make_shared<RecordingSink>();
  const auto second = bench.encoder->attach(joiner);
  const Timestamp fresh = runtime::now();
  bench.picture(fresh);
  ASSERT_TRUE(joiner->wait_for_frames(1));
  EXPECT_EQ(joiner->frames()[0].captured_at, fresh);
}

/// A viewer that holds the encoder up in its first frame until told to go on.
class SlowSink final : public EncodedFrameSink {
 public:
  bool has_room(Timestamp /*now*/) override { return true; }
  void on_frame(const EncodedFrame& frame) override {
    std::unique_lock lock(mutex_);
    captured_.push_back(frame.captured_at);
    changed_.notify_all();
    changed_.wait_for(lock, kTimeout, [this] { return free_; });
  }
  [[nodiscard]] bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTimeout, [&] { return captured_.size() >= count; });
  }
  void go_on() {
    const std::lock_guard lock(mutex_);
    free_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<Timestamp> captured() {
    const std::lock_guard lock(mutex_);
    return captured_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool free_ = false;
  std::vector<Timestamp> captured_;
};

TEST(SharedEncoder, NeverQueuesOldPicturesBehindABusyEncoder) {
  Bench bench({named("x264enc")});
  const auto slow = std::make_shared<SlowSink>();
  const auto tap = bench.encoder->attach(slow);
  bench.encoder->maintain(runtime::now(), true);
  const Timestamp start = runtime::now();
  bench.picture(start);
  ASSERT_TRUE(slow->wait_for(1));
  for (int i = 1; i <= 20; ++i) bench.picture(start + milliseconds(33 * i));
  slow->go_on();
  ASSERT_TRUE(slow->wait_for(2));
  EXPECT_THAT(slow->captured(), testing::ElementsAre(start, start + milliseconds(33 * 20)))
      << "only the newest is left";
  EXPECT_EQ(bench.encoder->stats().dropped, 19);
}

TEST(SharedEncoder, DetachingWaitsForACallInProgressAndNoLonger) {
  Bench bench({named("x264enc")});
  const auto slow = std::make_shared<SlowSink>();
  auto tap = bench.encoder->attach(slow);
  bench.encoder->maintain(runtime::now(), true);
  bench.picture(runtime::now());
  ASSERT_TRUE(slow->wait_for(1));
  std::thread release([&] { slow->go_on(); });
  tap.reset();
  release.join();
  const std::size_t seen = slow->captured().size();
  const auto other = bench.encoder->attach(bench.sink);
  ASSERT_TRUE(bench.deliver_until(*bench.sink, 3));
  EXPECT_EQ(slow->captured().size(), seen);
}

ViewerPriority came_at(int second, bool drives = false) {
  return {.drives = drives, .since = Timestamp(std::chrono::seconds(second))};
}

TEST(SharedEncoder, FollowsTheOlderConnectionAgainWhenItIsBack) {
  Bench bench({named("x264enc")});
  const auto younger_sink = std::make_shared<RecordingSink>();
  bench.sink->set_priority(came_at(1));
  younger_sink->set_priority(came_at(2));
  auto older = bench.encoder->attach(bench.sink);
  const auto younger = bench.encoder->attach(younger_sink);
  ASSERT_TRUE(bench.deliver_until(*younger_sink, 3));
  EXPECT_TRUE(older->leads());
  older.reset();
  ASSERT_TRUE(bench.deliver_until(*younger_sink, younger_sink->count() + 3));
  EXPECT_TRUE(younger->leads());
  older = bench.encoder->attach(bench.sink);
  ASSERT_TRUE(bench.deliver_until(*younger_sink, younger_sink->count() + 3));
  EXPECT_TRUE(older->leads()) << "although its tap is the younger one now";
  EXPECT_FALSE(younger->leads());
}

TEST(SharedEncoder, FollowsWhoDrivesAsSoonAsTheSeatMoves) {
  Bench bench({named("x264enc")});
  const auto other_sink = std::make_shared<RecordingSink>();
  bench.sink->set_priority(came_at(1));
  other_sink->set_priority(came_at(2, true));
  const auto first = bench.encoder->attach(bench.sink);
  const auto second = bench.encoder->attach(other_sink);
  const auto leads_after_the_next = [&](const auto& tap) {
    return bench.deliver_until(*other_sink, other_sink->count() + 3) && tap->leads();
  };
  EXPECT_TRUE(leads_after_the_next(second)) << "came second, and drives";
  bench.sink->set_priority(came_at(1, true));
  other_sink->set_priority(came_at(2));
  EXPECT_TRUE(leads_after_the_next(first));
  other_sink->set_priority(came_at(2, true));
  bench.sink->set_priority(came_at(1));
  EXPECT_TRUE(leads_after_the_next(second));
  other_sink->set_priority(came_at(2));
  EXPECT_TRUE(leads_after_the_next(first)) << "nobody drives";
}

TEST(SharedEncoder, LetsAViewerWhoDoesNotLeadWaitForAKeyFrame) {
  Bench bench({named("x264enc")});
  const auto other_sink = std::make_shared<RecordingSink>();
  bench.sink->set_priority(came_at(1));
  other_sink->set_priority(came_at(2));
  const auto primary = bench.encoder->attach(bench.sink);
  const auto other = bench.encoder->attach(other_sink);
  ASSERT_TRUE(bench.deliver_until(*other_sink, 3));
  const auto until_key_frame_after = [&](std::size_t asked_at) {
    const auto until = std::chrono::steady_clock::now() + kTimeout;
    while (std::chrono::steady_clock::now() < until) {
      bench.picture(runtime::now());
      std::this_thread::sleep_for(milliseconds(10));  // The rate of pictures, not a wait for something.
      const auto frames = other_sink->frames();
      for (std::size_t i = asked_at; i < frames.size(); ++i) {
        if (frames[i].key_frame) return frames[i].captured_at - frames[0].captured_at;
      }
    }
    return Duration::max();
  };
  while (other_sink->frames().back().captured_at - other_sink->frames().front().captured_at < milliseconds(1'100)) {
    ASSERT_TRUE(bench.deliver_until(*other_sink, other_sink->count() + 1));
    std::this_thread::sleep_for(milliseconds(10));  // Likewise: a second in which nothing breaks.
  }
  other->request_key_frame();
  const Duration waited = until_key_frame_after(other_sink->count());
  EXPECT_GE(waited, milliseconds(2'300)) << "from the first one on, which was for both who joined";
  EXPECT_LT(waited, kTimeout);
  const std::size_t asked_at = other_sink->count();  // before it is asked for: it may come at once
  primary->request_key_frame();
  EXPECT_LT(until_key_frame_after(asked_at) - waited, milliseconds(2'300));
}

}  // namespace
}  // namespace rtcbot::media
