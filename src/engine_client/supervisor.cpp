#include "supervisor.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/utf8.hpp"
#include "rtcbot/ipc/codec.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine_client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{250};
/// The engine hangs if it has not answered for this many ticks of this process: 2 s. Counts ticks, so that a pause of
/// the whole machine does not count as a pause of the engine.
constexpr int kMaxUnanswered = 8;
/// The start has failed after this many ticks: 15 s, for a slow board.
constexpr int kMaxStartTicks = 60;
/// Limit for a process to end after its socket is closed.
constexpr milliseconds kEndTimeout{500};
constexpr milliseconds kReadyTimeout{10'000};
constexpr milliseconds kMakeTimeout{3'000};

template <class Message>
void send(const std::shared_ptr<process::MessageSocket>& socket, const Message& message) {
  socket->send({.head = ipc::encode(ipc::Command(message))});
}

/// A line of the engine's log, with control characters removed and its length limited.
std::string log_line(const std::string& line) {
  constexpr std::size_t kMaxLineBytes = 600;
  return printable(cut_utf8(line, kMaxLineBytes), ' ');
}

}  // namespace

std::shared_ptr<Supervisor> Supervisor::start(std::string program, LogSink log, Hooks hooks) {
  return {new Supervisor(std::move(program), std::move(log), std::move(hooks)), [](Supervisor* supervisor) {
            if (supervisor->thread_.get_id() != std::this_thread::get_id()) return delete supervisor;
            // A thread cannot join itself.
            std::thread([supervisor] { delete supervisor; }).detach();
          }};
}

Supervisor::Supervisor(std::string program, LogSink log, Hooks hooks)
    : program_(std::move(program)), log_(std::move(log)), hooks_(std::move(hooks)), thread_([this] { run(); }) {}

Supervisor::~Supervisor() {
  stop();
  thread_.join();
}

void Supervisor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (starting_) starting_->stop();
  }
  changed_.notify_all();
}

void Supervisor::log(LogLevel level, const std::string& sentence) const {
  if (log_) log_({level, "engine", sentence});
}

void Supervisor::flush_logs() {
  const Timestamp now = runtime::now();
  for (auto* log : {&ends_log_, &lines_log_, &details_log_}) log->flush(now);
}

void Supervisor::run() {
  // The kernel ends the child together with the thread that started it, which is this one.
  pthread_setname_np(pthread_self(), "rtc-engine");
  for (;;) {
    bool was_ready = false;
    auto child = process::Child::start(program_);
    if (child) {
      was_ready = live(std::move(*child));
    } else {
      log(LogLevel::error, child.error().what());
    }
    flush_logs();
    if (hooks_.on_tick) hooks_.on_tick();
    const Duration pause = was_ready ? Duration::zero() : backoff_.next();
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, pause, [this] { return stopping_; })) return;
  }
}

bool Supervisor::live(process::Child child) {
  const auto life = std::make_shared<Life>();
  life->process = child.pid();
  life->socket = std::make_shared<process::MessageSocket>(child.take_socket(), process::MessageSocket::Limits{});
  {
    const std::lock_guard lock(mutex_);
    starting_ = life->socket;
    if (stopping_) life->socket->stop();
  }
  life->socket->run([&](const ipc::MessageBytes& bytes) { on_message(*life, bytes); }, kTick, [&] { on_tick(*life); });
  // A process that this side ended because it hangs will not end on its own.
  const std::string how = child.wait(life->fault.empty() ? kEndTimeout : milliseconds(0));
  bury(*life, how);
  return life->is_ready;
}

void Supervisor::bury(Life& life, const std::string& how) {
  std::map<ipc::PeerId, std::weak_ptr<RemoteConnection>> connections;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    life_ = nullptr;
    starting_ = nullptr;
    connections = std::exchange(life.connections, {});
    stopping = stopping_;
  }
  const std::string what = life.fault.empty() ? how : life.fault + " and was ended";
  if (!stopping) {
    const char* next = life.is_ready ? "; a new one is started" : " before it was ready; the robot tries again";
    ends_log_.write(runtime::now(), "ends",
                    {life.is_ready ? LogLevel::warning : LogLevel::error, "engine",
                     std::string("the WebRTC engine ended: it ").append(what).append(next)});
  }
  std::vector<ipc::PeerId> held;
  for (const auto& [id, connection] : connections) held.push_back(id);
  if (life.is_ready && !stopping && hooks_.on_failure) hooks_.on_failure(held);
  const Error reason(Errc::engine_failed, "the WebRTC engine ended: it " + what);
  for (const auto& [id, weak] : connections) {
    if (const auto connection = weak.lock()) connection->on_engine_end(reason);
  }
}

