#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hosted_peer.hpp"
#include "outbox.hpp"
#include "rtcbot/engine/engine.hpp"
#include "rtcbot/runtime/callback_thread.hpp"

namespace rtcbot::engine_host {

/// Names that the robot resolves for the engine. Thread-safe.
class ForwardedLookups {
 public:
  explicit ForwardedLookups(Outbox outbox) : outbox_(std::move(outbox)) {}

  void ask(const std::string& host, std::function<void(std::vector<std::string>)> done);
  void on(const ipc::Resolved& answer);

 private:
  const Outbox outbox_;
  std::mutex mutex_;
  std::uint32_t next_ = 1;
  std::map<std::uint32_t, std::function<void(std::vector<std::string>)>> waiting_;
};

/// The engine's connections, and the robot's commands for them.
///
/// Commands arrive on the reading thread, which handles pictures, sound and messages. Commands that may take the engine
/// some milliseconds, such as creating and ending a connection, go to a working thread, so that pictures never wait for
/// them.
class Host {
 public:
  Host(std::shared_ptr<engine::LocalEngine> engine, std::shared_ptr<ForwardedLookups> lookups, Outbox outbox);
  /// Closes all connections and notifies the other sides.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// False: the message is not a valid command.
  [[nodiscard]] bool on_message(const ipc::MessageBytes& bytes);

 private:
  [[nodiscard]] std::shared_ptr<HostedPeer> find(ipc::PeerId id);

  // On the reading thread.
  void handle(const ipc::Ping& order, const ipc::MessageBytes& bytes);
  void handle(const ipc::VideoFrame& order, const ipc::MessageBytes& bytes);
  void handle(const ipc::CapturedSound& order, const ipc::MessageBytes& bytes);
  void handle(const ipc::SendMessage& order, const ipc::MessageBytes& bytes);
  void handle(const ipc::Resolved& order, const ipc::MessageBytes& bytes);
  template <class Order>
  void handle(const Order& order, const ipc::MessageBytes& bytes);

  // On the working thread.
  void work(const ipc::MakePeer& order);
  void work(const ipc::DropPeer& order);
  void work(const ipc::NetworkChanged& order);
  void work(const ipc::SetOutgoingInterface& order);
  template <class Order>
  void work(const Order& order);

  const std::shared_ptr<engine::LocalEngine> engine_;
  const std::shared_ptr<ForwardedLookups> lookups_;
  const Outbox outbox_;
  std::mutex mutex_;
  std::map<ipc::PeerId, std::shared_ptr<HostedPeer>> peers_;
  std::unique_ptr<runtime::CallbackThread> worker_;  ///< Last: its tasks use the other members.
};

}  // namespace rtcbot::engine_host
