#include "robot_impl.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot {
namespace {

using std::chrono::milliseconds;

/// Interval at which the network's byte counters are read.
constexpr Duration kDataInterval = std::chrono::seconds(1);

/// Limit for closing a connection, which takes some milliseconds.
constexpr milliseconds kFarewell{1'000};

std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::string random_name() {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(random_number()));
  return text.data();
}

/// The robot's name in the address, as in ws://host/digger; empty for the tutorial's /ws and for longer paths.
std::string name_in(const std::string& server) {
  const auto host = server.find("://");
  const auto path = host == std::string::npos ? host : server.find('/', host + 3);
  if (path == std::string::npos) return "";
  const std::string name = server.substr(path + 1, server.find('?', path) - path - 1);
  return signal::RobotName::parse(name) ? name : "";
}

signal::RobotName name_of(const std::string& server, const std::string& wanted) {
  const std::string given = name_in(server);
  if (!wanted.empty() && !given.empty() && wanted != given) {
    throw Error(Errc::bad_config, "the robot's name is '" + wanted + "', but its address is that of '" + given +
                                      "'; give only one of the two, or the same name");
  }
  auto name = signal::RobotName::parse(wanted.empty() ? given : wanted);
  if (!name) throw Error(Errc::bad_config, name.error().what());
  return *name;
}

session::Config session_config(const std::string& server, const Robot::Options& options,
                               const std::shared_ptr<Context>& context) {
  session::Config config;
  config.name = name_of(server, options.name);
  config.instance = random_name();
  config.max_viewers = options.max_viewers;
  config.sends_snapshots = options.snapshots;
  config.pause_of = [context](const std::string& party) -> Duration { return context->engine()->pause_of(party); };
  return config;
}

Robot::State public_state(session::State state) {
  switch (state) {
    case session::State::waiting:
    case session::State::dialing: return Robot::State::dialing;
    case session::State::online: return Robot::State::online;
    case session::State::stopped: return Robot::State::stopped;
  }
  return Robot::State::stopped;
}

/// Returns the freed memory of a connection, some megabytes, to the system. glibc would keep it, and a small board
/// needs it elsewhere.
void return_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::vector<IceServer> all_servers(const std::vector<IceServer>& own, const std::vector<signal::IceServer>& given) {
  std::vector<IceServer> all = own;
  for (const auto& server : given) all.push_back({server.urls, server.username, server.credential});
  return all;
}

bool has_relay(const std::vector<IceServer>& servers) {
  return std::any_of(servers.begin(), servers.end(), [](const IceServer& server) {
    return std::any_of(server.urls.begin(), server.urls.end(),
                       [](const std::string& url) { return url.starts_with("turn"); });
  });
}

/// The host of a checked URL; without the brackets of an IPv6 address.
std::string host_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find_first_of(":/?")));
}

}  // namespace

Robot::Impl::Impl(const std::string& server, Options wanted)
    : options(std::move(wanted)),
      context(Context::get()),
      session_(session_config(server, options, context), random_number()),
      server_host_(host_of(server)) {
  value_or_throw(net::check_url(server));
  if (options.verify_certificate) value_or_throw(net::check_ca_file(options.ca_file));
  data_ = value_or_throw(DataBudgetMonitor::make(runtime::now(), options, current_log()));
  client_.url = server;
  client_.subprotocols = {std::string(signal::kSubprotocol)};
  client_.headers = options.headers;
  client_.verify_certificate = options.verify_certificate;
  client_.ca_file = options.ca_file;
  // Starts the engine before the first viewer, so that a missing engine is reported now.
  static_cast<void>(context->engine());
}

void Robot::Impl::start() {
  context->io()->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->watch_network();
      self->watch_data();
    }
  });
  input([](session::Session& session, Timestamp now) { session.start(now); });
}

void Robot::Impl::close() {
  context->io()->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self) self->data_->save();
  });
  input([](session::Session& session, Timestamp now) { session.stop(now); });
  // Other threads send the closing messages. Without this wait a program that exits now would cut them off, and viewers
  // would see an interrupted robot. The callback thread cannot wait for connections that it closes itself.
  const bool may_wait_for_viewers = !context->is_callback_thread();
  std::unique_lock lock(mutex);
  has_closed_.wait_for(lock, milliseconds(1'500), [&] {
    return stats.state == State::stopped && sockets_open_ == 0 && (viewers_ending_ == 0 || !may_wait_for_viewers);
  });
}

