#include "camera_fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gst.hpp"

namespace rtcbot::media {
namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool is_from_rtsp(GstMessage* message) {
  if (!GST_IS_ELEMENT(GST_MESSAGE_SRC(message))) return false;
  GstElementFactory* factory = gst_element_get_factory(GST_ELEMENT(GST_MESSAGE_SRC(message)));
  return factory != nullptr && std::string_view(GST_OBJECT_NAME(factory)) == "rtspsrc";
}

std::string_view rtsp_meaning(const GError& error) {
  if (error.domain != GST_RESOURCE_ERROR) return "";
  switch (error.code) {
    case GST_RESOURCE_ERROR_NOT_AUTHORIZED: return "the camera refuses the user name or the password";
    case GST_RESOURCE_ERROR_NOT_FOUND: return "the camera has nothing at this path";
    case GST_RESOURCE_ERROR_OPEN_READ:
    case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
      return "the camera cannot be reached; is it on, and are its address and port right?";
    default: return "";
  }
}

/// Of a device; empty if the error's own text says enough.
std::string_view device_meaning(const GError& error) {
  if (error.domain != GST_RESOURCE_ERROR || error.code != GST_RESOURCE_ERROR_BUSY) return "";
  return "another program uses the camera, and only one at a time can";
}

bool is_missing_plugin(const GError& error) {
  return (error.domain == GST_CORE_ERROR && error.code == GST_CORE_ERROR_MISSING_PLUGIN) ||
         (error.domain == GST_STREAM_ERROR && error.code == GST_STREAM_ERROR_CODEC_NOT_FOUND);
}

std::string_view text_in(const GstStructure* structure, const char* name) {
  const gchar* text = gst_structure_get_string(structure, name);
  return text != nullptr ? text : "";
}

/// The media type in "detail", which is caps for decoders, and a name for elements and protocols.
std::string media_type_in(const GstStructure* structure) {
  const GValue* detail = gst_structure_get_value(structure, "detail");
  if (detail == nullptr || !GST_VALUE_HOLDS_CAPS(detail)) return std::string(text_in(structure, "detail"));
  const GstCaps* caps = gst_value_get_caps(detail);
  if (caps == nullptr || gst_caps_get_size(caps) == 0) return "";
  return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

}  // namespace

std::string_view decoder_package(std::string_view media_type) {
  constexpr std::string_view kGood = "gstreamer1.0-plugins-good", kBad = "gstreamer1.0-plugins-bad";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kPackages{
      {{"application/x-rtp", kGood},
       {"image/jpeg", kGood},
       {"image/png", kGood},
       {"video/x-vp8", kGood},
       {"video/x-vp9", kGood},
       {"multipart/x-mixed-replace", kGood},
       {"video/x-av1", kBad},
       {"video/mpegts", kBad},
       {"application/sdp", kBad}}};
  const auto* found =
      std::find_if(kPackages.begin(), kPackages.end(), [&](const auto& each) { return each.first == media_type; });
  return found != kPackages.end() ? found->second : "gstreamer1.0-libav and gstreamer1.0-plugins-bad";
}

std::string missing_plugin(GstMessage* message) {
  const GstStructure* structure = gst_message_get_structure(message);
  if (structure == nullptr || gst_structure_has_name(structure, "missing-plugin") == FALSE) return "";
  const std::string type = media_type_in(structure);
  if (text_in(structure, "type") != "decoder") return "GStreamer's plug-in for " + type + " is not installed";
  return "GStreamer has no decoder for " + type + "; install " + std::string(decoder_package(type));
}

bool is_without_stream(GstMessage* message) {
  if (!is_from_rtsp(message)) return false;
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  const bool is_it = g_error_matches(error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND) != FALSE;
  g_clear_error(&error);
  return is_it;
}

std::string fault_of(GstMessage* message, const std::string& missing) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  std::string meaning;
  if (error != nullptr) {
    meaning = is_from_rtsp(message) ? rtsp_meaning(*error) : device_meaning(*error);
    if (is_missing_plugin(*error)) meaning = missing;
    g_error_free(error);
  }
  const std::string end = meaning.ends_with('?') ? " " : ": ";
  return (meaning.empty() ? "" : meaning + end) + one_line(words_of(message));
}

}  // namespace rtcbot::media
