#include "rtcbot/camera.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "rtcbot/log.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using test::eventually;
using test::kTimeout;

TEST(Camera, GivesTheNewestPicture) {
  set_log({});
  const Camera camera({.source = "test", .width = 320, .height = 240});
  const auto pictures = camera.subscribe();
  const auto first = pictures->get(kTimeout);
  EXPECT_EQ(first.width, 320);
  EXPECT_EQ(first.height, 240);
  EXPECT_EQ(first.y.size() >= 320U * 240U, true);
  EXPECT_GT(pictures->get(kTimeout).captured_at, first.captured_at);
}

TEST(Camera, CallsBackUntilTheSubscriptionIsDropped) {
  set_log({});
  const Camera camera({.source = "test", .width = 320, .height = 240});
  QueueSubscription<int> widths;
  auto subscription = camera.subscribe([&](const VideoFrame& frame) { widths.put_nowait(frame.width); });
  EXPECT_EQ(widths.get(kTimeout), 320);
  subscription.reset();
}

TEST(Camera, RefusesAnImpossibleSize) {
  set_log({});
  EXPECT_THROW(Camera({.source = "test", .width = 3}), Error);
  EXPECT_THROW(Camera({.source = "no such thing"}), Error);
}

TEST(PushCamera, ShowsWhatItIsGiven) {
  set_log({});
  PushCamera camera(64, 48);
  const auto pictures = camera.subscribe();
  std::vector<std::uint8_t> gray(64U * 48U * 3U / 2U, 128);
  ASSERT_TRUE(eventually([&] {
    camera.put_nowait(gray);
    return pictures->try_get().has_value();
  }));
  gray.pop_back();
  EXPECT_THROW(camera.put_nowait(gray), Error);
}

}  // namespace
}  // namespace rtcbot