void Robot::Impl::set_camera_state(std::string text) {
  input([text = std::move(text)](session::Session& session, Timestamp now) { session.camera_state(now, text); });
}

void Robot::Impl::send_snapshot(std::string jpeg) {
  input([jpeg = std::move(jpeg)](session::Session& session, Timestamp) { session.snapshot(jpeg); });
}

void Robot::Impl::input(std::function<void(session::Session&, Timestamp)> apply) {
  context->io()->post([weak = weak_from_this(), apply = std::move(apply)] {
    const auto self = weak.lock();
    if (!self) return;
    apply(self->session_, runtime::now());
    self->pump();
  });
}

void Robot::Impl::pump() {
  while (auto action = session_.poll_action()) carry_out(std::move(*action));
  publish();
  timer_.reset();
  const auto next = session_.next_timeout();
  if (next == kNever) return;
  timer_ = context->io()->after(std::max(next - runtime::now(), Duration(0)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->session_.handle_timeout(runtime::now());
    self->pump();
  });
}

void Robot::Impl::carry_out(session::Action action) {
  if (std::holds_alternative<session::Dial>(action)) {
    dial();
  } else if (auto* send = std::get_if<session::SendText>(&action)) {
    // A server that does not read is lost. The session is notified when the socket closes.
    if (socket_ && !socket_->send(std::move(send->text))) socket_->close(1013, "messages were not read in time");
  } else if (auto* farewell = std::get_if<session::CloseSocket>(&action)) {
    close_socket(farewell->code, farewell->reason);
  } else if (auto* wanted = std::get_if<session::MakeViewer>(&action)) {
    make_viewer(std::move(*wanted));
  } else if (auto* found = std::get_if<session::AddCandidates>(&action)) {
    add_candidates(std::move(*found));
  } else if (auto* dropped = std::get_if<session::DropViewer>(&action)) {
    drop_viewer(dropped->viewer);
  } else if (auto* record = std::get_if<LogRecord>(&action)) {
    last_reason_ = record->message;
    current_log()(*record);
  }
}

void Robot::Impl::watch_network() {
  if (network_) return;
  outbound_route_ = device::outbound_route(server_host_);
  tell_way();
  // The watch's thread must not release the last reference to this object, so only the I/O thread locks the pointer.
  network_ = context->on_network_change([io = std::weak_ptr(context->io()), weak = weak_from_this()] {
    const auto thread = io.lock();
    if (!thread) return;
    thread->post([weak] {
      if (const auto self = weak.lock()) self->on_network_change();
    });
  });
}

void Robot::Impl::tell_way() const {
  const std::string interface = device::interface_of(outbound_route_);
  if (!interface.empty()) context->engine()->set_egress(interface);
}

void Robot::Impl::watch_data() {
  data_->update(runtime::now(), outbound_route_);
  share_data();
  data_timer_ = context->io()->after(kDataInterval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->watch_data();
  });
}

void Robot::Impl::share_data() {
  std::vector<std::pair<ViewerId, RTCConnection>> connected;
  {
    const std::lock_guard lock(mutex);
    stats.data = data_->use();
    for (const auto& [id, connection] : viewers) {
      if (connection) connected.emplace_back(id, *connection);
    }
  }
  if (!data_->has_budget()) return;
  std::erase_if(shares_, [&](const auto& told) {
    return std::none_of(connected.begin(), connected.end(),
                        [&](const auto& viewer) { return viewer.first == told.first; });
  });
  const DataRate share = share_of(connected.size());
  for (const auto& [id, connection] : connected) {
    const auto told = shares_.find(id);
    // Skips changes of less than 2 %.
    if (told != shares_.end() && told->second * 0.98 <= share && share <= told->second * 1.02) continue;
    connection.set_max_bitrate(share);
    shares_[id] = share;
  }
}

DataRate Robot::Impl::share_of(std::size_t count) const {
  const std::lock_guard lock(mutex);
  const auto& limits = options.connection;
  if (!stats.data || !stats.data->limit) return limits.max_bitrate;
  return std::clamp(*stats.data->limit * (1.0 / static_cast<double>(std::max<std::size_t>(count, 1))),
                    limits.min_bitrate, limits.max_bitrate);
}

