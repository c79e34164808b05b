#include "signalling_server.hpp"

#include <algorithm>
#include <future>
#include <random>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {

using runtime::now;

namespace {

/// Returns when the token of the robot at a socket expires.
using RobotEnds = std::function<access::UnixTime(broker::SocketId)>;

broker::Config broker_config(const SignallingOptions& options, const std::shared_ptr<IceServerProvider>& relays,
                             const Authenticator& authenticator, RobotEnds ends) {
  auto config = options.broker;
  if (relays->is_fresh_each_time()) {
    config.ice_servers = relays->stun();
    config.ice_servers_of_offer = [relays, ends = std::move(ends)](broker::SocketId socket,
                                                                   const signal::RobotName& robot) {
      const auto label = robot.is_default() ? std::string("robot") : robot.text();
      return relays->servers(unix_now(), {.label = label, .ends = ends(socket)});
    };
  } else {
    config.ice_servers = relays->servers(unix_now(), {.label = "robot"});
  }
  config.why_ended = [&authenticator](const std::string& grant) {
    return authenticator.why_ended(std::string_view(grant));
  };
  config.names_are_claimed = !options.nats.urls.empty();
  return config;
}

}  // namespace

SignallingServer::SignallingServer(std::shared_ptr<net::IoThread> io, SignallingOptions options,
                                   Authenticator authenticator, LogSink log)
    : io_(std::move(io)),
      options_(std::move(options)),
      log_(std::move(log)),
      started_at_(now()),
      authenticator_(std::move(authenticator)),
      relays_(std::make_shared<IceServerProvider>(options_.relays, std::random_device()())),
      broker_(broker_config(options_, relays_, authenticator_,
                            [this](broker::SocketId socket) {
                              const auto found = robot_grants_.find(socket);
                              return found == robot_grants_.end() ? access::UnixTime::max() : found->second->expires;
                            })),
      rate_(options_.rate),
      offer_rate_({.per_second = options_.robot_rate.per_second, .burst = options_.robot_rate.burst}),
      offers_(std::random_device()()),
      pages_(options_.pages, broker_, page_host(), log_),
      refused_log_(log_, LogLevel::warning, "access", {.rate = {.per_second = 1, .burst = 20}, .max_keys = 1'024}) {}

SignallingServer::~SignallingServer() { http_.reset(); }

Result<void> SignallingServer::join_cluster() {
  if (options_.nats.urls.empty()) return {};
  const std::weak_ptr<SignallingServer> weak = weak_from_this();
  const auto with_self = [weak](auto&& act) {
    if (const auto self = weak.lock()) {
      act(*self);
      self->pump();
    }
  };
  ClusterLink::Host host;
  host.name_decided = [with_self](broker::SocketId socket, broker::NameDecision decision) {
    with_self([&](SignallingServer& self) { self.broker_.name_decided(now(), socket, decision); });
  };
  host.name_lost = [with_self](broker::SocketId socket, bool to_same_owner) {
    with_self([&](SignallingServer& self) { self.broker_.name_lost(now(), socket, to_same_owner); });
  };
  host.put_offer = [weak, io = io_](const cluster::ForwardOffer& put) {
    const auto self = weak.lock();
    if (!self) return broker::RequestId();
    const broker::RequestId id(++self->last_id_);
    self->offers_.begin(now(), id, put.robot, "server " + put.from.substr(0, 8), put.trace);
    self->broker_.offer(now(), id, put.robot, put.body, put.permissions);
    // Deferred, because the caller must know the id before an immediate answer is carried out.
    io->post([weak] {
      if (const auto server = weak.lock()) server->pump();
    });
    return id;
  };
  host.abandon = [with_self](broker::RequestId request) {
    with_self([&](SignallingServer& self) {
      self.log_end(self.offers_.abandon(now(), request));
      self.broker_.request_abandoned(now(), request);
    });
  };
  host.respond = [with_self](broker::Respond respond) {
    with_self([&](SignallingServer& self) { self.on_action(std::move(respond)); });
  };
  host.presence_changed = [with_self](const signal::RobotName& robot) {
    with_self([&](SignallingServer& self) {
      if (self.cluster_) self.pages_.changed_elsewhere(now(), self.cluster_->elsewhere(robot));
    });
  };
  host.session_ended = [weak](const cluster::SessionEnded& ended) {
    const auto self = weak.lock();
    const access::UnixTime until{std::chrono::seconds(ended.until_s)};
    if (self && self->authenticator_.end_session({ended.session, until})) self->on_session_ended();
  };
  auto link = ClusterLink::start(io_, options_.nats, options_.broker, std::move(host), log_);
  if (!link) return fail(link.error());
  cluster_ = std::move(*link);
  return {};
}

std::vector<broker::RobotInfo> SignallingServer::robots_online() const {
  auto robots = broker_.robots(now());
  if (!cluster_) return robots;
  for (auto& robot : cluster_->online_elsewhere()) {
    if (!broker_.is_online(robot.name)) robots.push_back(std::move(robot));
  }
  std::sort(robots.begin(), robots.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return robots;
}

void SignallingServer::on_web_socket(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket) {
  if (socket->subprotocol() == signal::kPageSubprotocol) return on_page_socket(request, socket);
  const bool is_v1 = socket->subprotocol() == signal::kSubprotocol;
  const broker::SocketId id(++last_id_);
  sockets_[id] = socket;
  const std::string name = request.path == "/ws" ? "" : request.path.substr(1);
  broker_.robot_connected(now(), {.id = id,
                                  .name = signal::RobotName::parse(name).value_or(signal::RobotName()),
                                  .protocol = is_v1 ? signal::Protocol::v1 : signal::Protocol::legacy,
                                  .remote = request.remote_address,
                                  .credential = credential_of(request, id)});
  socket->set_observer({
      .on_message =
          [weak = weak_from_this(), id, allowed = TokenBucket(options_.robot_rate)](const std::string& message,
                                                                                    bool binary) mutable {
            const auto self = weak.lock();
            if (!self) return;
            if (!allowed.take(now())) return self->close_talker(id);
            self->on_robot_message(id, message, binary);
          },
      .on_closed =
          [weak = weak_from_this(), id](const net::WebSocketClosed&) {
            if (const auto self = weak.lock()) {
              self->sockets_.erase(id);
              self->robot_grants_.erase(id);
              self->checked_.erase(id);
              self->broker_.robot_disconnected(now(), id);
              self->pump();
            }
          },
  });
  pump();
}

void SignallingServer::on_robot_message(broker::SocketId id, const std::string& message, bool binary) {
  broker_.robot_message(now(), id, message, binary);
  pump();
}

void SignallingServer::close_talker(broker::SocketId id) {
  const auto found = sockets_.find(id);
  if (found != sockets_.end()) found->second->close(1008, "too many messages from this robot (--robot-rate)");
}

void SignallingServer::on_offer(const net::HttpRequest& request, const signal::RobotName& robot,
                                signal::Permissions permissions, std::shared_ptr<net::HttpResponder> responder) {
  const broker::RequestId id(++last_id_);
  responders_[id] = {responder, finished(request, {}).headers};
  const auto asked = request.headers.find("x-request-id");
  const auto trace =
      offers_.begin(now(), id, robot, request.remote_address,
                    asked == request.headers.end() ? std::string_view() : std::string_view(asked->second));
  if (cluster_ && !broker_.is_online(robot)) {
    cluster_->offer(id, robot, request.body, trace, std::move(permissions));
  } else {
    broker_.offer(now(), id, robot, request.body, std::move(permissions));
  }
  pump();
  if (!responders_.contains(id)) return;  // refused immediately
  responder->on_abandoned([weak = weak_from_this(), id] {
    const auto self = weak.lock();
    if (!self) return;
    self->responders_.erase(id);
    self->log_end(self->offers_.abandon(now(), id));
    self->broker_.request_abandoned(now(), id);
    if (self->cluster_) self->cluster_->abandoned(id);
    self->pump();
  });
}

void SignallingServer::on_timeout() {
  timer_at_ = kNever;
  broker_.handle_timeout(now());
  pages_.handle_timeout(now());
  pump();
}

void SignallingServer::pump() {
  // Alternates, because each of the two may create work for the other.
  pages_.pump(now());
  while (auto action = broker_.poll_action()) {
    on_action(std::move(*action));
    pages_.pump(now());
  }
  const auto next = std::min(broker_.next_timeout(), pages_.next_timeout());
  // Each offer sets a deadline and each answer removes it. A timer that expires too early only checks again.
  if (next >= timer_at_) return;
  timer_at_ = next;
  const auto delay = std::max(next - now(), Duration(0));
  timer_ = io_->after(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_timeout();
  });
}

void SignallingServer::on_action(broker::Action action) {
  settle_robot(action);
  const auto* respond = std::get_if<broker::Respond>(&action);
  if (respond != nullptr && respond->request.value() >= broker::kFirstPageRequest) {
    log_end(offers_.end(now(), respond->request, respond->status));
  }
  if (!pages_.take(now(), action)) carry_out(std::move(action));
}

void SignallingServer::settle_robot(const broker::Action& action) {
  const auto* change = std::get_if<broker::RobotChanged>(&action);
  if (change == nullptr || !change->is_online) return;
  if (const auto found = sockets_.find(change->socket); found != sockets_.end()) found->second->settle();
}

void SignallingServer::carry_out(broker::Action action) {
  if (auto* send = std::get_if<broker::SendText>(&action)) {
    const auto found = sockets_.find(send->socket);
    if (found == sockets_.end()) return;
    // A robot that does not read is lost; closing it answers everybody who waits for it.
    if (!found->second->send(std::move(send->text))) found->second->close(1013, "messages were not read in time");
  } else if (auto* close = std::get_if<broker::CloseSocket>(&action)) {
    const auto found = sockets_.find(close->socket);
    if (found != sockets_.end()) found->second->close(close->code, close->reason);
  } else if (auto* respond = std::get_if<broker::Respond>(&action)) {
    auto responder = responders_.extract(respond->request);
    if (responder.empty()) {
      if (cluster_ && cluster_->inbound_offer_answered(*respond))
        log_end(offers_.end(now(), respond->request, respond->status));
      return;
    }
    net::HttpResponse response{respond->status, respond->content_type, std::move(respond->body),
                               std::move(responder.mapped().headers)};
    response.headers.emplace_back("Cache-Control", "no-store");
    const auto ended = offers_.end(now(), respond->request, respond->status);
    response.headers.emplace_back("X-Request-Id", ended.id);
    log_end(ended);
    if (respond->retry_after)
      response.headers.emplace_back("Retry-After", std::to_string(respond->retry_after->count()));
    responder.mapped().responder->respond(std::move(response));
  } else if (const auto* claim = std::get_if<broker::ClaimName>(&action)) {
    if (cluster_) cluster_->claim(*claim);
  } else if (const auto* check = std::get_if<broker::CheckAlive>(&action)) {
    check_alive(check->socket);
  } else if (const auto* change = std::get_if<broker::RobotChanged>(&action)) {
    if (!cluster_) return;
    cluster_->changed(*change);
    if (change->is_online) return;
    // It may have moved to another server, which reported that while it was still here.
    const auto elsewhere = cluster_->elsewhere(change->name);
    if (elsewhere.is_online) pages_.changed_elsewhere(now(), elsewhere);
  } else if (auto* record = std::get_if<LogRecord>(&action)) {
    if (log_) log_(*record);
  }
}

void SignallingServer::check_alive(broker::SocketId id) {
  const auto found = sockets_.find(id);
  // One check answers for all that asked since.
  if (found == sockets_.end() || !checked_.insert(id).second) return;
  found->second->check_alive([weak = weak_from_this(), id] {
    const auto self = weak.lock();
    if (!self || self->checked_.erase(id) == 0) return;
    self->broker_.robot_alive(now(), id);
    self->pump();
  });
}

void SignallingServer::log_end(const OfferLog::Ended& ended) {
  if (log_ && ended.record) log_(*ended.record);
}

void SignallingServer::stop(std::chrono::milliseconds limit) {
  auto done = std::make_shared<std::promise<void>>();
  auto told = done->get_future();
  io_->post([self = shared_from_this(), done] {
    self->stopping_ = true;
    self->pages_.stop(now());
    self->broker_.stop(now());
    self->pump();
    if (self->cluster_) self->cluster_->stop();
    done->set_value();
  });
  told.wait_for(limit);
  if (cluster_) cluster_->drain(limit);
  http_->stop(limit);
}

}  // namespace rtcbot::server
