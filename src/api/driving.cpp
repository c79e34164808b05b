#include "rtcbot/driving.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "context.hpp"
#include "driving_loop.hpp"
#include "event_log.hpp"
#include "rtcbot/http/json_text.hpp"
#include "rtc_connection_impl.hpp"
#include "rtcbot/runtime/inheriting_mutex.hpp"

namespace rtcbot {
namespace {

using control::Channel;
using control::ViewerId;

std::string_view name_of(Channel channel) {
  return channel == Channel::drive ? control::kDriveChannel : control::kControlChannel;
}

std::optional<Channel> channel_named(const std::string& name) {
  if (name == control::kDriveChannel) return Channel::drive;
  if (name == control::kControlChannel) return Channel::control;
  return std::nullopt;
}

class CallbackSink : public safety::Sink {
 public:
  /// `elsewhere` rethrows a callback's exception on another thread: a log that blocks must not delay a stop.
  CallbackSink(std::function<void(const DriveOutput&)> callback, Executor elsewhere)
      : callback_(std::move(callback)), elsewhere_(std::move(elsewhere)) {}
  bool write(const safety::Output& output) override {
    try {
      callback_(output);
      return true;
    } catch (...) {
      // An exception must not end the thread that stops the robot.
      elsewhere_([thrown = std::current_exception()] { std::rethrow_exception(thrown); });
      return false;
    }
  }
  [[nodiscard]] std::string name() const override { return "call-back"; }

 private:
  std::function<void(const DriveOutput&)> callback_;
  Executor elsewhere_;
};

/// A bounded queue of messages to viewers. Hands them to the engine on the I/O thread, so that the driving thread never
/// waits for an engine that hangs. Thread-safe.
class Outbox : public std::enable_shared_from_this<Outbox> {
 public:
  explicit Outbox(std::shared_ptr<net::IoThread> io) : io_(std::move(io)) {}

  void add(ViewerId viewer, std::weak_ptr<peer::Peer> peer) {
    const std::lock_guard lock(mutex_);
    peers_[viewer] = std::move(peer);
  }

  void remove(ViewerId viewer) {
    const std::lock_guard lock(mutex_);
    peers_.erase(viewer);
  }

  /// Runs on the I/O thread, like the messages.
  void set_audio(control::AudioRequest request) {
    io_->post([weak = weak_from_this(), request] {
      const auto self = weak.lock();
      if (!self) return;
      std::shared_ptr<peer::Peer> peer;
      {
        const std::lock_guard lock(self->mutex_);
        peer = self->peer_of(request.viewer);
      }
      if (peer) peer->set_audio(request.wanted.listen, request.wanted.talk);
    });
  }

  /// Runs on the I/O thread; only the newest driver counts. Peer and camera choose the link that the picture follows.
  void set_driver(std::optional<ViewerId> viewer) {
    {
      const std::lock_guard lock(mutex_);
      driver_ = viewer;
      if (std::exchange(driver_is_posted_, true)) return;
    }
    io_->post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->seat_driver();
    });
  }

  void tell(control::Message message) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= kMaxWaiting) {
        waiting_.pop_front();
        ++not_told_;
      }
      waiting_.push_back(std::move(message));
      if (std::exchange(is_posted_, true)) return;
    }
    io_->post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->send_all();
    });
  }

  [[nodiscard]] std::int64_t not_told() const { return not_told_; }

 private:
  static constexpr std::size_t kMaxWaiting = 1'024;

  void seat_driver() {
    std::shared_ptr<peer::Peer> before;
    std::shared_ptr<peer::Peer> now;
    {
      const std::lock_guard lock(mutex_);
      driver_is_posted_ = false;
      const auto last = std::exchange(seated_, driver_);
      if (last == driver_) return;
      if (last) before = peer_of(*last);
      if (driver_) now = peer_of(*driver_);
    }
    if (before) before->set_drives(false);
    if (now) now->set_drives(true);
  }

  /// Null: the peer is gone. Call with the mutex held.
  [[nodiscard]] std::shared_ptr<peer::Peer> peer_of(ViewerId viewer) const {
    const auto found = peers_.find(viewer);
    return found == peers_.end() ? nullptr : found->second.lock();
  }

  void send_all() {
    while (true) {
      control::Message message;
      std::shared_ptr<peer::Peer> peer;
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) {
          is_posted_ = false;
          return;
        }
        message = std::move(waiting_.front());
        waiting_.pop_front();
        peer = peer_of(message.to);
      }
      const std::string channel(name_of(message.channel));
      if (peer && !peer->send(channel, message.text, false)) ++not_told_;
    }
  }

  const std::shared_ptr<net::IoThread> io_;
  runtime::InheritingMutex mutex_;
  std::map<ViewerId, std::weak_ptr<peer::Peer>> peers_;
  std::deque<control::Message> waiting_;
  bool is_posted_ = false;
  std::optional<ViewerId> driver_, seated_;  ///< The driver, and the peer that was notified as driver.
  bool driver_is_posted_ = false;
  std::atomic<std::int64_t> not_told_{0};
};

