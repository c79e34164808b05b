#pragma once

#include <gmock/gmock.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/cluster/cluster.hpp"
#include "sdp_builder.hpp"

namespace rtcbot::cluster::testing {

using namespace std::chrono_literals;
using broker::NameDecision;
using broker::SocketId;
using signal::testing::make_sdp;

inline signal::RobotName named(std::string_view text) { return signal::RobotName::parse(text).value(); }
inline std::string offer_body(std::string_view mark) { return signal::write_offer({make_sdp(mark)}); }
inline std::string answer_body(std::string_view mark) { return signal::write_answer({make_sdp(mark, "active")}); }

/// Several servers with their bus and store, in virtual time. A message takes `delay`, a result of the store up to
/// `jitter` more, so that the store's entries may arrive first. A server that is cut off neither receives nor sends; a
/// dead one does nothing at all.
class ClusterBench {
 public:
  struct Server {
    std::string id{};
    std::unique_ptr<Cluster> cluster{};
    bool is_dead = false;
    bool is_cut_off = false;
    std::map<std::uint64_t, NameDecision> decided{};  ///< By socket.
    std::map<std::uint64_t, bool> lost{};             ///< By socket; true: to the same owner.
    std::vector<broker::Respond> responses{};
    std::vector<ForwardOffer> inbound_offers{};
    std::vector<InboundOfferId> ended{};
    std::vector<SessionEnded> signed_out{};
  };

  explicit ClusterBench(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      Server server;
      server.id = std::string(31, '0') + static_cast<char>('a' + i);
      server.cluster =
          std::make_unique<Cluster>(Cluster::Config{.self = server.id, .unix_ms_at_epoch = 1'700'000'000'000});
      servers.push_back(std::move(server));
    }
    for (std::size_t i = 0; i < size; ++i) join(i);
    run(2s);
  }