void Robot::Impl::on_network_change() {
  auto now = device::outbound_route(server_host_);
  // Most changes concern other programs' bridges or tunnels.
  if (now == outbound_route_) return;
  outbound_route_ = std::move(now);
  if (!outbound_route_.exists()) return;  // No route to dial through; another change is reported when there is one.
  tell_way();
  session_.path_changed(runtime::now());
  pump();
}

namespace {

/// The statuses that the session treats specially. All others are temporary failures of a server.
signal::Refusal refusal_of_status(int status) {
  switch (status) {
    case 401: return signal::Refusal::unauthorized;
    case 403: return signal::Refusal::forbidden;
    case 409: return signal::Refusal::name_taken;
    default: return signal::Refusal::internal;
  }
}

}  // namespace

void Robot::Impl::dial() {
  declined_with_ = 0;
  client_.on_declined = [weak = weak_from_this()](const net::Declined& answer) {
    if (const auto self = weak.lock()) self->declined_with_ = answer.status;
  };
  dialing_ =
      net::dial(context->io(), client_, [weak = weak_from_this()](Result<std::shared_ptr<net::WebSocket>> dialed) {
        if (const auto self = weak.lock()) self->on_dialed(std::move(dialed));
      });
}

void Robot::Impl::on_dialed(Result<std::shared_ptr<net::WebSocket>> dialed) {
  if (!dialed) {
    session_.dial_refused(runtime::now(), refusal_of_status(declined_with_), dialed.error());
    pump();
    return;
  }
  socket_ = std::move(*dialed);
  const auto number = ++socket_number_;
  {
    const std::lock_guard lock(mutex);
    ++sockets_open_;
  }
  const bool is_v1 = socket_->subprotocol() == signal::kSubprotocol;
  session_.dialed(runtime::now(), is_v1 ? signal::Protocol::v1 : signal::Protocol::legacy);
  socket_->set_observer({
      .on_message =
          [weak = weak_from_this(), number](const std::string& text, bool) {
            const auto self = weak.lock();
            if (!self || self->socket_number_ != number) return;
            self->session_.message(runtime::now(), text);
            self->pump();
          },
      .on_closed =
          [weak = weak_from_this(), number](const net::WebSocketClosed& closed) {
            const auto self = weak.lock();
            if (!self) return;
            {
              const std::lock_guard lock(self->mutex);
              --self->sockets_open_;
            }
            self->has_closed_.notify_all();
            self->closing_.erase(number);
            if (self->socket_number_ != number) return;
            self->socket_.reset();
            self->session_.disconnected(runtime::now(), closed.code, closed.reason);
            self->pump();
          },
  });
  pump();
}

void Robot::Impl::close_socket(int code, const std::string& reason) {
  dialing_.reset();
  if (socket_) {
    socket_->close(code, reason);
    closing_[socket_number_] = std::move(socket_);
  }
  ++socket_number_;
}

void Robot::Impl::make_viewer(session::MakeViewer wanted) {
  {
    const std::lock_guard lock(mutex);
    viewers.emplace(wanted.viewer, std::nullopt);
  }
  context->executor()([weak = weak_from_this(), wanted = std::move(wanted)] {
    const auto self = weak.lock();
    if (!self) return;
    try {
      auto connection_options = self->options.connection;
      connection_options.ice_servers = all_servers(connection_options.ice_servers, wanted.ice_servers);
      connection_options.trickle = wanted.trickle;
      connection_options.watch_only = wanted.watch_only;
      connection_options.party = wanted.party;
      auto& start = connection_options.start_bitrate;
      if (self->options.start_bitrate) start = self->options.start_bitrate(start);
      start = std::clamp(start, connection_options.min_bitrate, self->share_of(1));
      connection_options.verify_certificate = self->options.verify_certificate;
      connection_options.ca_file = self->options.ca_file;
      if (connection_options.relay_only && !has_relay(connection_options.ice_servers)) {
        throw Error(Errc::bad_config, "this robot uses TURN servers only, but neither it nor its server names one");
      }
      RTCConnection connection(connection_options);
      std::function<void(RTCConnection&)> prepare;
      {
        const std::lock_guard lock(self->mutex);
        const auto place = self->viewers.find(wanted.viewer);
        if (place == self->viewers.end()) return;  // dropped meanwhile
        place->second = connection;
        prepare = self->on_connection;
      }
      if (prepare) prepare(connection);
      if (wanted.trickle) self->send_candidates(wanted.viewer, connection);
      self->answer(wanted.viewer, connection, wanted.offer);
    } catch (const Error& error) {
      self->fail_viewer(wanted.viewer, error);
    } catch (const std::exception& error) {
      self->fail_viewer(wanted.viewer, Error(Errc::internal, error.what()));
    } catch (...) {
      self->fail_viewer(wanted.viewer, Error(Errc::internal, "a callback of the robot's program failed"));
      throw;  // The callback thread logs it.
    }
  });
}

