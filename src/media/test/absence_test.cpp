#include "absence.hpp"

#include <gmock/gmock.h>
#include <grp.h>
#include <gst/gst.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "camera_fault.hpp"
#include "camera_impl.hpp"
#include "gst.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string temporary(const std::string& name) {
  return testing::TempDir() + "rtcbot-" + name + "-" + std::to_string(::getpid());
}

TEST(Absence, OfADeviceThatDoesNotExist) {
  const auto absence = absence_of_device("/dev/video997");
  ASSERT_TRUE(absence);
  EXPECT_EQ(absence->state, CameraState::missing);
  EXPECT_STREQ(absence->reason.what(), "/dev/video997 is missing");
}

TEST(Absence, OfADeviceThatIsNoCamera) {
  const std::string file = temporary("no-camera");
  std::ofstream(file) << "text";
  for (const std::string& path : {std::string("/dev/null"), std::string("/dev"), file}) {
    SCOPED_TRACE(path);
    const auto absence = absence_of_device(path);
    ASSERT_TRUE(absence);
    EXPECT_EQ(absence->state, CameraState::failed);
    EXPECT_EQ(absence->reason.what(), path + " is not a camera: it captures no video");
  }
  std::filesystem::remove(file);
}

/// A device that only root and its group may open, as seen by a user who is neither.
class ForbiddenDevice {
 public:
  ForbiddenDevice() {
    const group* video = ::getgrnam("video");
    is_ready_ = ::geteuid() == 0 && video != nullptr && ::mknod(path.c_str(), S_IFCHR, makedev(1, 3)) == 0 &&
                ::chown(path.c_str(), 0, video->gr_gid) == 0 && ::chmod(path.c_str(), 0660) == 0 &&
                ::seteuid(65'534) == 0;
  }
  ~ForbiddenDevice() {
    if (::getuid() == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
    std::filesystem::remove(path);
  }
  ForbiddenDevice(const ForbiddenDevice&) = delete;
  ForbiddenDevice& operator=(const ForbiddenDevice&) = delete;
  [[nodiscard]] bool is_ready() const { return is_ready_; }

  const std::string path = temporary("forbidden");

 private:
  bool is_ready_ = false;
};

TEST(Absence, OfADeviceThatThisUserMayNotOpenNamesItsGroup) {
  const ForbiddenDevice device;
  if (!device.is_ready()) GTEST_SKIP() << "only root can make a device";
  const auto absence = absence_of_device(device.path);
  ASSERT_TRUE(absence);
  EXPECT_EQ(absence->state, CameraState::failed);
  EXPECT_THAT(absence->reason.what(),
              HasSubstr("the user nobody may not open " + device.path + "; the group video may"));
  EXPECT_THAT(absence->reason.what(), HasSubstr("sudo usermod -aG video nobody"));
}

TEST(BusyCamera, IsExplained) {
  ASSERT_TRUE(start_gstreamer());
  const GstPtr<GstElement> element(gst_element_factory_make("fakesrc", nullptr));
  GError* error = g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, "Device '/dev/video0' is busy");
  GstMessage* message = gst_message_new_error(GST_OBJECT(element.get()), error, "debug");
  EXPECT_THAT(fault_of(message, ""),
              testing::StartsWith("another program uses the camera, and only one at a time can: "));
  gst_message_unref(message);
  g_error_free(error);
}

TEST(ChangeWatch, LooksThreeTimesAfterEachChange) {
  ChangeWatch watch;
  for (const char* state : {"", "video0", ""}) {
    for (int look = 0; look < 3; ++look) EXPECT_TRUE(watch.should_look(state));
    EXPECT_FALSE(watch.should_look(state));
  }
}

/// A camera that the test plugs in, and that shows white.
struct Bench {
  explicit Bench(std::string name = "front") {
    const PictureFormat format{320, 240, 30};
    const CameraConfig config{.source = "/dev/video9", .width = 320, .height = 240, .name = std::move(name)};
    camera = std::make_shared<CameraImpl>(config,
                                          CameraOrigin{.name = "/dev/video9",
                                                       .open =
                                                           [this, format](CaptureEvents events) {
                                                             ++opened;
                                                             const std::lock_guard lock(mutex);
                                                             return open_gst_capture({source}, format,
                                                                                     std::move(events), {});
                                                           },
                                                       .absence = [this]() -> std::optional<Absence> {
                                                         const std::lock_guard lock(mutex);
                                                         return absence;
                                                       }},
                                          [this](const LogRecord& record) {
                                            if (record.level != LogLevel::debug) log.note(record.message);
                                          });
  }
  void listen() {
    camera->on_state([this](CameraState state, const Error* reason) {
      states.note(std::string(name_of(state)) + (reason != nullptr ? std::string(": ") + reason->what() : ""));
    });
  }
  void plug_in() {
    const std::lock_guard lock(mutex);
    absence.reset();
  }