/// Callbacks that may be set at any time. Thread-safe.
struct Listeners {
  std::mutex mutex;
  std::function<void(const safety::Event&)> event;
  std::function<void(std::int64_t, const std::string&)> request;
  std::function<void(const safety::CommandRecord&)> command;
  std::atomic<bool> has_command{false};  ///< Read without the mutex, 50 times a second on the driving thread.
};

/// The control channels of one connection.
class ChannelAdapter : public SideChannels {
 public:
  ChannelAdapter(ViewerId viewer, std::weak_ptr<DrivingLoop> loop, std::shared_ptr<Outbox> outbox)
      : viewer_(viewer), loop_(std::move(loop)), outbox_(std::move(outbox)) {}

  void on_open(const std::string& name) override {
    const auto loop = loop_.lock();
    const auto channel = channel_named(name);
    if (loop && channel) loop->channel_open(viewer_, *channel);
  }

  void on_message(const std::string& name, std::string message) override {
    const auto loop = loop_.lock();
    const auto channel = channel_named(name);
    if (loop && channel) loop->message(viewer_, *channel, std::move(message));
  }

  void on_end() override {
    outbox_->remove(viewer_);
    if (const auto loop = loop_.lock()) loop->leave(viewer_);
  }

 private:
  const ViewerId viewer_;
  const std::weak_ptr<DrivingLoop> loop_;
  const std::shared_ptr<Outbox> outbox_;
};

void check(const safety::Config& config) {
  const auto fail_with = [](const std::string& text) { throw Error(Errc::bad_config, text); };
  const auto is_within = [](std::chrono::milliseconds time, int least) {
    return time.count() >= least && time.count() <= 60'000;
  };
  if (!is_within(config.dead_man, 20)) fail_with("the dead-man's limit must be 20 ms to 60 s");
  if (!is_within(config.stale_command, 20)) fail_with("the greatest age of a command must be 20 ms to 60 s");
  if (!is_within(config.stale_picture, 0)) fail_with("the greatest age of a picture must be 0 (no limit) to 60 s");
  if (!is_within(config.silent_driver, 20)) fail_with("the timeout of a silent driver must be 20 ms to 60 s");
  const auto& speed = config.speed;
  if (!(speed.least >= 0 && speed.least <= 1)) fail_with("the lowest share of the speed must be 0 to 1");
  if (!(speed.rise_per_second > 0 && speed.rise_per_second <= 1'000)) {
    fail_with("the share by which the speed rises per second must be above 0, and at most 1000");
  }
  if (speed.full_until < std::chrono::milliseconds(0) || speed.full_until >= speed.min_from) {
    fail_with("the latency limit of full speed must be below the latency of the lowest speed");
  }
}

std::vector<control::CameraStatus> statuses_of(const std::vector<std::string>& names) {
  std::vector<control::CameraStatus> cameras;
  for (const auto& name : names) cameras.push_back({name, "closed", ""});
  return cameras;
}

}  // namespace

struct Driving::Impl {
  explicit Impl(Options wanted) : options(std::move(wanted)) {
    check(options.safety);
    context = Context::get();
    outbox = std::make_shared<Outbox>(context->io());
    log = std::make_shared<EventLog>(context->peer_log_parts());
    cameras = statuses_of(options.cameras);
    loop = std::make_shared<DrivingLoop>(control::Config{.safety = options.safety,
                                                         .modes = options.modes,
                                                         .audio = {.listen = options.listen, .talk = options.talk}},
                                         callbacks());
    if (!cameras.empty()) loop->set_cameras(cameras);
  }

