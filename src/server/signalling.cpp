#include "signalling.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "clock.hpp"
#include "request_parts.hpp"
#include "rtcbot/net/client_address.hpp"
#include "rtcbot/signal/description.hpp"

namespace rtcbot::server {

using runtime::now;

Signalling::Signalling(Options options, Parts parts, std::shared_ptr<IceServerProvider> relays, Events events)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      events_(std::move(events)),
      relays_(std::move(relays)),
      robots_(robot_options(options_.robot_rate)),
      broker_(broker_config(options_.broker, !options_.nats.urls.empty())),
      offers_(std::random_device()(), parts_.log, events_.offers),
      pages_(options_.pages, broker_, page_host(), parts_.log),
      metrics_(
          {broker_, pages_, offers_, parts_.refusals, [&refused = parts_.refused_log] { return refused.suppressed(); }},
          now()) {}

broker::Config Signalling::broker_config(broker::Config config, bool is_clustered) const {
  if (relays_->is_fresh_each_time()) {
    config.ice_servers = relays_->stun();
    config.ice_servers_of_offer = [relays = relays_, &robots = robots_](broker::SocketId socket,
                                                                        const signal::RobotName& robot) {
      const auto label = robot.is_default() ? std::string("robot") : robot.text();
      return relays->servers(unix_now(), {.label = label, .ends = robots.expires(socket)});
    };
  } else {
    config.ice_servers = relays_->servers(unix_now(), {.label = "robot"});
  }
  config.why_ended = [&authenticator = parts_.authenticator](const std::string& grant) {
    return authenticator.why_ended(std::string_view(grant));
  };
  config.names_are_claimed = is_clustered;
  return config;
}

RobotSockets::Options Signalling::robot_options(TokenBucket::Rate rate) {
  return {.rate = rate,
          .clock = now,
          .on_message =
              [weak = self_](broker::SocketId id, const std::string& message, bool binary) {
                with(*weak, [&](Signalling& self) { self.broker_.robot_message(now(), id, message, binary); });
              },
          .on_closed =
              [weak = self_](broker::SocketId id) {
                with(*weak, [&](Signalling& self) {
                  self.robots_.remove(id);
                  self.broker_.robot_disconnected(now(), id);
                });
              },
          .on_alive =
              [weak = self_](broker::SocketId id) {
                with(*weak, [&](Signalling& self) {
                  if (self.robots_.end_check(id)) self.broker_.robot_alive(now(), id);
                });
              }};
}

PageSockets::Host Signalling::page_host() {
  // `this` is valid in the first four, because the pages are a member.
  return {
      .rate = [this](const std::string& address,
                     const signal::RobotName& robot) { return parts_.filter.wait_of_offer(now(), address, robot); },
      .began = [this](broker::RequestId request, const signal::RobotName& robot,
                      const std::string& address) { return offers_.begin(now(), request, robot, address, {}); },
      .given_up =
          [this](broker::RequestId request) {
            offers_.abandon(now(), request);
            if (cluster_) cluster_->abandoned(request);
          },
      .elsewhere =
          [this](const broker::PageOffer& offer, const std::string& log_id) {
            if (!cluster_ || broker_.is_online(offer.robot)) return false;
            cluster_->offer(offer.request, offer.robot, signal::write_offer({offer.sdp}), log_id, offer.permissions);
            return true;
          },
      .on_message =
          [weak = self_](broker::PageId id, const std::string& message, bool binary) {
            with(*weak, [&](Signalling& self) { self.pages_.message(now(), id, message, binary); });
          },
      .on_closed =
          [weak = self_](broker::PageId id) { with(*weak, [&](Signalling& self) { self.pages_.disconnected(id); }); }};
}

Result<void> Signalling::begin(std::weak_ptr<Signalling> self) {
  *self_ = std::move(self);
  if (options_.nats.urls.empty()) return {};
  auto link = ClusterLink::start(parts_.io, options_.nats, options_.broker, cluster_host(), parts_.log);
  if (!link) return fail(link.error());
  cluster_ = std::move(*link);
  return {};
}

ClusterLink::Host Signalling::cluster_host() {
  const auto weak = *self_;
  return {
      .name_decided =
          [weak](broker::SocketId socket, broker::NameDecision decision) {
            with(weak, [&](Signalling& self) { self.broker_.name_decided(now(), socket, decision); });
          },
      .name_lost =
          [weak](broker::SocketId socket, bool to_same_owner) {
            with(weak, [&](Signalling& self) { self.broker_.name_lost(now(), socket, to_same_owner); });
          },
      .put_offer =
          [weak](const cluster::ForwardOffer& put) {
            const auto self = weak.lock();
            return self ? self->put_offer(put) : broker::RequestId();
          },
      .abandon = [weak](broker::RequestId request) { with(weak, [&](Signalling& self) { self.abandon(request); }); },
      .respond =
          [weak](broker::Respond respond) {
            with(weak, [&](Signalling& self) { self.on_action(std::move(respond)); });
          },
      .presence_changed =
          [weak](const signal::RobotName& robot) {
            with(weak, [&](Signalling& self) {
              if (self.cluster_) self.pages_.changed_elsewhere(now(), self.cluster_->elsewhere(robot));
            });
          },
      .session_ended =
          [weak](const cluster::SessionEnded& ended) {
            const auto self = weak.lock();
            const access::UnixTime until{std::chrono::seconds(ended.until_s)};
            if (self && self->parts_.authenticator.end_session({ended.session, until})) self->on_session_ended();
          }};
}

broker::RequestId Signalling::put_offer(const cluster::ForwardOffer& put) {
  const broker::RequestId id(++last_id_);
  offers_.begin(now(), id, put.robot, "server " + put.from.substr(0, 8), put.trace);
  broker_.offer(now(), id, put.robot, put.body, put.permissions);
  // Deferred, because the caller must know the id before an immediate answer is carried out.
  parts_.io->post([weak = *self_] { with(weak, [](Signalling&) {}); });
  return id;
}

void Signalling::abandon(broker::RequestId request) {
  offers_.abandon(now(), request);
  broker_.request_abandoned(now(), request);
}

void Signalling::on_session_ended() {
  broker_.check_grants();
  pages_.close_ended();
  pump();
}

void Signalling::signed_out(Authenticator::EndedSession session) {
  on_session_ended();
  if (cluster_) cluster_->signed_out({std::move(session.id), session.until.time_since_epoch().count()});
}

void Signalling::offer(const net::HttpRequest& request, const signal::RobotName& robot, signal::Permissions permissions,
                       std::shared_ptr<net::HttpResponder> responder, PendingOffers::HeaderFields headers) {
  const broker::RequestId id(++last_id_);
  offers_.wait(id, responder, std::move(headers));
  const auto trace = offers_.begin(now(), id, robot, request.remote_address, header_view(request, "x-request-id"));
  if (cluster_ && !broker_.is_online(robot)) {
    cluster_->offer(id, robot, request.body, trace, std::move(permissions));
  } else {
    broker_.offer(now(), id, robot, request.body, std::move(permissions));
  }
  pump();
  if (!offers_.is_awaited(id)) return;  // refused immediately
  responder->on_abandoned([weak = *self_, id] {
    with(weak, [id](Signalling& self) {
      self.abandon(id);
      if (self.cluster_) self.cluster_->abandoned(id);
    });
  });
}

void Signalling::robot_connected(const net::HttpRequest& request, std::shared_ptr<net::WebSocket> socket,
                                 RobotSockets::Grant grant) {
  const broker::SocketId id(++last_id_);
  const bool is_v1 = socket->subprotocol() == signal::kSubprotocol;
  broker::RobotCredential credential;
  if (grant) {
    credential.owner = access::owner_key(*grant);
    credential.allows = [grant](const signal::RobotName& name) {
      return access::may(*grant, access::Action::serve, name);
    };
  } else if (!parts_.authenticator.robots_are_known()) {
    // The bearer of the shared token counts as known, too.
    credential.address = net::limit_key(request.remote_address);
  }
  robots_.add(id, {.socket = std::move(socket), .grant = std::move(grant), .address = request.remote_address});
  broker_.robot_connected(now(), id, robot_of(request.path).value_or(signal::RobotName()),
                          is_v1 ? signal::Protocol::v1 : signal::Protocol::legacy, request.remote_address,
                          std::move(credential));
  robots_.listen(id);
  pump();
}

void Signalling::page_connected(std::shared_ptr<net::WebSocket> socket, broker::PageView view,
                                const std::string& address) {
  pages_.connected(now(), broker::PageId(++last_id_), std::move(socket), std::move(view), address);
  pump();
}

void Signalling::check_credentials(bool has_changed) {
  if (has_changed) {
    broker_.check_grants();
    pump();  // Robots are notified of their viewers before their own credential may close them.
  }
  robots_.close_ended([this](const access::Credential& grant) { return parts_.authenticator.why_ended(grant); });
  pages_.close_ended();
  pump();
  offers_.log_counts(now());
}

void Signalling::stop() {
  stopping_ = true;
  pages_.stop(now());
  broker_.stop(now());
  pump();
  if (cluster_) cluster_->stop();
}

void Signalling::drain(std::chrono::milliseconds limit) {
  if (cluster_) cluster_->drain(limit);
}

std::optional<std::string> Signalling::trouble() const { return cluster_ ? cluster_->trouble() : std::nullopt; }

bool Signalling::is_taken(const signal::RobotName& name, const std::string& owner) const {
  return broker_.is_taken(name, owner) || (cluster_ && cluster_->is_taken(name, owner));
}

std::vector<broker::RobotInfo> Signalling::robots_online() const {
  auto robots = broker_.robots(now());
  if (!cluster_) return robots;
  for (auto& robot : cluster_->online_elsewhere()) {
    if (!broker_.is_online(robot.name)) robots.push_back(std::move(robot));
  }
  std::sort(robots.begin(), robots.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return robots;
}

std::string Signalling::metrics(const net::HttpServerStats& http) const {
  return metrics_.text(now(), http, cluster_.get());
}

void Signalling::pump() {
  // Alternates, because each of the two may create work for the other.
  pages_.pump(now());
  while (auto action = broker_.poll_action()) {
    on_action(std::move(*action));
    pages_.pump(now());
  }
  set_timer();
}

void Signalling::set_timer() {
  const auto next = std::min(broker_.next_timeout(), pages_.next_timeout());
  // Each offer sets a deadline and each answer removes it. A timer that expires too early only checks again.
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_ = parts_.io->after(std::max(next - now(), Duration(0)), [weak = *self_] {
    with(weak, [](Signalling& self) {
      self.timer_at_ = kNever;
      self.broker_.handle_timeout(now());
      self.pages_.handle_timeout(now());
    });
  });
}

void Signalling::on_action(broker::Action action) {
  const auto* change = std::get_if<broker::RobotChanged>(&action);
  if (change != nullptr && change->is_online) robots_.settle(change->socket);
  const auto* respond = std::get_if<broker::Respond>(&action);
  if (respond != nullptr && respond->request.value() >= broker::kFirstPageRequest) {
    offers_.end(now(), respond->request, respond->status);
  }
  if (!pages_.take(now(), action)) carry_out(std::move(action));
}

void Signalling::carry_out(broker::Action action) {
  if (auto* send = std::get_if<broker::SendText>(&action)) {
    robots_.send(send->socket, std::move(send->text));
  } else if (const auto* close = std::get_if<broker::CloseSocket>(&action)) {
    robots_.close(close->socket, close->code, close->reason);
  } else if (const auto* answer = std::get_if<broker::Respond>(&action)) {
    respond(*answer);
  } else if (const auto* claim = std::get_if<broker::ClaimName>(&action)) {
    if (cluster_) cluster_->claim(*claim);
  } else if (const auto* check = std::get_if<broker::CheckAlive>(&action)) {
    robots_.check_alive(check->socket);
  } else if (const auto* change = std::get_if<broker::RobotChanged>(&action)) {
    robot_changed(*change);
  } else if (const auto* record = std::get_if<LogRecord>(&action)) {
    if (parts_.log) parts_.log(*record);
  }
}

void Signalling::respond(const broker::Respond& respond) {
  if (offers_.answer(now(), respond)) return;
  if (cluster_ && cluster_->inbound_offer_answered(respond)) offers_.end(now(), respond.request, respond.status);
}

void Signalling::robot_changed(const broker::RobotChanged& change) {
  if (events_.robot_changed) events_.robot_changed(change, robots_.address(change.socket));
  if (!cluster_) return;
  cluster_->changed(change);
  if (change.is_online) return;
  // It may have moved to another server, which reported that while it was still here.
  const auto elsewhere = cluster_->elsewhere(change.name);
  if (elsewhere.is_online) pages_.changed_elsewhere(now(), elsewhere);
}

}  // namespace rtcbot::server
