#include "rtsp_streams.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace rtcbot::media {
namespace {

constexpr std::int64_t kNone = -1;

/// State shared by the signal handlers of one rtspsrc, which all run on its own thread.
struct Choice {
  std::atomic<std::int64_t> taken{kNone};  // read by any thread
  std::function<void()> on_none;
};

void release(gpointer choice, GClosure*) { delete static_cast<std::shared_ptr<Choice>*>(choice); }

bool is_video(const GstCaps* caps) {
  if (caps == nullptr || gst_caps_get_size(caps) == 0) return false;
  const gchar* media = gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
  return media != nullptr && std::string_view(media) == "video";
}

gboolean on_select(GstElement*, guint number, GstCaps* caps, gpointer held) {
  Choice& choice = **static_cast<std::shared_ptr<Choice>*>(held);
  // rtspsrc asks about the same stream again if the camera wants another transport.
  if (choice.taken == kNone && is_video(caps)) choice.taken = number;
  return choice.taken == number ? TRUE : FALSE;
}

void on_no_more_pads(GstElement*, gpointer held) {
  const Choice& choice = **static_cast<std::shared_ptr<Choice>*>(held);
  if (choice.taken == kNone) choice.on_none();
}

}  // namespace

std::function<bool()> take_video_alone(GstElement* rtspsrc, std::function<void()> on_none) {
  const auto choice = std::make_shared<Choice>();
  choice->on_none = std::move(on_none);
  g_signal_connect_data(rtspsrc, "select-stream", G_CALLBACK(on_select), new std::shared_ptr<Choice>(choice), release,
                        GConnectFlags{});
  g_signal_connect_data(rtspsrc, "no-more-pads", G_CALLBACK(on_no_more_pads), new std::shared_ptr<Choice>(choice),
                        release, GConnectFlags{});
  return [choice] { return choice->taken != kNone; };
}

}  // namespace rtcbot::media
