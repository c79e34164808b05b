#include <gmock/gmock.h>
#include <gst/gst.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "camera_fault.hpp"
#include "gst.hpp"
#include "rtcbot/media/camera.hpp"
#include "support/recording_sink.hpp"
#include "support/rtsp_server.hpp"

namespace rtcbot::media {
namespace {

using testing::HasSubstr;

/// A camera whose pictures are counted, and all that it says.
struct Shown {
  explicit Shown(const std::string& source) {
    auto created = Camera::create({.source = source, .width = 160, .height = 120, .frame_rate = 15},
                                  [this](const LogRecord& record) { diary.note(record.message); });
    EXPECT_TRUE(created) << created.error().what();
    if (!created) return;
    camera = *created;
    camera->on_state([this](CameraState state, const Error* reason) {
      diary.note("state " + std::string(name_of(state)) +
                 (reason != nullptr ? std::string(": ") + reason->what() : ""));
    });
    watching = camera->subscribe([this](const RawFrame&) { pictures.note("picture"); });
  }
  ~Shown() {
    watching.reset();
    camera.reset();
  }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  CameraDiary diary, pictures;
  std::shared_ptr<Camera> camera;
  std::shared_ptr<void> watching;
};

TEST(RtspCamera, WithSoundShowsItsPictureAtEachOpening) {
  for (const char* sound : {"first", "last"}) {
    RtspServer server({"--sound", sound});
    for (int opening = 0; opening < 10; ++opening) {
      SCOPED_TRACE(sound + std::string(", opening ") + std::to_string(opening));
      Shown shown(server.address(opening % 2 == 0 ? "rtsp" : "rtspt"));
      ASSERT_TRUE(shown.pictures.wait_for("picture"));
      EXPECT_EQ(shown.camera->stats().reopened, 0);
    }
  }
}

TEST(RtspCamera, IsSeenByTheTransportItsAddressNames) {
  RtspServer server({"--one-protocol", "tcp"});
  Shown shown(server.address("rtspt"));
  EXPECT_TRUE(shown.pictures.wait_for("picture"));
}

TEST(RtspCamera, WithoutVideoSaysSo) {
  RtspServer server({"--sound", "only"});
  Shown shown(server.address());
  EXPECT_TRUE(shown.diary.wait_for("offers no video at this address"));
}

TEST(RtspCamera, TakesAPasswordOfAnyCharacterAndNeverTellsIt) {
  RtspServer server({"--user", "robot", "--password", "p@s:s/#?%"});
  Shown shown(server.address("rtsp", "robot:p%40s%3As%2F%23%3F%25@"));
  ASSERT_TRUE(shown.pictures.wait_for("picture"));
  EXPECT_THAT(shown.camera->stats().source, HasSubstr("rtsp://robot:***@127.0.0.1"));
  EXPECT_FALSE(shown.diary.has("p%40s"));
  EXPECT_TRUE(shown.diary.has("rtsp://robot:***@127.0.0.1"));
}

TEST(RtspCamera, TellsEachNewReasonWhyItFails) {
  std::string port;
  { port = RtspServer().port(); }
  Shown shown("rtsp://robot:secret@127.0.0.1:" + port + "/cam");
  ASSERT_TRUE(shown.diary.wait_for("cannot be reached; is it on"));
  RtspServer server({"--port", port, "--user", "robot", "--password", "another"});
  EXPECT_TRUE(shown.diary.wait_for("refuses the user name or the password"));
  EXPECT_FALSE(shown.diary.has("secret"));
}

TEST(RtspCamera, SaysThatItsPathIsWrong) {
  RtspServer server;
  Shown shown("rtsp://127.0.0.1:" + server.port() + "/nothing");
  EXPECT_TRUE(shown.diary.wait_for("has nothing at this path"));
}

/// A file with sound, which comes first, and three seconds of pictures.
class FileWithSound {
 public:
  FileWithSound() {
    auto writing = parse_pipeline("matroskamux name=mux ! filesink location=" + path_ +
                                  " audiotestsrc num-buffers=130 ! mulawenc ! mux. "
                                  "videotestsrc num-buffers=90 ! video/x-raw,width=160,height=120 ! jpegenc ! mux.");
    EXPECT_TRUE(writing);
    if (!writing) return;
    gst_element_set_state(writing->get(), GST_STATE_PLAYING);
    const GstPtr<GstBus> bus(gst_element_get_bus(writing->get()));
    GstMessage* end = gst_bus_timed_pop_filtered(bus.get(), 30 * GST_SECOND, GST_MESSAGE_EOS);
    EXPECT_NE(end, nullptr);
    if (end != nullptr) gst_message_unref(end);
    gst_element_set_state(writing->get(), GST_STATE_NULL);
  }
  ~FileWithSound() { std::remove(path_.c_str()); }
  FileWithSound(const FileWithSound&) = delete;
  FileWithSound& operator=(const FileWithSound&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "rtcbot-sound-" + std::to_string(getpid()) + ".mkv";
};

TEST(GstCamera, WithSoundInItsFileShowsThePicture) {
  ASSERT_TRUE(start_gstreamer());
  const FileWithSound file;
  Shown shown("gst:filesrc location=" + file.path());
  EXPECT_TRUE(shown.pictures.wait_for("picture"));
}

/// Takes away what there is for a format, as on a machine without the package.
class WithoutDecoders {
 public:
  explicit WithoutDecoders(const char* media_type) {
    gst_init(nullptr, nullptr);
    // Of video alone: decodebin is a decoder, too, and of anything.
    GList* all = gst_element_factory_list_get_elements(
        GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO, GST_RANK_NONE);
    GstCaps* caps = gst_caps_new_empty_simple(media_type);
    list_ = gst_element_factory_list_filter(all, caps, GST_PAD_SINK, FALSE);
    gst_caps_unref(caps);
    gst_plugin_feature_list_free(all);
    for (GList* at = list_; at != nullptr; at = at->next) {
      gst_registry_remove_feature(gst_registry_get(), GST_PLUGIN_FEATURE(at->data));
    }
  }
  ~WithoutDecoders() {
    for (GList* at = list_; at != nullptr; at = at->next) {
      gst_object_ref(at->data);
      gst_registry_add_feature(gst_registry_get(), GST_PLUGIN_FEATURE(at->data));
    }
    gst_plugin_feature_list_free(list_);
  }
  WithoutDecoders(const WithoutDecoders&) = delete;
  WithoutDecoders& operator=(const WithoutDecoders&) = delete;

 private:
  GList* list_ = nullptr;
};

TEST(RtspCamera, WithoutADecoderNamesThePackageThatHasIt) {
  const WithoutDecoders none("video/x-vp8");
  RtspServer server({"--codec", "vp8"});
  Shown shown(server.address());
  EXPECT_TRUE(shown.diary.wait_for("no decoder for video/x-vp8; install gstreamer1.0-plugins-good"));
}

TEST(DecoderPackage, IsKnownForWhatCamerasSend) {
  EXPECT_EQ(decoder_package("image/jpeg"), "gstreamer1.0-plugins-good");
  EXPECT_EQ(decoder_package("video/x-h264"), "gstreamer1.0-libav and gstreamer1.0-plugins-bad");
  EXPECT_EQ(decoder_package("video/x-h265"), "gstreamer1.0-libav and gstreamer1.0-plugins-bad");
  EXPECT_EQ(decoder_package("video/x-av1"), "gstreamer1.0-plugins-bad");
}

}  // namespace
}  // namespace rtcbot::media
