#pragma once

#include <api/field_trials_view.h>
#include <api/peer_connection_interface.h>
#include <rtc_base/thread.h>

#include <memory>

#include "audio_puller.hpp"
#include "engine_log.hpp"
#include "network_monitor.hpp"
#include "peer_types.hpp"
#include "rtcbot/congestion/estimate_cache.hpp"
#include "rtcbot/engine/engine.hpp"
#include "scoped_srtp_init.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// libwebrtc's factory with the three threads that all its connections share. Created by `LocalEngine::create`.
class EngineImpl : public LocalEngine {
 public:
  EngineImpl(LogSink log, HostLookup lookup);
  ~EngineImpl() override;
  EngineImpl(const EngineImpl&) = delete;
  EngineImpl& operator=(const EngineImpl&) = delete;

  /// Starts the threads and makes the factory. Errors: internal.
  Result<void> start();

  Result<std::unique_ptr<Peer>> make_peer(PeerConfig config, std::shared_ptr<PeerObserver> observer) override;

  void check(std::function<void()> done) override;
  void network_changed() override;
  void set_egress(std::string interface) override;

  /// The thread of connections and callbacks.
  [[nodiscard]] rtc::Thread& signalling() { return *signalling_; }
  [[nodiscard]] rtc::Thread& network() { return *network_; }
  [[nodiscard]] webrtc::PeerConnectionFactoryInterface& factory() { return *factory_; }
  [[nodiscard]] const EngineLog& log() const { return log_; }
  [[nodiscard]] const std::shared_ptr<AudioPuller>& audio() const { return audio_; }
  /// On the signalling thread only.
  [[nodiscard]] congestion::EstimateCache& rates() { return rates_; }

 private:
  [[nodiscard]] rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> make_factory();

  EngineLog log_;
  const HostLookup lookup_;
  std::unique_ptr<webrtc::FieldTrialsView> trials_;  ///< The media engine holds a reference.
  congestion::EstimateCache rates_;
  const std::shared_ptr<AudioPuller> audio_ = std::make_shared<AudioPuller>();
  bool has_started_ = false;              ///< All three threads run.
  std::unique_ptr<ScopedSrtpInit> srtp_;  ///< Used only on the network thread.
  const std::shared_ptr<NetworkListeners> listeners_ = std::make_shared<NetworkListeners>();
  std::unique_ptr<rtc::Thread> network_;
  std::unique_ptr<rtc::Thread> worker_;
  std::unique_ptr<rtc::Thread> signalling_;
  rtc::scoped_refptr<webrtc::PeerConnectionFactoryInterface> factory_;
};

}  // namespace rtcbot::engine
