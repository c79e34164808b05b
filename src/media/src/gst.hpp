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

/// True if an element of this name is installed.
[[nodiscard]] bool has_element(const std::string& name);

/// Builds a pipeline from a description.  Errors: bad_config with GStreamer's message.
[[nodiscard]] Result<GstPtr<GstElement>> parse_pipeline(const std::string& description);

/// The element called `name` in `pipeline`; null if there is none.
[[nodiscard]] GstPtr<GstElement> element_named(GstElement* pipeline, const char* name);

/// Changes a pipeline's state on a separate thread and waits at most `limit`, because a driver that hangs in an ioctl
/// must not block the caller. `hung`: the change did not end in time and continues alone.
enum class StateChange { done, coming, live, failed, hung };
[[nodiscard]] StateChange change_state(GstElement* pipeline, GstState state, std::chrono::milliseconds limit);

/// "text (debug)" of an error or warning message on the bus, without passwords.
[[nodiscard]] std::string words_of(GstMessage* message);

}  // namespace rtcbot::media
