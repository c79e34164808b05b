#include "peer_handle.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/base/weakly.hpp"

namespace rtcbot::engine {

namespace {

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
  engine_->signalling().PostTask(weakly(std::weak_ptr(connection_), std::move(task)));
}

void PeerHandle::set_audio(bool send, bool receive) {
  post([send, receive](Connection& connection) { connection.set_audio(send, receive); });
}

void PeerHandle::answer(Description offer, OnDescription done) {
  auto setup = setup_.begin();
  if (!setup) return done(fail(setup.error()));
  post([setup = std::move(*setup), offer = std::move(offer), done = std::move(done)](Connection& connection) mutable {
    connection.answer(std::move(setup), offer, std::move(done));
  });
}

void PeerHandle::create_offer(OnDescription done) {
  auto setup = setup_.begin();
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
