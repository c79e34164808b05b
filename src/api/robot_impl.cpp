#include "robot_impl.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/base/weakly.hpp"
#include "rtcbot/device/data_meter.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot {
namespace {

/// Interval at which the network's byte counters are read.
constexpr Duration kDataInterval = std::chrono::seconds(1);

/// Limit for the closing messages to the server and to viewers.
constexpr std::chrono::milliseconds kCloseTimeout{1'500};

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

/// The host of a checked URL; without the brackets of an IPv6 address.
std::string host_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find_first_of(":/?")));
}

net::WebSocketClientConfig client_config(const std::string& server, const Robot::Options& options) {
  net::WebSocketClientConfig config;
  config.url = server;
  config.subprotocols = {std::string(signal::kSubprotocol)};
  config.headers = options.headers;
  config.verify_certificate = options.verify_certificate;
  config.ca_file = options.ca_file;
  return config;
}

ViewerConnections::Settings viewer_settings(const Robot::Options& options) {
  ViewerConnections::Settings settings{.connection = options.connection, .start_bitrate = options.start_bitrate};
  settings.connection.verify_certificate = options.verify_certificate;
  settings.connection.ca_file = options.ca_file;
  return settings;
}

}  // namespace

std::shared_ptr<Robot::Impl> Robot::Impl::make(const std::string& server, Options options) {
  const std::shared_ptr<Impl> impl(new Impl(server, options));
  const auto& context = impl->context;
  value_or_throw(net::check_url(server));
  if (options.verify_certificate) value_or_throw(net::check_ca_file(options.ca_file));
  impl->data_ = value_or_throw(DataBudgetMonitor::make(runtime::now(), options, current_log()));
  const auto dial = [io = context->io()](net::WebSocketClientConfig config, auto done) {
    return net::dial(io, std::move(config), std::move(done));
  };
  impl->link_ = std::make_shared<ServerLink>(client_config(server, options), dial, impl->link_events());
  impl->viewers = std::make_shared<ViewerConnections>(viewer_settings(options), context, impl->viewer_events());
  impl->route_ = std::make_shared<RouteWatch>(impl->route_parts(server));
  // Starts the engine before the first viewer, so that a missing engine is reported now.
  static_cast<void>(context->engine());
  return impl;
}

Robot::Impl::Impl(const std::string& server, const Options& options)
    : context(Context::get()),
      session_(session_config(server, options, context), random_number()),
      loop_(context->io(), {.drain = [this] { drain(); },
                            .next_timeout = [this] { return session_.next_timeout(); },
                            .handle_timeout = [this](Timestamp now) { session_.handle_timeout(now); }}) {}

ServerLink::Events Robot::Impl::link_events() {
  return {.on_open = weakly(weak_from_this(),
                            [](Impl& self, signal::Protocol protocol) {
                              self.session_.dialed(runtime::now(), protocol);
                              self.pump();
                            }),
          .on_refused = weakly(weak_from_this(),
                               [](Impl& self, signal::Refusal refusal, const Error& error) {
                                 self.session_.dial_refused(runtime::now(), refusal, error);
                                 self.pump();
                               }),
          .on_message = weakly(weak_from_this(),
                               [](Impl& self, const std::string& text) {
                                 self.session_.message(runtime::now(), text);
                                 self.pump();
                               }),
          .on_closed = weakly(weak_from_this(), [](Impl& self, const net::WebSocketClosed& closed) {
            self.session_.disconnected(runtime::now(), closed.code, closed.reason);
            self.pump();
          })};
}

ViewerConnections::Events Robot::Impl::viewer_events() {
  using session::Session;
  return {
      .on_answer = weakly(weak_from_this(),
                          [](Impl& self, ViewerId viewer, Result<signal::Description> answer) {
                            self.input([viewer, answer = std::move(answer)](Session& session, Timestamp now) {
                              if (answer) return session.answer_ready(now, viewer, answer->sdp);
                              session.answer_failed(now, viewer, answer.error());
                            });
                          }),
      .on_candidates = weakly(weak_from_this(),
                              [](Impl& self, ViewerId viewer, std::vector<signal::Candidate> list, bool end) {
                                self.input([viewer, list = std::move(list), end](Session& session, Timestamp) {
                                  session.candidates_found(viewer, list, end);
                                });
                              }),
      .on_connected = weakly(weak_from_this(),
                             [](Impl& self, ViewerId viewer) {
                               self.input([viewer](Session& session, Timestamp) { session.viewer_connected(viewer); });
                             }),
      .on_end = weakly(weak_from_this(), [](Impl& self, ViewerId viewer) {
        self.input([viewer](Session& session, Timestamp now) { session.viewer_ended(now, viewer); });
      })};
}

