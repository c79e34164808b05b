#include "cluster_link.hpp"

#include <algorithm>
#include <future>
#include <random>
#include <thread>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {
namespace {

using runtime::now;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string random_server_id() {
  std::random_device dice;
  std::string id;
  for (std::size_t i = 0; i < cluster::kServerIdBytes; ++i) id += "0123456789abcdef"[dice() % 16];
  return id;
}

std::int64_t unix_ms_where_our_time_is_zero() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto unix_now = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return unix_now - duration_cast<milliseconds>(now().time_since_epoch()).count();
}

/// The other server reports "no answer in time" itself, and that arrives a moment later.
constexpr auto kForTheWay = std::chrono::milliseconds(500);

}  // namespace

ClusterLink::ClusterLink(std::shared_ptr<net::IoThread> io, cluster::Cluster::Config config, Host host, LogSink log)
    : io_(std::move(io)),
      host_(std::move(host)),
      log_(std::move(log)),
      unix_ms_at_epoch_(config.unix_ms_at_epoch),
      cluster_(std::move(config)) {}

Result<std::shared_ptr<ClusterLink>> ClusterLink::start(std::shared_ptr<net::IoThread> io, nats::NatsOptions options,
                                                        const broker::Config& broker, Host host, LogSink log) {
  const std::string id = random_server_id();
  cluster::Cluster::Config config{.self = id,
                                  .unix_ms_at_epoch = unix_ms_where_our_time_is_zero(),
                                  .timeout = broker.robot_timeout + kForTheWay,
                                  .retry_after = broker.retry_after,
                                  .limits = broker.limits};
  auto self = std::shared_ptr<ClusterLink>(new ClusterLink(io, std::move(config), std::move(host), log));
  if (log) log({LogLevel::info, "cluster", "this is server " + id.substr(0, 8) + " of cluster " + options.prefix});
  auto on_events = [weak = std::weak_ptr<ClusterLink>(self)](std::vector<nats::Event> events) {
    if (const auto link = weak.lock()) link->on_events(std::move(events));
  };
  self->nats_ = nats::NatsLink::create(std::move(io), std::move(options), id, std::move(on_events));
  if (auto begun = self->nats_->begin(); !begun) return fail(begun.error());
  return self;
}

void ClusterLink::on_events(std::vector<nats::Event> events) {
  for (auto& event : events) {
    on_event(event);
    pump();
  }
}

void ClusterLink::note_trouble(std::string reason) {
  if (reason == trouble_) return;
  trouble_ = std::move(reason);
  if (!log_) return;
  if (trouble_.empty()) {
    log_({LogLevel::info, "cluster", "joined: NATS and its store can be used"});
  } else {
    log_({LogLevel::warning, "cluster", trouble_});
  }
}

void ClusterLink::on_event(nats::Event& event) {
  const auto at = now();
  std::visit(
      Overloaded{
          [&](const nats::LinkUp&) { cluster_.link_up(at); },
          [&](const nats::LinkDown& down) {
            note_trouble("NATS cannot be reached: " + down.reason);
            cluster_.link_down(at);
          },
          [&](const nats::StoreDown& down) {
            note_trouble("the store of NATS cannot be used: " + down.reason);
            cluster_.store_down(at);
          },
          [&](const nats::SnapshotBegin&) { cluster_.snapshot_begin(); },
          [&](const nats::SnapshotEnd& end) {
            cluster_.snapshot_end(at, end.incarnation);
            if (cluster_.is_link_up()) note_trouble({});
          },
          [&](const nats::EntryPut& put) { cluster_.entry(at, put.key, put.value, put.revision); },
          [&](const nats::EntryDeleted& gone) { cluster_.entry_deleted(at, gone.key, gone.revision); },
          [&](const nats::WriteEnded& ended) { cluster_.written(at, ended.op, ended.result); },
          [&](const nats::ReadEnded& e) { cluster_.read(at, e.op, e.status, e.revision, e.value); },
          [&](const nats::HeartbeatReceived& heartbeat) { cluster_.heartbeat(at, heartbeat.text); },
          [&](const nats::QuestionReceived& question) { cluster_.question(at, question.text, question.reply_to); },
          [&](const nats::ReplyReceived& reply) { cluster_.reply(at, reply.id, reply.text); },
          [&](const nats::NoResponders& nobody) { cluster_.no_responders(nobody.id); },
      },
      event);
}

void ClusterLink::pump() {
  if (std::exchange(is_pumping_, true)) return;  // the running loop carries out new actions
  while (auto action = cluster_.poll_action()) carry_out(std::move(*action));
  is_pumping_ = false;
  timer_.reset();
  const auto next = cluster_.next_timeout();
  if (next == kNever) return;
  timer_ = io_->after(std::max(next - now(), Duration(0)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->cluster_.handle_timeout(now());
    self->pump();
  });
}

