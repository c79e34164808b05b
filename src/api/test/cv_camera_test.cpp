#include "rtcbot/cv_camera.hpp"

#include <gtest/gtest.h>

#include "rtcbot/log.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using test::eventually;
using test::kTimeout;

TEST(CVCamera, ShowsThePicturesItIsGiven) {
  set_log({});
  CVCamera camera({.width = 64, .height = 48, .source = ""});
  const auto pictures = camera.subscribe();
  const cv::Mat blue(48, 64, CV_8UC3, cv::Scalar(255, 0, 0));
  std::optional<VideoFrame> seen;
  ASSERT_TRUE(eventually([&] {
    camera.put_nowait(blue);
    if (auto picture = pictures->try_get()) seen = *picture;
    return seen.has_value();
  }));
  const auto pixel = to_bgr(*seen).at<cv::Vec3b>(24, 32);
  EXPECT_GT(pixel[0], 240);
  EXPECT_LT(pixel[1], 15);
  EXPECT_LT(pixel[2], 15);
}

TEST(CVCamera, PassesEachPictureOfItsSourceThroughTheFunction) {
  set_log({});
  const CVCamera camera({.width = 320, .height = 240, .source = "test", .preprocessframe = [](cv::Mat& picture) {
                           picture.setTo(cv::Scalar(0, 255, 0));
                         }});
  const auto pixel = to_bgr(camera.subscribe()->get(kTimeout)).at<cv::Vec3b>(120, 160);
  EXPECT_LT(pixel[0], 15);
  EXPECT_GT(pixel[1], 240);
  EXPECT_LT(pixel[2], 15);
}

TEST(CVCamera, RefusesAPictureOfAnotherSizeOrType) {
  set_log({});
  CVCamera camera({.width = 64, .height = 48, .source = ""});
  EXPECT_THROW(camera.put_nowait(cv::Mat(48, 32, CV_8UC3)), Error);
  EXPECT_THROW(camera.put_nowait(cv::Mat(48, 64, CV_8UC1)), Error);
}

}  // namespace
}  // namespace rtcbot