void Robot::Impl::fail_viewer(ViewerId viewer, const Error& why) {
  input([viewer, why](session::Session& session, Timestamp now) { session.answer_failed(now, viewer, why); });
}

void Robot::Impl::answer(ViewerId viewer, const RTCConnection& connection, const signal::Offer& offer) {
  connection.on_close([weak = weak_from_this(), viewer](const std::optional<Error>&) {
    const auto self = weak.lock();
    if (!self) return;
    {
      std::map<ViewerId, std::optional<RTCConnection>>::node_type ended;  // destroyed after the lock is released
      const std::lock_guard lock(self->mutex);
      ended = self->viewers.extract(viewer);
    }
    return_memory();
    self->input([viewer](session::Session& session, Timestamp now) { session.viewer_ended(now, viewer); });
  });
  connection.on_ready([weak = weak_from_this(), viewer] {
    if (const auto self = weak.lock()) {
      self->input([viewer](session::Session& session, Timestamp) { session.viewer_connected(viewer); });
    }
  });
  const Json description{{"type", "offer"}, {"sdp", offer.sdp}};
  connection.get_local_description(description, [weak = weak_from_this(), viewer](Result<Json> answer) {
    const auto self = weak.lock();
    if (!self) return;
    self->input([viewer, answer = std::move(answer)](session::Session& session, Timestamp now) {
      if (answer) {
        session.answer_ready(now, viewer, answer->at("sdp").get<std::string>());
      } else {
        session.answer_failed(now, viewer, answer.error());
      }
    });
  });
}

void Robot::Impl::drop_viewer(ViewerId viewer) {
  {
    const std::lock_guard lock(mutex);
    ++viewers_ending_;
  }
  context->executor()([weak = weak_from_this(), viewer] {
    const auto self = weak.lock();
    if (!self) return;
    self->end_viewer(viewer);
    {
      const std::lock_guard lock(self->mutex);
      --self->viewers_ending_;
    }
    self->has_closed_.notify_all();
  });
}

void Robot::Impl::end_viewer(ViewerId viewer) {
  std::optional<RTCConnection> connection;
  {
    const std::lock_guard lock(mutex);
    const auto place = viewers.find(viewer);
    if (place == viewers.end()) return;
    connection = std::move(place->second);
    viewers.erase(place);
  }
  if (!connection) return;
  connection->close();
  // The engine's thread closes the connection. When this returns, the other side has been notified.
  (void)connection->wait_closed(kFarewell);
}

void Robot::Impl::publish() {
  const auto& counted = session_.stats();
  wants_snapshots = session_.wants_snapshots();
  std::function<void(State, std::string)> listener;
  State now_is{};
  {
    const std::lock_guard lock(mutex);
    now_is = public_state(session_.state());
    if (now_is != stats.state || !started_) listener = on_state;
    started_ = true;
    stats = {.state = now_is,
             .viewers = session_.viewers(),
             .offers = counted.offers,
             .answers = counted.answers,
             .refusals = counted.refused_busy + counted.refused_bad_offer + counted.refused_paused +
                         counted.answers_failed + counted.answers_timed_out,
             .refused_paused = counted.refused_paused,
             .dials = counted.dials,
             .dials_failed = counted.dial_failures,
             .log_lines_suppressed = counted.log_lines_suppressed,
             .data = stats.data};
  }
  if (now_is == State::stopped) has_closed_.notify_all();
  if (listener) context->executor()([listener, now_is, reason = last_reason_] { listener(now_is, reason); });
}

}  // namespace rtcbot
