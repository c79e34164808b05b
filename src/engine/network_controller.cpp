#include "network_controller.hpp"

#include <api/transport/goog_cc_factory.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "path.hpp"
#include "trials.hpp"

namespace rtcbot::engine {

namespace {

using congestion::PacketReport;
using congestion::PathController;

Timestamp ours(webrtc::Timestamp time) { return Timestamp(Duration(time.us())); }
DataSize ours(webrtc::DataSize size) { return DataSize::bytes(size.bytes<std::int64_t>()); }
DataRate ours(webrtc::DataRate rate) { return DataRate::bits_per_second(rate.bps<std::int64_t>()); }
webrtc::DataRate theirs(DataRate rate) { return webrtc::DataRate::BitsPerSec(rate.bits_per_second()); }

/// `PathController` behind libwebrtc's interface. Used only on the connection's transport queue.
class PathNetworkController : public webrtc::NetworkControllerInterface {
 public:
  PathNetworkController(std::shared_ptr<Path> path, const webrtc::TargetRateConstraints& limits)
      : path_(std::move(path)) {
    take(limits);
  }

  webrtc::NetworkControlUpdate OnNetworkAvailability(webrtc::NetworkAvailability said) override {
    if (!said.network_available) return {};
    path_->on_resume();
    return update(said.at_time);
  }

  webrtc::NetworkControlUpdate OnNetworkRouteChange(webrtc::NetworkRouteChange change) override {
    take(change.constraints);
    path_->on_route_change();
    return update(change.at_time);
  }

  webrtc::NetworkControlUpdate OnProcessInterval(webrtc::ProcessInterval passed) override {
    path_->on_interval();
    return update(passed.at_time);
  }

  webrtc::NetworkControlUpdate OnSentPacket(webrtc::SentPacket packet) override {
    path_->on_sent(packet.sequence_number, ours(packet.size));
    return {};
  }

  webrtc::NetworkControlUpdate OnTargetRateConstraints(webrtc::TargetRateConstraints limits) override {
    take(limits);
    return update(limits.at_time);
  }

  webrtc::NetworkControlUpdate OnTransportPacketsFeedback(webrtc::TransportPacketsFeedback feedback) override {
    reports_.clear();
    for (const webrtc::PacketResult& packet : feedback.packet_feedbacks) {
      PacketReport report{.sequence = packet.sent_packet.sequence_number,
                          .sent_at = ours(packet.sent_packet.send_time),
                          .size = ours(packet.sent_packet.size)};
      if (packet.IsReceived()) report.received_at = ours(packet.receive_time);
      reports_.push_back(report);
    }
    path_->on_feedback(reports_);
    return update(feedback.feedback_time);
  }

  // The following inputs are coarser than the packet reports, or equivalent to them.
  webrtc::NetworkControlUpdate OnRemoteBitrateReport(webrtc::RemoteBitrateReport) override { return {}; }
  webrtc::NetworkControlUpdate OnRoundTripTimeUpdate(webrtc::RoundTripTimeUpdate) override { return {}; }
  webrtc::NetworkControlUpdate OnReceivedPacket(webrtc::ReceivedPacket) override { return {}; }
  webrtc::NetworkControlUpdate OnStreamsConfig(webrtc::StreamsConfig) override { return {}; }
  webrtc::NetworkControlUpdate OnTransportLossReport(webrtc::TransportLossReport) override { return {}; }
  webrtc::NetworkControlUpdate OnNetworkStateEstimate(webrtc::NetworkStateEstimate) override { return {}; }

 private:
  void take(const webrtc::TargetRateConstraints& said) {
    if (said.min_data_rate && said.min_data_rate->IsFinite()) limits_.least = ours(*said.min_data_rate);
    if (said.max_data_rate && said.max_data_rate->IsFinite()) limits_.most = ours(*said.max_data_rate);
    if (said.starting_rate && said.starting_rate->IsFinite()) limits_.start = ours(*said.starting_rate);
    limits_.most = std::max(limits_.most, limits_.least);
    path_->set_limits(limits_);
  }

  webrtc::NetworkControlUpdate update(webrtc::Timestamp now) {
    const PathController::Snapshot snapshot = path_->snapshot();
    webrtc::NetworkControlUpdate update;
    webrtc::TargetTransferRate target;
    target.at_time = now;
    target.target_rate = target.stable_target_rate = theirs(snapshot.estimate);
    target.network_estimate.at_time = now;
    target.network_estimate.bandwidth = target.target_rate;
    target.network_estimate.round_trip_time =
        webrtc::TimeDelta::Micros((snapshot.round_trip + snapshot.queueing).count());
    target.network_estimate.bwe_period = webrtc::TimeDelta::Seconds(1);  // Must be finite; nothing here reads it.
    target.network_estimate.loss_rate_ratio = static_cast<float>(snapshot.loss);
    update.target_rate = target;
    webrtc::PacerConfig pacer;
    pacer.at_time = now;
    pacer.time_window = webrtc::TimeDelta::Seconds(1);
    pacer.data_window = theirs(snapshot.pacing) * pacer.time_window;
    pacer.pad_window = theirs(snapshot.padding) * pacer.time_window;
    update.pacer_config = pacer;
    return update;
  }

  const std::shared_ptr<Path> path_;
  PathController::Limits limits_;
  std::vector<PacketReport> reports_;  ///< A member, to reuse its memory.
};

class NetworkControllerFactory : public webrtc::NetworkControllerFactoryInterface {
 public:
  std::unique_ptr<webrtc::NetworkControllerInterface> Create(webrtc::NetworkControllerConfig config) override {
    // This cast is safe: `Connection` gives each connection our own trials.
    const auto* trials = static_cast<const Trials*>(config.key_value_config);
    const std::shared_ptr<Path> path = trials != nullptr ? trials->path() : nullptr;
    if (path && path->drives()) return std::make_unique<PathNetworkController>(path, config.constraints);
    return fallback_.Create(std::move(config));
  }

  webrtc::TimeDelta GetProcessInterval() const override { return fallback_.GetProcessInterval(); }

 private:
  webrtc::GoogCcNetworkControllerFactory fallback_;
};

}  // namespace

std::unique_ptr<webrtc::NetworkControllerFactoryInterface> make_network_controller_factory() {
  return std::make_unique<NetworkControllerFactory>();
}

}  // namespace rtcbot::engine
