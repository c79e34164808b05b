#include <utility>

#include "engine_pool.hpp"
#include "rtcbot/engine_client/engine_client.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot::engine_client {
namespace {

/// Debian's authorities, in one file.
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kMaxPemBytes = std::size_t{4} << 20;

bool asks_by_tls(const peer::PeerConfig& config) {
  for (const auto& server : config.ice_servers) {
    for (const std::string& url : server.urls) {
      if (url.starts_with("turns:")) return true;
    }
  }
  return false;
}

/// Reads the certificates for the engine, which cannot read files.  Errors: bad_config.
Result<void> load_authorities(peer::PeerConfig& config) {
  if (!config.verify_certificate || !asks_by_tls(config)) return {};
  const std::string path = config.ca_file.empty() ? kSystemAuthorities : config.ca_file;
  config.ca_pem = runtime::read_whole_file(path).value_or("");
  if (!config.ca_pem.empty() && config.ca_pem.size() <= kMaxPemBytes) return {};
  return fail(Errc::bad_config, "no certificates can be read from '" + path + "'");
}

/// The user's handle of a `RemoteConnection`.
class RemotePeer : public peer::Peer {
 public:
  RemotePeer(std::shared_ptr<EnginePool> pool, EnginePool::Placed placed)
      : pool_(std::move(pool)), placed_(std::move(placed)), connection_(placed_.connection) {}
  ~RemotePeer() override {
    connection_->dispose();
    pool_->remove(placed_);
  }
  RemotePeer(const RemotePeer&) = delete;
  RemotePeer& operator=(const RemotePeer&) = delete;

  Result<void> add_video(std::shared_ptr<EncodedVideoSource> source) override {
    return connection_->setup().add_video(std::move(source));
  }
  Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) override {
    return connection_->setup().add_audio(std::move(source), std::move(output));
  }
  Result<void> add_channel(const std::string& name, bool ordered) override {
    return connection_->setup().add_channel(name, ordered);
  }
  void answer(peer::Description offer, OnDescription done) override {
    if (offer.type != peer::Description::Type::offer) offer.sdp.clear();  // An empty offer, which is refused.
    connection_->negotiate(std::move(offer.sdp), std::move(done));
  }
  void create_offer(OnDescription done) override { connection_->negotiate(std::nullopt, std::move(done)); }
  void set_answer(peer::Description answer, std::function<void(Result<void>)> done) override {
    if (answer.type != peer::Description::Type::answer) {
      return done(fail(Errc::bad_message, "this description is not an answer"));
    }
    connection_->set_answer(std::move(answer.sdp), std::move(done));
  }
  void add_candidate(peer::Candidate candidate) override {
    connection_->command(ipc::AddCandidate{.peer = connection_->id(), .candidate = std::move(candidate)});
  }
  Result<void> send(const std::string& channel, std::string_view message, bool binary) override {
    return connection_->send(channel, message, binary);
  }
  void set_audio(bool send, bool receive) override {
    connection_->command(ipc::SetAudio{.peer = connection_->id(), .send = send, .receive = receive});
  }
  void set_max_bitrate(DataRate limit) override {
    connection_->command(ipc::SetMaxBitrate{.peer = connection_->id(), .limit = limit});
  }
  void set_drives(bool drives) override {
    connection_->set_drives(drives);
    pool_->set_drives(connection_->id(), drives);
  }
  [[nodiscard]] peer::State state() const override { return connection_->state(); }
  void get_stats(std::function<void(peer::Stats)> done) override { connection_->get_stats(std::move(done)); }
  void close() override { connection_->command(ipc::ClosePeer{.peer = connection_->id()}); }

 private:
  const std::shared_ptr<EnginePool> pool_;
  const EnginePool::Placed placed_;
  const std::shared_ptr<RemoteConnection> connection_;
};

class RemoteEngine : public peer::Engine {
 public:
  RemoteEngine(std::string program, LogSink log) : pool_(EnginePool::start(std::move(program), std::move(log))) {}

  Result<std::unique_ptr<peer::Peer>> make_peer(peer::PeerConfig config,
                                                std::shared_ptr<peer::PeerObserver> observer) override {
    if (!observer) return fail(Errc::bad_config, "a peer needs an observer");
    if (auto loaded = load_authorities(config); !loaded) return fail(loaded.error());
    auto placed = pool_->make(config, observer);
    if (!placed) return fail(placed.error());
    return std::unique_ptr<peer::Peer>(std::make_unique<RemotePeer>(pool_, std::move(*placed)));
  }

  void network_changed() override { pool_->network_changed(); }
  void set_egress(std::string interface) override { pool_->set_outgoing_interface(interface); }
  [[nodiscard]] std::chrono::milliseconds pause_of(const std::string& party) const override {
    return std::chrono::ceil<std::chrono::milliseconds>(pool_->pause_of(party));
  }
  [[nodiscard]] peer::EngineStats engine_stats() const override { return pool_->stats(); }

 private:
  const std::shared_ptr<EnginePool> pool_;
};

}  // namespace

Result<std::shared_ptr<peer::Engine>> start(Options options) {
  if (options.program.empty()) {
    auto found = find_program();
    if (!found) return fail(found.error());
    options.program = std::move(*found);
  }
  return std::make_shared<RemoteEngine>(std::move(options.program), std::move(options.log));
}

}  // namespace rtcbot::engine_client