void ClusterLink::carry_out(cluster::Action action) {
  std::visit(Overloaded{
                 [&](cluster::StoreWrite& write) { nats_->store(std::move(write)); },
                 [&](cluster::StoreRead& read) { nats_->store(std::move(read)); },
                 [&](cluster::SendQuestion& question) { nats_->send(std::move(question)); },
                 [&](cluster::SendReply& reply) { nats_->send(std::move(reply)); },
                 [&](cluster::SendHeartbeat& heartbeat) { nats_->send(std::move(heartbeat)); },
                 [&](const cluster::NameDecided& decided) { host_.name_decided(decided.socket, decided.decision); },
                 [&](const cluster::NameLost& lost) { host_.name_lost(lost.socket, lost.to_same_owner); },
                 [&](const cluster::ForwardOffer& put) {
                   const auto request = host_.put_offer(put);
                   inbound_offers_.emplace(request, put.offer_id);
                   requests_.emplace(put.offer_id, request);
                 },
                 [&](const cluster::EndInboundOffer& end) {
                   const auto request = requests_.extract(end.offer_id);
                   if (request.empty()) return;
                   inbound_offers_.erase(request.mapped());
                   host_.abandon(request.mapped());
                 },
                 [&](const cluster::PresenceChanged& change) {
                   if (host_.presence_changed) host_.presence_changed(change.robot);
                 },
                 [&](const cluster::SessionEnded& ended) {
                   if (host_.session_ended) host_.session_ended(ended);
                 },
                 [&](broker::Respond& respond) { host_.respond(std::move(respond)); },
                 [&](const LogRecord& record) {
                   if (log_) log_(record);
                 },
             },
             action);
}

void ClusterLink::claim(const broker::ClaimName& claim) {
  cluster_.claim(now(), claim.socket, claim.name, claim.owner, claim.protocol);
  pump();
}

void ClusterLink::changed(const broker::RobotChanged& change) {
  cluster_.changed(now(), change);
  pump();
}

bool ClusterLink::inbound_offer_answered(const broker::Respond& respond) {
  const auto offer_id = inbound_offers_.extract(respond.request);
  if (offer_id.empty()) return false;
  requests_.erase(offer_id.mapped());
  cluster_.inbound_offer_answered(offer_id.mapped(), respond);
  pump();
  return true;
}

void ClusterLink::offer(broker::RequestId request, const signal::RobotName& name, const std::string& body,
                        const std::string& trace, signal::Permissions permissions) {
  cluster_.offer(now(), {request, name, body, trace, std::move(permissions)});
  pump();
}

void ClusterLink::abandoned(broker::RequestId request) {
  cluster_.request_abandoned(request);
  pump();
}

void ClusterLink::signed_out(cluster::SignOut session) {
  cluster_.signed_out(now(), std::move(session));
  pump();
}

void ClusterLink::stop() {
  cluster_.stop(now());
  pump();
}

void ClusterLink::drain(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    auto unwritten = std::make_shared<std::promise<std::size_t>>();
    auto told = unwritten->get_future();
    io_->post([self = shared_from_this(), unwritten] {
      unwritten->set_value(self->cluster_.is_store_up() ? self->cluster_.registry().unwritten() : 0);
    });
    if (told.wait_until(deadline) != std::future_status::ready || told.get() == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  auto said = std::make_shared<std::promise<void>>();
  io_->post([self = shared_from_this(), said] {
    self->cluster_.farewell();
    self->pump();
    said->set_value();
  });
  said->get_future().wait_until(deadline);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  nats_->flush(std::max(left, std::chrono::milliseconds(0)));
}

std::optional<std::string> ClusterLink::trouble() const {
  return trouble_.empty() ? std::nullopt : std::optional(trouble_);
}

broker::RobotChanged ClusterLink::elsewhere(const signal::RobotName& robot) const {
  broker::RobotChanged change{.name = robot};
  const auto known = cluster_.other(robot);
  if (!known || !known->is_online) return change;
  change.is_online = true;
  change.protocol = known->entry.protocol;
  change.viewers = known->entry.viewers;
  change.camera = known->entry.camera;
  return change;
}

std::vector<broker::RobotInfo> ClusterLink::online_elsewhere() const {
  std::vector<broker::RobotInfo> list;
  const auto at = now();
  for (const auto& robot : cluster_.others()) {
    if (!robot.is_online) continue;
    const auto since = Timestamp(std::chrono::milliseconds(robot.entry.since_ms - unix_ms_at_epoch_));
    list.push_back(broker::RobotInfo{.name = robot.name,
                                     .protocol = robot.entry.protocol,
                                     .online_since = since,
                                     .online_for = std::max(at - since, Duration(0)),
                                     .viewers = robot.entry.viewers,
                                     .camera = robot.entry.camera});
  }
  return list;
}

}  // namespace rtcbot::server