  const Absence missing{CameraState::missing, Error(Errc::no_camera, "/dev/video9 is missing; waiting for it")};
  std::string source = "videotestsrc is-live=true pattern=white";
  std::mutex mutex;
  std::optional<Absence> absence = missing;  // guarded by mutex
  std::atomic<int> opened = 0;
  CameraDiary log, states;
  std::shared_ptr<CameraImpl> camera;
};

TEST(MissingCamera, IsReportedThoughNobodyWatchesAndFoundWhenItIsPluggedIn) {
  Bench bench;
  ASSERT_TRUE(bench.log.wait_for("camera front: /dev/video9 is missing; waiting for it"));
  bench.listen();
  ASSERT_TRUE(bench.states.wait_for("missing: /dev/video9 is missing")) << "a later listener is told too";
  EXPECT_EQ(bench.camera->stats().state, CameraState::missing);
  bench.plug_in();
  ASSERT_TRUE(bench.log.wait_for("camera front: /dev/video9 is found"));
  EXPECT_TRUE(bench.states.wait_for("closed"));
  EXPECT_EQ(bench.log.size(), 2U);
  EXPECT_EQ(bench.opened, 0) << "nobody watches";
}

TEST(MissingCamera, IsShownToWaitingViewersWhenItIsPluggedIn) {
  Bench bench;
  bench.listen();
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = bench.camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(bench.states.wait_for("missing: /dev/video9 is missing"));
  EXPECT_EQ(bench.opened, 0);
  EXPECT_EQ(sink->count(), 0U);
  bench.plug_in();
  ASSERT_TRUE(bench.states.wait_for("running"));
  ASSERT_TRUE(sink->wait_for_frames(3));
}

TEST(MissingCamera, IsMissingAgainAfterItWasUnplugged) {
  Bench bench("");
  bench.source = "videotestsrc is-live=true num-buffers=5";
  bench.plug_in();
  bench.listen();
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = bench.camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(sink->wait_for_frames(1));
  {
    const std::lock_guard lock(bench.mutex);
    bench.absence = bench.missing;
  }
  ASSERT_TRUE(bench.states.wait_for("missing: /dev/video9 is missing"));
  EXPECT_TRUE(bench.log.has("camera /dev/video9: failed: the source has ended"));
  bench.plug_in();
  EXPECT_TRUE(bench.log.wait_for("camera /dev/video9: /dev/video9 is found"));
}

TEST(MissingCamera, ThatExistsAndCannotBeUsedHasFailed) {
  Bench bench;
  {
    const std::lock_guard lock(bench.mutex);
    bench.absence = Absence{CameraState::failed, Error(Errc::no_camera, "the user pi may not open /dev/video9")};
  }
  bench.listen();
  EXPECT_TRUE(bench.states.wait_for("failed: the user pi may not open /dev/video9"));
  EXPECT_TRUE(bench.log.wait_for("camera front: failed: the user pi may not open /dev/video9"));
}

TEST(MissingCamera, EndsTheConstructionUnlessItMayBeMissing) {
  CameraConfig config{.source = "/dev/video997"};
  EXPECT_STREQ(Camera::create(config).error().what(), "/dev/video997 is missing");
  config.may_be_missing = true;
  CameraDiary log;
  const auto camera = Camera::create(config, [&](const LogRecord& record) { log.note(record.message); });
  ASSERT_TRUE(camera) << camera.error().what();
  EXPECT_TRUE(log.wait_for("camera /dev/video997: /dev/video997 is missing; waiting for it"));
}

}  // namespace
}  // namespace rtcbot::media
