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

/// A robot that dials its server, answers everybody who wants to see it, and always comes back.
///
/// It keeps dialling for ever, with growing pauses and jitter. Viewers stay connected while the server restarts. Each
/// viewer gets a connection of its own; a bad offer is refused and harms nobody else.
/// Thread-safe. Callbacks come on the callback thread. The destructor closes.
class Robot {
 public:
  struct Options {
    std::string name{};  ///< Empty: the tutorial's one robot without a name.
    int max_viewers = 8;
    RTCConnection::Options connection{};                         ///< For each viewer.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Further fields of the handshake.
    bool verify_certificate = true;                              ///< Of the server, and of TURN servers by TLS.
    /// "500MB/h", "10GB/month", "2GB/total", of all interfaces together on the way to the server; "wwan0=500MB/h" of
    /// that one alone; empty: as much as the link carries.
    std::string data_budget{};
    std::string data_budget_file{};  ///< Where what is left is kept; empty: $XDG_STATE_HOME/rtcbot/data-budget.json.
    /// Asked for each connection where its rate begins, in place of `connection.start_bitrate`, within the limits. On
    /// the callback thread. A connection of the last two minutes knows better.
    std::function<DataRate(DataRate configured)> start_bitrate{};
    bool snapshots = false;  ///< `send_snapshot` is going to be used; said to the server.
    std::string ca_file{};   ///< PEM: authorities to trust, for both; empty: the system's.
  };

  /// What was sent and received by this machine, whoever it was that did, and what may be yet.
  struct DataUse {
    std::string interface {};                          ///< On the way to the server, now or last.
    std::map<std::string, std::int64_t> interfaces{};  ///< Bytes by each that was on it, or has a budget of its own.
    std::int64_t bytes_used = 0;                       ///< By all of them together.
    std::int64_t since_ms = 0;  ///< Since then (Unix time): since `start`; with a budget since its file was begun.
    std::optional<std::int64_t>
        bytes_left{};                 ///< With a budget: what may be used at once; negative when more was used.
    std::optional<DataRate> limit{};  ///< What all viewers together are sent at most, for now.
  };

  enum class State {
    dialing,  ///< Not on the server; being tried again.
    online,
    stopped,
  };

  struct Stats {
    State state = State::dialing;
    int viewers = 0;
    std::int64_t offers = 0;
    std::int64_t answers = 0;
    std::int64_t refusals = 0;
    std::int64_t refused_paused = 0;  ///< Of these, offers of viewers whose connections ended the WebRTC engine.
    std::int64_t dials = 0;
    std::int64_t dials_failed = 0;
    std::int64_t log_lines_suppressed = 0;  ///< About viewers and the server; logged as a count.
    std::optional<DataUse> data{};          ///< Empty before `start`.
    peer::EngineStats engine{};             ///< Of all robots and connections of this program together.
  };

  /// `server` as for `Websocket`, e.g. "wss://example.org/ws".  @throws Error bad_address, bad_config.
  explicit Robot(const std::string& server);
  Robot(const std::string& server, Options options);
  ~Robot();
  Robot(const Robot&) = delete;
  Robot& operator=(const Robot&) = delete;

  /// Called with each viewer's connection before it is answered: give it a camera, subscribe to its messages.
  /// The robot keeps the connection as long as it lives.
  void on_connection(std::function<void(RTCConnection&)> callback);

  /// Called when the robot goes on or off the server, with the reason when it goes off.
  void on_state(std::function<void(State, std::string reason)> callback);

  /// Begins to dial.  @throws Error internal when the WebRTC engine cannot start.
  void start();
  /// `start`, then waits until Ctrl-C or `rtcbot::stop()`, then closes.
  void run();
  /// Leaves the server and closes all viewers.
  void close();

  /// What the server's list of robots shows of the camera: a word or two.
  void set_camera_state(std::string text);

  /// Whether the robot is on a server that shows pictures in its list of robots.
  [[nodiscard]] bool wants_snapshots() const;
  /// A JPEG of at most 32 KiB for that list (`Camera::try_snapshot`), where the server wants it; at most one a second.
  void send_snapshot(std::string jpeg);

  [[nodiscard]] Stats stats() const;
  /// The connections there are now.
  [[nodiscard]] std::vector<RTCConnection> viewers() const;
  /// Sends a message to every viewer; those that cannot take it are skipped.
  void put_nowait(const Json& message) const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
