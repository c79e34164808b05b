#include "fec_controller.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

#include "rtcbot/congestion/repair.hpp"

namespace rtcbot::engine {

namespace {

/// libwebrtc's unit: 255 means as many repair packets as packets.
int rate_of(double share) { return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 255)); }

webrtc::FecProtectionParams params_of(double share) {
  webrtc::FecProtectionParams params;
  params.fec_rate = rate_of(share);
  params.max_fec_frames = 1;  // Waiting for a second frame before repairing the first would add the delay that repair
                              // avoids.
  params.fec_mask_type = webrtc::kFecMaskBursty;
  return params;
}

/// Several of libwebrtc's threads call it.
class RepairController : public webrtc::FecController {
 public:
  void SetProtectionCallback(webrtc::VCMProtectionCallback* callback) override {
    std::lock_guard lock(mutex_);
    callback_ = callback;
  }

  void SetProtectionMethod(bool enable_fec, bool) override {
    std::lock_guard lock(mutex_);
    is_enabled_ = enable_fec;
  }

  uint32_t UpdateFecRates(uint32_t estimate, int, uint8_t fraction_lost, std::vector<bool>,
                          int64_t round_trip_ms) override {
    std::lock_guard lock(mutex_);
    if (callback_ == nullptr) return estimate;
    congestion::Protection protection;
    if (is_enabled_) {
      protection = congestion::protection_for(fraction_lost / 255.0, std::chrono::milliseconds(round_trip_ms));
    }
    const webrtc::FecProtectionParams delta = params_of(protection.delta_frames);
    const webrtc::FecProtectionParams key = params_of(protection.key_frames);
    uint32_t video = 0;
    uint32_t repeated = 0;
    uint32_t repair = 0;
    callback_->ProtectionRequest(&delta, &key, &video, &repeated, &repair);
    return static_cast<uint32_t>(estimate / (1 + protection.delta_frames));
  }

  void SetEncodingData(size_t, size_t, size_t, size_t) override {}
  void UpdateWithEncodedData(size_t, webrtc::VideoFrameType) override {}
  bool UseLossVectorMask() override { return false; }

 private:
  std::mutex mutex_;
  webrtc::VCMProtectionCallback* callback_ = nullptr;
  bool is_enabled_ = false;
};

class RepairControllerFactory : public webrtc::FecControllerFactoryInterface {
 public:
  std::unique_ptr<webrtc::FecController> CreateFecController() override { return std::make_unique<RepairController>(); }
};

}  // namespace

std::unique_ptr<webrtc::FecControllerFactoryInterface> make_fec_controller_factory() {
  return std::make_unique<RepairControllerFactory>();
}

}  // namespace rtcbot::engine
