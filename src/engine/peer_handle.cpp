#include "peer_handle.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::engine {

namespace {

constexpr std::size_t kLongestChannelName = 256;

Result<void> check(const PeerConfig& config) {
  const bool rates_rise = DataRate() < config.min_bitrate && config.min_bitrate <= config.start_bitrate &&
                          config.start_bitrate <= config.max_bitrate &&
                          config.max_bitrate <= DataRate::kilobits_per_second(1'000'000);
  if (!rates_rise) {
    return fail(Errc::bad_config, "0 < min_bitrate <= start_bitrate <= max_bitrate <= 1 Gbit/s must hold");
  }
  const auto shortest = std::min({config.gathering_limit, config.connect_limit, config.give_up_after});
  if (shortest <= std::chrono::milliseconds::zero() || config.silence_limit < std::chrono::milliseconds(100)) {
    return fail(Errc::bad_config, "every time limit must be positive, and silence_limit at least 100 ms");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Peer>> PeerHandle::make(std::shared_ptr<EngineImpl> engine, PeerConfig config,
                                               std::shared_ptr<PeerObserver> observer) {
  if (!observer) return fail(Errc::bad_config, "a peer needs an observer");
  if (auto checked = check(config); !checked) return fail(checked.error());
  auto status = std::make_shared<Status>();
  std::shared_ptr<Connection> connection;
  Result<void> opened;
  engine->signalling().BlockingCall([&] {
    connection = std::make_shared<Connection>(*engine, std::move(config), std::move(observer), status);
    opened = connection->open();
    if (!opened) connection = nullptr;
  });
  if (!opened) return fail(opened.error());
  return std::unique_ptr<Peer>(new PeerHandle(std::move(engine), std::move(connection), std::move(status)));
}

PeerHandle::PeerHandle(std::shared_ptr<EngineImpl> engine, std::shared_ptr<Connection> connection,
                       std::shared_ptr<Status> status)
    : engine_(std::move(engine)), connection_(std::move(connection)), status_(std::move(status)) {}

PeerHandle::~PeerHandle() {
  engine_->signalling().BlockingCall([this] {
    connection_->dispose();
    connection_ = nullptr;
  });
}

template <class Task>
void PeerHandle::post(Task task) {
  // The handle outlives the task: its destructor waits for a later one.
  engine_->signalling().PostTask([connection = std::weak_ptr(connection_), task = std::move(task)]() mutable {
    if (const auto alive = connection.lock()) task(*alive);
  });
}

Result<void> PeerHandle::add_video(std::shared_ptr<EncodedVideoSource> source) {
  if (!source) return fail(Errc::bad_config, "there is no video source here");
  // Asked here, on the caller's thread, because the first time may be slow.
  if (!source->can_encode(VideoCodec::h264) && !source->can_encode(VideoCodec::vp8)) {
    return fail(Errc::no_encoder, "this source can encode neither H264 nor VP8; install a GStreamer encoder for one");
  }
  std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add video before answer or create_offer");
  if (setup_.video) return fail(Errc::invalid_state, "a connection carries one video; make another for the second");
  setup_.video = std::move(source);
  return {};
}

Result<void> PeerHandle::add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) {
  if (!source && !output) return fail(Errc::bad_config, "there is neither a microphone nor a speaker here");
  std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add audio before answer or create_offer");
  if (source && setup_.audio.source) return fail(Errc::invalid_state, "a connection carries one microphone");
  if (output && setup_.audio.output) return fail(Errc::invalid_state, "a connection is played on one speaker");
  if (source) setup_.audio.source = std::move(source);
  if (output) setup_.audio.output = std::move(output);
  return {};
}

void PeerHandle::set_audio(bool send, bool receive) {
  post([send, receive](Connection& connection) { connection.set_audio(send, receive); });
}

Result<void> PeerHandle::add_channel(const std::string& name, bool ordered) {
  if (name.empty() || name.size() > kLongestChannelName) {
    return fail(Errc::bad_config, "a data channel's name has 1 to 256 bytes");
  }
  std::lock_guard lock(mutex_);
  if (has_begun_) return fail(Errc::invalid_state, "add channels before answer or create_offer");
  const auto has_name = [&](const Setup::NewChannel& channel) { return channel.name == name; };
  if (name == "default" || name == kClockChannel ||
      std::any_of(setup_.channels.begin(), setup_.channels.end(), has_name)) {
    return fail(Errc::bad_config, "a data channel '" + name + "' exists already");
  }
  if (setup_.channels.size() + 1 >= Channels::kMost) return fail(Errc::bad_config, "too many data channels");
  setup_.channels.push_back({.name = name, .ordered = ordered});
  return {};
}

Result<Setup> PeerHandle::begin() {
  std::lock_guard lock(mutex_);
  if (std::exchange(has_begun_, true)) {
    return fail(Errc::invalid_state, "a connection negotiates once; make another peer");
  }
  return std::move(setup_);
}

void PeerHandle::answer(Description offer, OnDescription done) {
  auto setup = begin();
  if (!setup) return done(fail(setup.error()));
  post([setup = std::move(*setup), offer = std::move(offer), done = std::move(done)](Connection& connection) mutable {
    connection.answer(std::move(setup), offer, std::move(done));
  });
}

void PeerHandle::create_offer(OnDescription done) {
  auto setup = begin();
  if (!setup) return done(fail(setup.error()));
  post([setup = std::move(*setup), done = std::move(done)](Connection& connection) mutable {
    connection.create_offer(std::move(setup), std::move(done));
  });
}

void PeerHandle::set_answer(Description answer, std::function<void(Result<void>)> done) {
  post([answer = std::move(answer), done = std::move(done)](Connection& connection) mutable {
    connection.set_answer(answer, std::move(done));
  });
}

void PeerHandle::add_candidate(Candidate candidate) {
  post([candidate = std::move(candidate)](Connection& connection) { connection.add_candidate(candidate); });
}

Result<void> PeerHandle::send(const std::string& channel, std::string_view message, bool binary) {
  if (auto reserved = status_->channels->reserve(channel, message.size()); !reserved) return reserved;
  post([channel, message = std::string(message), binary](Connection& connection) {
    connection.send(channel, message, binary);
  });
  return {};
}

void PeerHandle::set_max_bitrate(DataRate limit) {
  post([limit](Connection& connection) { connection.set_max_bitrate(limit); });
}

void PeerHandle::set_drives(bool drives) {
  post([drives](Connection& connection) { connection.set_drives(drives); });
}

void PeerHandle::get_stats(std::function<void(Stats)> done) {
  post([done = std::move(done)](Connection& connection) mutable { connection.get_stats(std::move(done)); });
}

void PeerHandle::close() {
  post([](Connection& connection) { connection.close(); });
}

}  // namespace rtcbot::engine
