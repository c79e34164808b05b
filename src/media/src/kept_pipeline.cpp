#include "kept_pipeline.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kPlayLimit{5'000};
constexpr milliseconds kStopLimit{2'000};

}  // namespace

KeptPipeline::KeptPipeline(Config config) : config_(std::move(config)) {}

KeptPipeline::~KeptPipeline() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->closing = true;
  }
  shared_->wake.notify_all();
  if (thread_.joinable()) thread_.join();
}

void KeptPipeline::want(bool wanted) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->wanted = wanted;
    if (wanted && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  shared_->wake.notify_all();
}

void KeptPipeline::run() {
  Shared& shared = *shared_;
  milliseconds pause = config_.first_pause;
  std::unique_lock lock(shared.mutex);
  while (!shared.closing) {
    if (!shared.wanted) {
      pause = config_.first_pause;
      shared.wake.wait(lock, [&] { return shared.wanted || shared.closing; });
      continue;
    }
    shared.trouble.clear();
    lock.unlock();
    const std::string trouble = play();
    if (!trouble.empty()) tell(trouble);
    lock.lock();
    if (trouble.empty()) continue;
    ++shared.failures;
    shared.wake.wait_for(lock, pause, [&] { return !shared.wanted || shared.closing; });
    pause = std::min(pause * 2, config_.last_pause);
  }
}

std::string KeptPipeline::play() {
  auto parsed = parse_pipeline(config_.description);
  if (!parsed) return parsed.error().what();
  GstElement* pipeline = parsed->get();
  watch(pipeline);
  config_.wire(pipeline);
  std::string trouble = open(pipeline);
  if (trouble.empty()) {
    if (std::exchange(has_told_, false) && config_.log) config_.log({LogLevel::info, config_.name, "works again"});
    shared_->running = true;
    std::unique_lock lock(shared_->mutex);
    shared_->wake.wait(lock, [&] { return !shared_->wanted || shared_->closing || !shared_->trouble.empty(); });
    trouble = shared_->trouble;
  }
  shared_->running = false;
  config_.wire(nullptr);
  // A pipeline that hangs is abandoned; its callbacks are already disconnected.
  (void)change_state(pipeline, GST_STATE_NULL, kStopLimit);
  return trouble;
}

std::string KeptPipeline::open(GstElement* pipeline) {
  const StateChange change = change_state(pipeline, GST_STATE_PLAYING, kPlayLimit);
  const std::lock_guard lock(shared_->mutex);
  if (!shared_->trouble.empty()) return shared_->trouble;
  if (change == StateChange::hung) return "the device does not answer within 5 s";
  if (change == StateChange::failed) return "the device cannot be opened";
  return "";
}

void KeptPipeline::watch(GstElement* pipeline) {
  const GstPtr<GstBus> bus(gst_element_get_bus(pipeline));
  gst_bus_set_sync_handler(
      bus.get(),
      [](GstBus*, GstMessage* message, gpointer self) {
        Shared& shared = **static_cast<std::shared_ptr<Shared>*>(self);
        const auto type = GST_MESSAGE_TYPE(message);
        if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS) {
          const std::lock_guard lock(shared.mutex);
          if (shared.trouble.empty()) shared.trouble = type == GST_MESSAGE_ERROR ? words_of(message) : "it has ended";
          shared.wake.notify_all();
        }
        gst_message_unref(message);
        return GST_BUS_DROP;
      },
      new std::shared_ptr<Shared>(shared_), [](gpointer self) { delete static_cast<std::shared_ptr<Shared>*>(self); });
}

void KeptPipeline::tell(const std::string& trouble) {
  if (std::exchange(has_told_, true) || !config_.log) return;
  config_.log({LogLevel::warning, config_.name, trouble + "; the robot tries again while somebody uses it"});
}

}  // namespace rtcbot::media