  void join(std::size_t i) {
    servers[i].is_cut_off = false;
    servers[i].cluster->link_up(now);
    tell_all(i);
    drain(i);
  }
  void cut_off(std::size_t i) {
    servers[i].is_cut_off = true;
    servers[i].cluster->link_down(now);
    drain(i);
  }
  /// Makes the store unavailable or available for all servers.
  void set_store(bool works) {
    store_works = works;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (servers[i].is_dead || servers[i].is_cut_off) continue;
      if (works) {
        tell_all(i);
      } else {
        servers[i].cluster->store_down(now);
      }
      drain(i);
    }
  }
  void kill(std::size_t i) { servers[i].is_dead = true; }

  SocketId dial(std::size_t i, std::string_view name, const std::string& owner = "") {
    const SocketId socket(++last_id);
    servers[i].cluster->claim(now, socket, named(name), owner, signal::Protocol::legacy);
    drain(i);
    return socket;
  }
  void leave(std::size_t i, SocketId socket, std::string_view name) {
    servers[i].cluster->changed(now, {.socket = socket, .name = named(name)});
    drain(i);
  }
  broker::RequestId forwarded(std::size_t i, std::string_view name, std::string_view mark) {
    const broker::RequestId request(++last_id);
    servers[i].cluster->offer(now,
                              {.request = request, .robot = named(name), .body = offer_body(mark), .trace = "trace"});
    drain(i);
    return request;
  }
  void answer(std::size_t i, const ForwardOffer& offer_id, std::string_view mark) {
    servers[i].cluster->inbound_offer_answered(offer_id.offer_id, {.body = answer_body(mark)});
    drain(i);
  }

  /// Advances the time: delivers messages in order, and handles timeouts when they are due.
  void run(Duration time) {
    const Timestamp end = now + time;
    for (;;) {
      Timestamp next = end;
      if (!mail.empty()) next = std::min(next, mail.begin()->first);
      for (auto& server : servers) {
        if (!server.is_dead) next = std::min(next, server.cluster->next_timeout());
      }
      now = std::max(now, next);
      if (!mail.empty() && mail.begin()->first <= now) {
        const auto deliver = std::move(mail.begin()->second);
        mail.erase(mail.begin());
        deliver();
        continue;
      }
      bool is_due = false;
      for (std::size_t i = 0; i < servers.size(); ++i) {
        if (servers[i].is_dead || servers[i].cluster->next_timeout() > now) continue;
        is_due = true;
        servers[i].cluster->handle_timeout(now);
        drain(i);
      }
      if (!is_due && now >= end) return;
    }
  }

  /// Executes that server's actions; needed only after a direct call of its `cluster`.
  void drain(std::size_t i) {
    if (servers[i].is_dead) return;
    while (auto action = servers[i].cluster->poll_action()) carry_out(i, std::move(*action));
  }

  [[nodiscard]] NameDecision decision(std::size_t i, SocketId socket) const {
    return servers[i].decided.at(socket.value());
  }
  [[nodiscard]] bool is_online(std::size_t at, std::string_view name) const {
    const auto robot = servers[at].cluster->other(named(name));
    return robot && robot->is_online;
  }
  /// The holder in the store; empty if the robot is offline.
  [[nodiscard]] std::string holder(std::string_view name) const {
    const auto found = store.find(key_of(named(name)));
    const auto entry = found == store.end() ? Entry{} : parse_entry(found->second.first).value();
    return entry.online ? entry.server : "";
  }

  std::vector<Server> servers;
  Timestamp now{};
  Duration delay{5'000};
  Duration jitter{0};
  std::map<std::string, std::pair<std::string, std::uint64_t>> store;  ///< Value and revision.
  bool store_works = true;
  std::uint64_t last_id = 0;
  std::int64_t writes = 0;

 private:
  bool hears(std::size_t i) const { return !servers[i].is_dead && !servers[i].is_cut_off; }

  void later(std::function<void()> deliver) { mail.emplace(now + delay, std::move(deliver)); }
  void sometime(std::function<void()> deliver) {
    const auto more =
        jitter.count() == 0 ? 0 : static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(jitter.count()));
    mail.emplace(now + delay + Duration(more), std::move(deliver));
  }
  void to(std::size_t i, std::function<void(Cluster&)> deliver) {
    later([this, i, deliver = std::move(deliver)] {
      if (!hears(i)) return;
      deliver(*servers[i].cluster);
      drain(i);
    });
  }
  void tell_all(std::size_t i) {
    if (!store_works) return;
    Cluster& cluster = *servers[i].cluster;
    cluster.snapshot_begin();
    for (const auto& [key, value] : store) cluster.entry(now, key, value.first, value.second);
    cluster.snapshot_end(now, 1);
  }

  void carry_out(std::size_t i, Action action) {
    Server& self = servers[i];
    if (const auto* write = std::get_if<StoreWrite>(&action)) return put(i, *write);
    if (const auto* read = std::get_if<StoreRead>(&action)) return get(i, *read);
    if (const auto* question = std::get_if<SendQuestion>(&action)) return ask_server(i, *question);
    if (const auto* reply = std::get_if<SendReply>(&action)) return bring_back(i, *reply);
    if (const auto* heartbeat = std::get_if<SendHeartbeat>(&action)) return broadcast(i, *heartbeat);
    if (const auto* decided = std::get_if<NameDecided>(&action)) {
      self.decided[decided->socket.value()] = decided->decision;
    } else if (const auto* lost = std::get_if<NameLost>(&action)) {
      self.lost[lost->socket.value()] = lost->to_same_owner;
    } else if (auto* respond = std::get_if<broker::Respond>(&action)) {
      self.responses.push_back(std::move(*respond));
    } else if (auto* offer_id = std::get_if<ForwardOffer>(&action)) {
      self.inbound_offers.push_back(std::move(*offer_id));
    } else if (const auto* end = std::get_if<EndInboundOffer>(&action)) {
      self.ended.push_back(end->offer_id);
    } else if (auto* session = std::get_if<SessionEnded>(&action)) {
      self.signed_out.push_back(std::move(*session));
    }
  }

  void put(std::size_t i, const StoreWrite& write) {
    // The write may succeed even if the writer does not learn of it.
    sometime([this, i, write] {
      StoreResult result;
      if (store_works && !servers[i].is_cut_off) result = written(write);
      sometime([this, i, op = write.op, result] {
        if (servers[i].is_dead) return;
        servers[i].cluster->written(now, op, servers[i].is_cut_off ? StoreResult{} : result);
        drain(i);
      });
    });
  }
  StoreResult written(const StoreWrite& write) {
    const auto found = store.find(write.key);
    const std::uint64_t newest = found == store.end() ? 0 : found->second.second;
    if (newest != write.expected) return {StoreResult::Status::conflict, 0, {}};
    store[write.key] = {write.value, ++revision};
    ++writes;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      to(i, [this, write, r = revision](Cluster& cluster) { cluster.entry(now, write.key, write.value, r); });
    }
    return {StoreResult::Status::done, revision, {}};
  }
  void get(std::size_t i, const StoreRead& read) {
    sometime([this, i, read] {
      if (servers[i].is_dead) return;
      const auto found = store.find(read.key);
      const bool works = store_works && !servers[i].is_cut_off;
      const auto status = works ? StoreResult::Status::done : StoreResult::Status::failed;
      const bool is_there = works && found != store.end();
      servers[i].cluster->read(now, read.op, status, is_there ? found->second.second : 0,
                               is_there ? std::optional(found->second.first) : std::nullopt);
      drain(i);
    });
  }
  void ask_server(std::size_t i, const SendQuestion& question) {
    if (!hears(i)) return;
    later([this, i, question] {
      for (std::size_t other = 0; other < servers.size(); ++other) {
        if (servers[other].id != question.server || !hears(other)) continue;
        const auto reply_to = question.id == 0 ? "" : std::to_string(i) + " " + std::to_string(question.id);
        servers[other].cluster->question(now, question.text, reply_to);
        return drain(other);
      }
      if (question.id != 0) to(i, [id = question.id](Cluster& cluster) { cluster.no_responders(id); });
    });
  }
  void bring_back(std::size_t from, const SendReply& reply) {
    if (!hears(from)) return;
    const auto space = reply.to.find(' ');
    const std::size_t i = std::stoul(reply.to);
    to(i, [this, id = std::stoull(reply.to.substr(space)), text = reply.text](Cluster& cluster) {
      cluster.reply(now, id, text);
    });
  }
  void broadcast(std::size_t from, const SendHeartbeat& heartbeat) {
    if (!hears(from)) return;
    for (std::size_t i = 0; i < servers.size(); ++i) {
      to(i, [this, text = heartbeat.text](Cluster& cluster) { cluster.heartbeat(now, text); });
    }
  }

  std::multimap<Timestamp, std::function<void()>> mail;
  std::uint64_t revision = 0;
  std::mt19937_64 dice{1};
};

MATCHER_P2(Answers, request, mark, "") {
  return arg.request == request && arg.status == 200 && arg.body == answer_body(mark);
}
MATCHER_P2(Refuses, request, refusal, "") {
  return arg.request == request && arg.status == signal::http_status(refusal) &&
         arg.body.starts_with("{\"error\":\"" + std::string(code_of(refusal)) + "\",");
}

}  // namespace rtcbot::cluster::testing