  DrivingLoop::Callbacks callbacks() {
    return {.tell = [outbox = outbox](control::Message message) { outbox->tell(std::move(message)); },
            .event =
                [listeners = listeners, log = log, run = context->executor()](safety::Event event) {
                  run([listeners, log, event = std::move(event)] {
                    // On this thread, because a log may block.
                    log->write(event);
                    std::function<void(const safety::Event&)> tell;
                    {
                      const std::lock_guard lock(listeners->mutex);
                      tell = listeners->event;
                    }
                    if (tell) tell(event);
                  });
                },
            .request =
                [listeners = listeners, run = context->executor()](control::CameraRequest request) {
                  run([listeners, request = std::move(request)] {
                    std::function<void(std::int64_t, const std::string&)> tell;
                    {
                      const std::lock_guard lock(listeners->mutex);
                      tell = listeners->request;
                    }
                    if (tell) tell(static_cast<std::int64_t>(request.viewer.value()), request.camera);
                  });
                },
            .audio = [outbox = outbox](control::AudioRequest request) { outbox->set_audio(request); },
            .driver = [outbox = outbox](std::optional<ViewerId> viewer) { outbox->set_driver(viewer); },
            .command =
                [listeners = listeners, run = context->executor()](safety::CommandRecord command) {
                  if (!listeners->has_command) return;
                  run([listeners, command = std::move(command)] {
                    std::function<void(const safety::CommandRecord&)> tell;
                    {
                      const std::lock_guard lock(listeners->mutex);
                      tell = listeners->command;
                    }
                    if (tell) tell(command);
                  });
                }};
  }

  const Options options;
  std::shared_ptr<Context> context;
  const std::shared_ptr<Listeners> listeners = std::make_shared<Listeners>();
  std::shared_ptr<Outbox> outbox;
  std::shared_ptr<EventLog> log;
  std::shared_ptr<DrivingLoop> loop;
  std::mutex mutex;
  std::vector<control::CameraStatus> cameras;  ///< Under the mutex.
  std::atomic<std::uint64_t> last_viewer{0};
};

Driving::Driving() : Driving(Options{}) {}

Driving::Driving(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {}

Driving::~Driving() { close(); }

void Driving::close() { impl_->loop->close(); }

void Driving::on_output(std::function<void(const DriveOutput&)> callback) {
  add_sink(std::make_unique<CallbackSink>(std::move(callback), impl_->context->executor()));
}

void Driving::add_sink(std::unique_ptr<safety::Sink> sink) { impl_->loop->add_sink(std::move(sink)); }

std::int64_t Driving::attach(RTCConnection& connection) {
  const ViewerId viewer(++impl_->last_viewer);
  const auto& events = connection.impl_->events;
  connection.impl_->set_audio(false, false);
  impl_->outbox->add(viewer, connection.impl_->peer);
  impl_->loop->join(viewer, !events->is_watch_only());
  events->set_side_channels(std::make_shared<ChannelAdapter>(viewer, impl_->loop, impl_->outbox));
  return static_cast<std::int64_t>(viewer.value());
}

void Driving::on_event(std::function<void(const safety::Event&)> callback) {
  const std::lock_guard lock(impl_->listeners->mutex);
  impl_->listeners->event = std::move(callback);
}

void Driving::on_camera_request(std::function<void(std::int64_t, const std::string&)> callback) {
  const std::lock_guard lock(impl_->listeners->mutex);
  impl_->listeners->request = std::move(callback);
}

void Driving::on_command(std::function<void(const safety::CommandRecord&)> callback) {
  const std::lock_guard lock(impl_->listeners->mutex);
  impl_->listeners->has_command = static_cast<bool>(callback);
  impl_->listeners->command = std::move(callback);
}

void Driving::showing(std::int64_t viewer, const std::string& camera) {
  impl_->loop->show_camera(ViewerId(static_cast<std::uint64_t>(viewer)), camera);
}

void Driving::set_camera_state(const std::string& camera, CameraState state, const std::string& reason) {
  constexpr std::size_t kMaxReasonBytes = 200;
  const std::lock_guard lock(impl_->mutex);
  for (auto& each : impl_->cameras) {
    if (each.name != camera) continue;
    each.state = media::name_of(state);
    each.reason = reason.substr(0, kMaxReasonBytes);
  }
  impl_->loop->set_cameras(impl_->cameras);
}

Result<void> Driving::put_telemetry(const Json& data) {
  auto text = to_text(data);
  if (!text) return fail(text.error());
  if (const auto checked = control::write_telemetry(0, *text); !checked) return fail(checked.error());
  impl_->loop->telemetry(std::move(*text));
  return {};
}

void Driving::emergency_stop() { impl_->loop->emergency_stop(); }

void Driving::release() { impl_->loop->release(); }

void Driving::set_local_stop(bool stopped) { impl_->loop->set_local_stop(stopped); }

Driving::Stats Driving::stats() const {
  Stats stats = impl_->loop->stats();
  stats.not_told = impl_->outbox->not_told();
  stats.log_lines_suppressed = impl_->log->suppressed();
  return stats;
}

}  // namespace rtcbot