RouteWatch::Parts Robot::Impl::route_parts(const std::string& server) {
  return {.find = [host = host_of(server)] { return device::outbound_route(host); },
          .on_use = weakly(weak_from_this(),
                           [](Impl& self, const device::OutboundRoute& route) {
                             const std::string interface = device::interface_of(route);
                             if (!interface.empty()) self.context->engine()->set_egress(interface);
                           }),
          .on_change = weakly(weak_from_this(), [](Impl& self) {
            self.session_.path_changed(runtime::now());
            self.pump();
          })};
}

void Robot::Impl::start() {
  context->io()->post(weakly(weak_from_this(), [](Impl& self) {
    self.route_->start(*self.context);
    self.watch_data();
  }));
  input([](session::Session& session, Timestamp now) { session.start(now); });
}

void Robot::Impl::close() {
  context->io()->post(weakly(weak_from_this(), [](Impl& self) { self.data_->save(); }));
  input([](session::Session& session, Timestamp now) { session.stop(now); });
  // Other threads send the closing messages. Without this wait a program that exits now would cut them off, and viewers
  // would see an interrupted robot.
  const auto until = std::chrono::steady_clock::now() + kCloseTimeout;
  {
    std::unique_lock lock(mutex_);
    has_stopped_.wait_until(lock, until, [&] { return stats_.state == State::stopped; });
  }
  link_->wait_closed(until);
  // The callback thread cannot wait for connections that it closes itself.
  if (!context->is_callback_thread()) viewers->wait_closed(until);
}

void Robot::Impl::set_camera_state(std::string text) {
  input([text = std::move(text)](session::Session& session, Timestamp now) { session.camera_state(now, text); });
}

void Robot::Impl::send_snapshot(std::string jpeg) {
  input([jpeg = std::move(jpeg)](session::Session& session, Timestamp) { session.snapshot(jpeg); });
}

Robot::Stats Robot::Impl::stats() const {
  auto engine = context->engine()->engine_stats();
  const std::lock_guard lock(mutex_);
  Stats stats = stats_;
  stats.engine = engine;
  return stats;
}

void Robot::Impl::input(std::function<void(session::Session&, Timestamp)> apply) {
  context->io()->post(weakly(weak_from_this(), [apply = std::move(apply)](Impl& self) {
    apply(self.session_, runtime::now());
    self.pump();
  }));
}

void Robot::Impl::drain() {
  while (auto action = session_.poll_action()) carry_out(std::move(*action));
  publish();
}

void Robot::Impl::carry_out(session::Action action) {
  std::visit(Overloaded{[&](const session::Dial&) { link_->dial(); },
                        [&](session::SendText& send) { link_->send(std::move(send.text)); },
                        [&](const session::CloseSocket& farewell) { link_->close(farewell.code, farewell.reason); },
                        [&](session::MakeViewer& wanted) { viewers->make(std::move(wanted)); },
                        [&](session::AddCandidates& found) { viewers->add_candidates(std::move(found)); },
                        [&](session::DropViewer& dropped) { viewers->drop(std::move(dropped)); },
                        [&](const LogRecord& record) {
                          last_reason_ = record.message;
                          current_log()(record);
                        }},
             action);
}

void Robot::Impl::watch_data() {
  data_->update(runtime::now(), route_->route());
  {
    const std::lock_guard lock(mutex_);
    stats_.data = data_->use();
  }
  if (data_->has_budget()) viewers->set_limit(data_->use().limit);
  data_timer_ = context->io()->after(kDataInterval, weakly(weak_from_this(), [](Impl& self) { self.watch_data(); }));
}

void Robot::Impl::publish() {
  const auto& counted = session_.stats();
  wants_snapshots = session_.wants_snapshots();
  const State now_is = public_state(session_.state());
  bool is_news = !std::exchange(started_, true);
  {
    const std::lock_guard lock(mutex_);
    is_news = is_news || now_is != stats_.state;
    stats_ = {.state = now_is,
              .viewers = session_.viewers(),
              .offers = counted.offers,
              .answers = counted.answers,
              .refusals = counted.refused_busy + counted.refused_bad_offer + counted.refused_paused +
                          counted.answers_failed + counted.answers_timed_out,
              .refused_paused = counted.refused_paused,
              .dials = counted.dials,
              .dials_failed = counted.dial_failures,
              .log_lines_suppressed = counted.log_lines_suppressed,
              .data = stats_.data};
  }
  if (now_is == State::stopped) has_stopped_.notify_all();
  if (!is_news) return;
  if (const auto listener = on_state.get()) {
    context->executor()([listener, now_is, reason = last_reason_] { listener(now_is, reason); });
  }
}

}  // namespace rtcbot
