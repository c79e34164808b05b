#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/rtc_connection.hpp"

namespace rtcbot {

/// A robot that dials its server, answers every viewer, and reconnects whenever the connection to the server ends.
///
/// It dials without limit, with growing intervals and jitter. Viewers stay connected while the server restarts. Each
/// viewer has its own connection; a bad offer is refused without effect on other viewers.
/// Thread-safe. Callbacks run on the callback thread. The destructor calls `close`.
class Robot {
 public:
  struct Options {
    std::string name{};  ///< Empty: the default robot, without a name, as in the tutorial.
    int max_viewers = 8;
    RTCConnection::Options connection{};                         ///< For each viewer.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Further header fields of the handshake.
    bool verify_certificate = true;                              ///< Of the server, and of TURN servers over TLS.
    /// "500MB/h", "10GB/month", "2GB/total": all interfaces used to reach the server, together. "wwan0=500MB/h": that
    /// interface only. Empty: no budget.
    std::string data_budget{};
    std::string data_budget_file{};  ///< Stores the rest of the budget; empty: $XDG_STATE_HOME/rtcbot/data-budget.json.
    /// Returns the start bitrate of a new connection, in place of `connection.start_bitrate`, within its limits. Called
    /// on the callback thread. An estimate from a connection of the last two minutes takes precedence.
    std::function<DataRate(DataRate configured)> start_bitrate{};
    bool snapshots = false;  ///< Announces to the server that this robot calls `send_snapshot`.
    std::string ca_file{};   ///< PEM: trusted authorities, for both; empty: the system's.
  };

  /// Bytes that this machine sent and received, by any program, and what the budget still permits.
  struct DataUse {
    std::string interface {};                          ///< The interface towards the server, now or most recently.
    std::map<std::string, std::int64_t> interfaces{};  ///< Bytes of each interface that was used or has a budget.
    std::int64_t bytes_used = 0;                       ///< Of all these interfaces together.
    std::int64_t since_ms = 0;  ///< Start of the count (Unix time): this object's construction; with a budget, the
                                ///< creation of its file.
    std::optional<std::int64_t>
        bytes_left{};                 ///< With a budget: what may be used immediately; negative if it was exceeded.
    std::optional<DataRate> limit{};  ///< Current limit for all viewers together.
  };

  enum class State {
    dialing,  ///< Not connected to the server; tries to connect.
    online,
    stopped,
  };

  struct Stats {
    State state = State::dialing;
    int viewers = 0;
    std::int64_t offers = 0;
    std::int64_t answers = 0;
    std::int64_t refusals = 0;
    std::int64_t refused_paused = 0;  ///< Included above: offers of viewers whose connections ended the engine.
    std::int64_t dials = 0;
    std::int64_t dials_failed = 0;
    std::int64_t log_lines_suppressed = 0;  ///< Lines about viewers and the server; logged as a count.
    std::optional<DataUse> data{};          ///< Empty before `start`.
    peer::EngineStats engine{};             ///< Of all robots and connections of this program together.
  };

  /// `server` has the form that `Websocket` takes, for example "wss://example.org/ws".  @throws Error bad_address,
  /// bad_config.
  explicit Robot(const std::string& server);
  Robot(const std::string& server, Options options);
  ~Robot();
  Robot(const Robot&) = delete;
  Robot& operator=(const Robot&) = delete;

  /// Called with each viewer's connection before it is answered. Give it a camera and subscribe to its messages here.
  /// The robot keeps the connection until it ends.
  void on_connection(std::function<void(RTCConnection&)> callback);

  /// Called when the robot connects to the server or loses it, in the latter case with the reason.
  void on_state(std::function<void(State, std::string reason)> callback);

  /// Starts to dial.  @throws Error internal if the WebRTC engine cannot start.
  void start();
  /// Calls `start`, waits for Ctrl-C or `rtcbot::stop()`, then calls `close`.
  void run();
  /// Disconnects from the server and closes all viewers' connections.
  void close();

  /// Sets the text about the camera in the server's list of robots: a word or two.
  void set_camera_state(std::string text);

  /// True if the robot is connected to a server that shows pictures in its list of robots.
  [[nodiscard]] bool wants_snapshots() const;
  /// Sends a JPEG of at most 32 KiB for that list (`Camera::try_snapshot`) if the server wants it; at most one a
  /// second.
  void send_snapshot(std::string jpeg);

  [[nodiscard]] Stats stats() const;
  /// The present connections.
  [[nodiscard]] std::vector<RTCConnection> viewers() const;
  /// Sends a message to every viewer. Skips viewers that cannot take it.
  void put_nowait(const Json& message) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
