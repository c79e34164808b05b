#include "gst.hpp"

#include <future>
#include <mutex>
#include <thread>

#include "rtcbot/base/redact.hpp"

namespace rtcbot::media {
namespace {

std::string take_message(GError* error) {
  if (error == nullptr) return "unknown reason";
  std::string text = error->message;
  g_error_free(error);
  return text;
}

StateChange translate(GstStateChangeReturn change) {
  switch (change) {
    case GST_STATE_CHANGE_FAILURE: return StateChange::failed;
    case GST_STATE_CHANGE_SUCCESS: return StateChange::done;
    case GST_STATE_CHANGE_ASYNC: return StateChange::coming;
    case GST_STATE_CHANGE_NO_PREROLL: return StateChange::live;
  }
  return StateChange::failed;
}

}  // namespace

Result<void> start_gstreamer() {
  static std::once_flag once;
  static std::string trouble;
  std::call_once(once, [] {
    GError* error = nullptr;
    if (gst_init_check(nullptr, nullptr, &error) == FALSE) trouble = take_message(error);
  });
  if (!trouble.empty()) return fail(Errc::internal, "GStreamer does not start: " + trouble);
  return {};
}

bool has_element(const std::string& name) {
  return GstPtr<GstElementFactory>(gst_element_factory_find(name.c_str())) != nullptr;
}

Result<GstPtr<GstElement>> parse_pipeline(const std::string& description) {
  GError* error = nullptr;
  GstElement* parsed = gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (parsed == nullptr) {
    return fail(Errc::bad_config,
                without_passwords("GStreamer does not understand \"" + description + "\": " + take_message(error)));
  }
  if (error != nullptr) g_error_free(error);
  gst_object_ref_sink(parsed);
  if (GST_IS_PIPELINE(parsed)) return GstPtr<GstElement>(parsed);
  GstElement* pipeline = gst_pipeline_new(nullptr);
  gst_object_ref_sink(pipeline);
  gst_bin_add(GST_BIN(pipeline), parsed);
  gst_object_unref(parsed);
  return GstPtr<GstElement>(pipeline);
}

GstPtr<GstElement> element_named(GstElement* pipeline, const char* name) {
  return GstPtr<GstElement>(gst_bin_get_by_name(GST_BIN(pipeline), name));
}

StateChange change_state(GstElement* pipeline, GstState state, std::chrono::milliseconds limit) {
  gst_object_ref(pipeline);
  std::promise<StateChange> changed;
  std::future<StateChange> result = changed.get_future();
  std::thread worker([pipeline, state, changed = std::move(changed)]() mutable {
    const StateChange change = translate(gst_element_set_state(pipeline, state));
    gst_object_unref(pipeline);
    changed.set_value(change);
  });
  if (result.wait_for(limit) == std::future_status::ready) {
    worker.join();
    return result.get();
  }
  worker.detach();
  return StateChange::hung;
}

std::string words_of(GstMessage* message) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning(message, &error, &debug);
  } else {
    gst_message_parse_error(message, &error, &debug);
  }
  std::string words = std::string(GST_OBJECT_NAME(GST_MESSAGE_SRC(message))) + ": " + take_message(error);
  if (debug != nullptr) words += " (" + std::string(debug) + ")";
  g_free(debug);
  return without_passwords(words);
}

}  // namespace rtcbot::media
