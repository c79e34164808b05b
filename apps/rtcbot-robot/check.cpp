#include "rtcbot-robot/check.hpp"

#include <sys/timex.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "rtcbot/actuator/inspect.hpp"
#include "rtcbot/media/camera.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/signal/check.hpp"

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kTimeout{10'000};

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

/// The server's answer and the details in it.
struct Server {
  ServerAnswer answer;
  std::optional<milliseconds> clock_behind;
  std::vector<IceServer> ice_servers;
};

/// A value that several threads may set; the first one counts.
template <class T>
class Once {
 public:
  void set(T value) {
    if (!is_set_.exchange(true)) promise_.set_value(std::move(value));
  }
  std::optional<T> wait(milliseconds limit) {
    auto future = promise_.get_future();
    if (future.wait_for(limit) != std::future_status::ready) return std::nullopt;
    return future.get();
  }

 private:
  std::atomic<bool> is_set_ = false;
  std::promise<T> promise_;
};

void read_details(const std::string& body, Server& server) {
  const auto told = Json::parse(body, nullptr, false);
  if (!told.is_object()) return;
  if (const auto time = told.find("time"); time != told.end() && time->is_number_integer()) {
    server.clock_behind = milliseconds(time->get<std::int64_t>() - runtime::unix_time_ms());
  }
  const auto list = told.find("ice_servers");
  if (list == told.end() || !list->is_array()) return;
  for (const auto& entry : *list) {
    const auto urls = entry.find("urls");
    if (urls == entry.end() || !urls->is_array()) continue;
    IceServer one{{}, entry.value("username", ""), entry.value("credential", "")};
    for (const auto& url : *urls) {
      if (url.is_string()) one.urls.push_back(url.get<std::string>());
    }
    server.ice_servers.push_back(std::move(one));
  }
}

/// Asks at the robot's own address, with a subprotocol that no server opens.
Server ask(const CheckOrder& order) {
  const auto declined = std::make_shared<Once<net::Declined>>();
  const auto ended = std::make_shared<Once<Result<bool>>>();
  net::WebSocketClientConfig config;
  config.url = registration_url(order.server, order.robot.name);
  config.subprotocols = {std::string(signal::kCheckSubprotocol)};
  config.headers = order.robot.headers;
  config.connect_limit = kTimeout;
  config.verify_certificate = order.robot.verify_certificate;
  config.ca_file = order.robot.ca_file;
  config.on_declined = [declined](const net::Declined& answer) { declined->set(answer); };
  const auto io = net::IoThread::create();
  const auto begin = steady_clock::now();
  const auto dialing = net::dial(io, config, [ended](const Result<std::shared_ptr<net::WebSocket>>& socket) {
    ended->set(socket ? Result<bool>(true) : Result<bool>(fail(socket.error())));
  });
  const auto result = ended->wait(kTimeout + milliseconds(1'000));
  Server server;
  server.answer.took = since(begin);
  server.answer.opened = result && *result;
  server.answer.has_token = std::any_of(order.robot.headers.begin(), order.robot.headers.end(),
                                        [](const auto& header) { return header.first == "Authorization"; });
  if (result && !*result) {
    server.answer.trouble = result->error().what();
    server.answer.code = result->error().code();
  }
  if (!result) {
    server.answer.trouble = "the server did not answer within " + std::to_string(kTimeout.count()) + " ms";
    server.answer.code = Errc::timeout;
  }
  if (server.answer.opened || !result) return server;
  if (const auto answer = declined->wait(milliseconds(0))) {
    server.answer.status = answer->status;
    if (answer->status == 200) read_details(answer->body, server);
  }
  return server;
}

/// Whether a time service disciplines the clock (adjtimex(2)).
bool is_clock_synchronized() {
  timex state{};
  return adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

/// A viewer that waits for one picture.
class FirstFrame final : public EncodedFrameSink {
 public:
  bool has_room(Timestamp) override { return true; }
  void on_frame(const EncodedFrame&) override { come.set(true); }

  Once<bool> come;
};

CameraProbe probe_camera(const NamedSource& named, Camera::Options options) {
  CameraProbe probe{.asked = named.source};
  options.source = named.source;
  if (const auto checked = media::check_encoder(options); !checked) probe.encoder_trouble = checked.error().what();
  auto camera = media::Camera::create(options);
  if (!camera) {
    probe.trouble = camera.error().what();
    probe.cameras = media::cameras_here();
    return probe;
  }
  const auto trouble = std::make_shared<Once<std::string>>();
  (*camera)->on_state([trouble](CameraState state, const Error* reason) {
    if (state == CameraState::failed && reason != nullptr) trouble->set(reason->what());
  });
  const auto codec = (*camera)->can_encode(VideoCodec::h264) ? VideoCodec::h264 : VideoCodec::vp8;
  const auto viewer = std::make_shared<FirstFrame>();
  const auto begin = steady_clock::now();
  if ((*camera)->can_encode(codec)) {
    const auto tap = (*camera)->attach(codec, viewer);
    tap->set_target({.bitrate = DataRate::kilobits_per_second(1500), .frame_rate = double(options.frame_rate)});
    if (viewer->come.wait(kTimeout)) probe.codec = name_of(codec);
    probe.took = since(begin);
    probe.encoder = (*camera)->stats().encoder;
  } else {
    probe.trouble =
        "no encoder works here: install gstreamer1.0-plugins-ugly (H264) or gstreamer1.0-plugins-good (VP8)";
  }
  probe.source = (*camera)->stats().source;
  if (!probe.codec.empty()) return probe;
  if (probe.trouble.empty()) probe.trouble = trouble->wait(milliseconds(0)).value_or("");
  probe.cameras = media::cameras_here();
  return probe;
}

/// The SDP of a connection that uses only this server.
Result<std::string> description_by(const IceServer& server, const Robot::Options& robot) {
  auto options = robot.connection;
  options.ice_servers = {server};
  options.relay_only = server.urls.front().starts_with("turn");
  options.verify_certificate = robot.verify_certificate;
  options.ca_file = robot.ca_file;
  options.gathering_limit = kTimeout;
  const RTCConnection connection(options);
  const auto offer = connection.get_local_description(kTimeout + milliseconds(1'000));
  if (!offer) return fail(offer.error());
  return offer->value("sdp", "");
}

std::vector<IceServer> one_by_one(const std::vector<IceServer>& servers) {
  std::vector<IceServer> single;
  for (const auto& server : servers) {
    for (const auto& url : server.urls) single.push_back({{url}, server.username, server.credential});
  }
  return single;
}

/// Reports each finding immediately, and collects it.
class Findings {
 public:
  explicit Findings(const std::function<void(const Finding&)>& report) : report_(report) {}
  void add(Finding finding) {
    report_(finding);
    findings_.push_back(std::move(finding));
  }
  [[nodiscard]] std::vector<Finding> all() && { return std::move(findings_); }

 private:
  const std::function<void(const Finding&)>& report_;
  std::vector<Finding> findings_;
};

void check_drive(const CheckOrder& order, Findings& found) {
  const auto moves = [](const std::string& where) { return where != "none"; };
  if (std::none_of(order.drive.begin(), order.drive.end(), moves)) found.add(no_drive_finding());
  for (const auto& where : order.drive) {
    if (!moves(where)) continue;
    if (where == "sim") {
      found.add(drive_finding(where, {true, "a simulated robot", ""}));
      continue;
    }
    const auto spec = actuator::parse_sink_spec(where);
    found.add(drive_finding(where, spec ? actuator::inspect(*spec)
                                        : actuator::Inspection{false, spec.error().what(), "See docs/driving.md."}));
  }
}

void check_paths(const CheckOrder& order, std::vector<IceServer> servers, Findings& found) {
  const auto& own = order.robot.connection.ice_servers;
  servers.insert(servers.end(), own.begin(), own.end());
  bool has_relay = false;
  for (const auto& server : one_by_one(servers)) {
    has_relay = has_relay || server.urls.front().starts_with("turn");
    found.add(path_finding(server.urls.front(), description_by(server, order.robot)));
  }
  if (!has_relay) found.add(no_path_finding());
}

}  // namespace

std::string registration_url(const std::string& server, const std::string& name) {
  constexpr std::string_view kDefault = "/ws";
  if (name.empty() || !server.ends_with(kDefault)) return server;
  return server.substr(0, server.size() - kDefault.size()) + "/" + name;
}

std::vector<Finding> check(const CheckOrder& order, const std::function<void(const Finding&)>& report) {
  Findings found(report);
  const Server server = ask(order);
  found.add(server_finding(registration_url(order.server, order.robot.name), server.answer));
  found.add(clock_finding(server.clock_behind, is_clock_synchronized()));
  for (const auto& camera : order.cameras) found.add(camera_finding(camera.name, probe_camera(camera, order.camera)));
  check_drive(order, found);
  check_paths(order, server.ice_servers, found);
  return std::move(found).all();
}

}  // namespace rtcbot::app
