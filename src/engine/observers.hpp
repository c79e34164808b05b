#pragma once

#include <api/set_local_description_observer_interface.h>
#include <api/set_remote_description_observer_interface.h>
#include <api/stats/rtc_stats_collector_callback.h>

#include <functional>
#include <utility>

#include "webrtc_build.hpp"

// libwebrtc's one-shot observers as functions.
namespace rtcbot::engine {

class RemoteDescriptionDone : public webrtc::SetRemoteDescriptionObserverInterface {
 public:
  explicit RemoteDescriptionDone(std::function<void(webrtc::RTCError)> done) : done_(std::move(done)) {}
  void OnSetRemoteDescriptionComplete(webrtc::RTCError error) override { done_(std::move(error)); }

 private:
  std::function<void(webrtc::RTCError)> done_;
};

class LocalDescriptionDone : public webrtc::SetLocalDescriptionObserverInterface {
 public:
  explicit LocalDescriptionDone(std::function<void(webrtc::RTCError)> done) : done_(std::move(done)) {}
  void OnSetLocalDescriptionComplete(webrtc::RTCError error) override { done_(std::move(error)); }

 private:
  std::function<void(webrtc::RTCError)> done_;
};

class StatsDone : public webrtc::RTCStatsCollectorCallback {
 public:
  using Report = rtc::scoped_refptr<const webrtc::RTCStatsReport>;
  explicit StatsDone(std::function<void(const Report&)> done) : done_(std::move(done)) {}
  void OnStatsDelivered(const Report& report) override { done_(report); }

 private:
  std::function<void(const Report&)> done_;
};

}  // namespace rtcbot::engine
