#pragma once

#include <gst/gst.h>

#include <chrono>
#include <memory>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

/// Owning pointers for the GStreamer types used here.
struct GstUnref {
  void operator()(GstElement* element) const { gst_object_unref(element); }
  void operator()(GstBus* bus) const { gst_object_unref(bus); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstDeviceProvider* provider) const { gst_object_unref(provider); }
  void operator()(GstElementFactory* factory) const { gst_object_unref(factory); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
template <class T>
using GstPtr = std::unique_ptr<T, GstUnref>;

/// Initialises GStreamer once for the process; cheap afterwards. Thread-safe.  Errors: internal.
[[nodiscard]] Result<void> start_gstreamer();

/// Whether an element of this name is installed.
[[nodiscard]] bool has_element(const std::string& name);

/// A pipeline from a description.  Errors: bad_config with GStreamer's words.
[[nodiscard]] Result<GstPtr<GstElement>> parse_pipeline(const std::string& description);

/// The element called `name` inside `pipeline`; null where there is none.
[[nodiscard]] GstPtr<GstElement> element_named(GstElement* pipeline, const char* name);

/// Changes a pipeline's state on a thread of its own and waits at most `limit`: a driver that hangs in an ioctl must
/// not take the caller with it. A change that does not end in time is left to itself, and nothing is returned.
enum class StateChange { done, coming, live, failed, hung };
[[nodiscard]] StateChange change_state(GstElement* pipeline, GstState state, std::chrono::milliseconds limit);

/// "text (debug)" of an error or warning message on the bus, without passwords.
[[nodiscard]] std::string words_of(GstMessage* message);

}  // namespace rtcbot::media
