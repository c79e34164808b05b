#include "audio_source.hpp"

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::media {
namespace {

constexpr std::string_view kGst = "gst:";

bool is_description(std::string_view text) { return text.starts_with(kGst) && text.size() > kGst.size(); }

auto bad(std::string_view text, const std::string& what) {
  return fail(Errc::bad_config, std::string("\"").append(excerpt(text, 80)) + "\" is not a " + what +
                                    "; use auto, test or gst:DESCRIPTION, e.g. gst:" +
                                    (what == "speaker" ? "alsasink" : "alsasrc device=hw:1"));
}

}  // namespace

Result<std::string> describe_microphone(std::string_view source) {
  if (source == "auto") return std::string("autoaudiosrc");
  if (source == "test") return std::string("audiotestsrc is-live=true wave=sine freq=440 volume=0.25");
  if (is_description(source)) return std::string(source.substr(kGst.size()));
  return bad(source, "microphone");
}

Result<std::string> describe_speaker(std::string_view sink) {
  if (sink == "auto") return std::string("autoaudiosink");
  if (sink == "test") return std::string("fakesink sync=true");
  if (is_description(sink)) return std::string(sink.substr(kGst.size()));
  return bad(sink, "speaker");
}

}  // namespace rtcbot::media
