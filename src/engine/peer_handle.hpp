#pragma once

#include <memory>
#include <string>
#include <utility>

#include "connection.hpp"
#include "engine.hpp"
#include "peer_types.hpp"

namespace rtcbot::engine {

/// A `Connection` for other threads: every call becomes a task on the signalling thread. Only the constructor and the
/// destructor wait for it.
class PeerHandle : public Peer {
 public:
  static Result<std::unique_ptr<Peer>> make(std::shared_ptr<EngineImpl> engine, PeerConfig config,
                                            std::shared_ptr<PeerObserver> observer);
  ~PeerHandle() override;
  PeerHandle(const PeerHandle&) = delete;
  PeerHandle& operator=(const PeerHandle&) = delete;

  Result<void> add_video(std::shared_ptr<EncodedVideoSource> source) override {
    return setup_.add_video(std::move(source));
  }
  Result<void> add_audio(std::shared_ptr<AudioSource> source, std::shared_ptr<AudioOutput> output) override {
    return setup_.add_audio(std::move(source), std::move(output));
  }
  void set_audio(bool send, bool receive) override;
  Result<void> add_channel(const std::string& name, bool ordered) override { return setup_.add_channel(name, ordered); }
  void answer(Description offer, OnDescription done) override;
  void create_offer(OnDescription done) override;
  void set_answer(Description answer, std::function<void(Result<void>)> done) override;
  void add_candidate(Candidate candidate) override;
  Result<void> send(const std::string& channel, std::string_view message, bool binary) override;
  [[nodiscard]] State state() const override { return status_->state; }
  void set_max_bitrate(DataRate limit) override;
  void set_drives(bool drives) override;
  void get_stats(std::function<void(Stats)> done) override;
  void close() override;

 private:
  PeerHandle(std::shared_ptr<EngineImpl> engine, std::shared_ptr<Connection> connection,
             std::shared_ptr<Status> status);

  /// Runs `task(connection)` on the signalling thread.
  template <class Task>
  void post(Task task);

  const std::shared_ptr<EngineImpl> engine_;
  std::shared_ptr<Connection> connection_;  ///< Used only on the signalling thread.
  const std::shared_ptr<Status> status_;
  peer::SetupBuilder setup_;
};

}  // namespace rtcbot::engine