void Supervisor::end(Life& life, std::string fault) const {
  if (life.fault.empty()) life.fault = std::move(fault);
  life.socket->stop();
}

void Supervisor::on_tick(Life& life) {
  ++life.ticks;
  flush_logs();
  if (hooks_.on_tick) hooks_.on_tick();
  if (!life.is_ready) {
    if (life.ticks > kMaxStartTicks) end(life, "did not start in time");
    return;
  }
  if (++life.unanswered > kMaxUnanswered) return end(life, "did not answer for 2 s");
  send(life.socket, ipc::Ping{.number = ++life.pings});
}

void Supervisor::on_message(Life& life, const ipc::MessageBytes& bytes) {
  const auto event = ipc::decode_event(bytes.view());
  if (!event) return end(life, std::string("sent an invalid message (") + event.error().what() + ")");
  if (!life.is_ready && !std::holds_alternative<ipc::Ready>(*event) && !std::holds_alternative<ipc::Log>(*event)) {
    return end(life, "sent a message before it was ready");
  }
  std::visit([&](const auto& each) { handle(life, each); }, *event);
}

void Supervisor::handle(Life& life, const ipc::Ready& event) {
  if (event.version != ipc::kVersion) {
    return end(life, "is of another version than this program; install both from the same release");
  }
  if (std::exchange(life.is_ready, true)) return end(life, "became ready twice");
  backoff_.reset();
  {
    const std::lock_guard lock(mutex_);
    if (outgoing_interface_) send(life.socket, ipc::SetOutgoingInterface{.name = *outgoing_interface_});
    life_ = life.shared_from_this();
  }
  changed_.notify_all();
}

void Supervisor::handle(Life& life, const ipc::Pong& event) {
  if (event.number == life.pings) life.unanswered = 0;
}

void Supervisor::handle(Life& life, const ipc::Resolve& event) { lookups_.resolve(event, life.socket); }

void Supervisor::handle(Life&, const ipc::Log& event) {
  const bool matters = event.level == LogLevel::warning || event.level == LogLevel::error;
  (matters ? lines_log_ : details_log_)
      .write(runtime::now(), "lines", {event.level, "engine", log_line(event.message)});
}

template <class Event>
void Supervisor::handle(Life& life, const Event& event) {
  const auto connection = find(life, event.peer);
  // Events of a connection that was just removed may still arrive.
  if (!connection) return;
  if (auto violation = connection->on(event)) end(life, std::move(violation->what));
}

std::shared_ptr<RemoteConnection> Supervisor::find(Life& life, ipc::PeerId id) {
  const std::lock_guard lock(mutex_);
  const auto found = life.connections.find(id);
  return found == life.connections.end() ? nullptr : found->second.lock();
}

std::shared_ptr<Supervisor::Life> Supervisor::wait_ready() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kReadyTimeout, [this] { return life_ != nullptr || stopping_; });
  return life_;
}

Result<std::shared_ptr<RemoteConnection>> Supervisor::make(ipc::PeerId id, const peer::PeerConfig& config,
                                                           std::shared_ptr<peer::PeerObserver> observer) {
  const auto life = wait_ready();
  if (!life) return fail(Errc::engine_failed, "the WebRTC engine does not start; the log says why");
  lookups_.allow(config.ice_servers);
  const auto made = std::make_shared<RemoteConnection>(id, life->process, std::move(observer), life->socket);
  {
    const std::lock_guard lock(mutex_);
    // An engine that has just ended reports nothing further, and a connection registered now would not be notified.
    if (life_ != life) return fail(Errc::engine_failed, "the WebRTC engine has just ended; a new one is started");
    life->connections[id] = made;
  }
  made->command(ipc::MakePeer{.peer = id, .config = config});
  if (auto answered = made->wait_made(kMakeTimeout); !answered) {
    remove(id);
    return fail(answered.error());
  }
  return made;
}

void Supervisor::remove(ipc::PeerId id) {
  const std::lock_guard lock(mutex_);
  if (life_) life_->connections.erase(id);
}

void Supervisor::network_changed() {
  const std::lock_guard lock(mutex_);
  if (life_) send(life_->socket, ipc::NetworkChanged{});
}

void Supervisor::set_outgoing_interface(std::string name) {
  const std::lock_guard lock(mutex_);
  if (life_) send(life_->socket, ipc::SetOutgoingInterface{.name = name});
  outgoing_interface_ = std::move(name);
}

}  // namespace rtcbot::engine_client
