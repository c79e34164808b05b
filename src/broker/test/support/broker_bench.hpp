#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"
#include "sdp_builder.hpp"

namespace rtcbot::broker::testing {

using namespace std::chrono_literals;
using signal::testing::make_sdp;

inline std::string offer_body(std::string_view mark) { return signal::write_offer({make_sdp(mark)}); }
inline std::string legacy_answer(std::string_view mark) { return signal::write_answer({make_sdp(mark, "active")}); }
inline std::string v1_answer(signal::OfferId id, std::string_view mark) {
  return write_message(signal::AnswerMessage{id, make_sdp(mark, "active")});
}
inline signal::RobotName named(std::string_view text) { return signal::RobotName::parse(text).value(); }

/// A broker at virtual time zero, and its actions since the last call of `actions`, without log records and robot
/// changes.
class BrokerBench {
 public:
  explicit BrokerBench(Config config = {}) : broker(std::move(config)) {}

  std::vector<Action> actions() {
    std::vector<Action> out;
    while (auto action = broker.poll_action()) {
      if (const auto* change = std::get_if<RobotChanged>(&*action)) {
        changes.push_back(*change);
      } else if (!std::holds_alternative<LogRecord>(*action)) {
        out.push_back(std::move(*action));
      }
    }
    return out;
  }

  SocketId connect_legacy(std::string_view name = "", std::string owner = {}) {
    return connect(name, signal::Protocol::legacy, std::move(owner));
  }

  /// Connects a robot that is online: sends its hello and discards the welcome.
  SocketId connect_v1(std::string_view name = "", std::string instance = {}) {
    const SocketId socket = dial_v1(name, std::move(instance));
    actions();
    return socket;
  }
  /// The same, without the discarding.
  SocketId dial_v1(std::string_view name = "", std::string instance = {}) {
    const SocketId socket = connect(name, signal::Protocol::v1);
    broker.robot_message(now, socket, write_message(signal::Hello{.instance = std::move(instance)}), false);
    return socket;
  }

  SocketId connect(std::string_view name, signal::Protocol protocol, std::string owner = {}) {
    const SocketId socket(++last_socket);
    broker.robot_connected(now, {.id = socket,
                                 .name = named(name),
                                 .protocol = protocol,
                                 .remote = "192.0.2.7:4711",
                                 .credential = {.owner = std::move(owner)}});
    return socket;
  }

  RequestId ask(std::string_view mark, std::string_view name = "") {
    const RequestId request(++last_request);
    broker.offer(now, request, named(name), offer_body(mark));
    return request;
  }

  void say(SocketId socket, std::string_view text) { broker.robot_message(now, socket, text, false); }

  void advance(Duration time) {
    now += time;
    broker.handle_timeout(now);
  }

  Broker broker;
  std::vector<RobotChanged> changes;  ///< All changes so far.
  Timestamp now{};
  std::uint64_t last_socket = 0;
  std::uint64_t last_request = 0;
};

MATCHER_P2(Answers, request, mark, "") {
  const auto* respond = std::get_if<Respond>(&arg);
  return respond != nullptr && respond->request == request && respond->status == 200 &&
         respond->content_type == "application/json; charset=utf-8" && respond->body == legacy_answer(mark);
}
MATCHER_P2(Refuses, request, refusal, "") {
  const auto* respond = std::get_if<Respond>(&arg);
  return respond != nullptr && respond->request == request && respond->status == signal::http_status(refusal) &&
         respond->body.starts_with("{\"error\":\"" + std::string(code_of(refusal)) + "\",\"message\":\"");
}
MATCHER_P2(SendsLegacyOffer, socket, mark, "") { return arg == Action(SendText{socket, offer_body(mark)}); }
MATCHER_P2(Closes, socket, code, "") {
  const auto* close = std::get_if<CloseSocket>(&arg);
  return close != nullptr && close->socket == socket && close->code == code && !close->reason.empty() &&
         close->reason.size() <= 123;
}
MATCHER_P(Checks, socket, "") { return arg == Action(CheckAlive{socket}); }
MATCHER_P(Welcomes, socket, "") {
  const auto* send = std::get_if<SendText>(&arg);
  return send != nullptr && send->socket == socket && send->text.find("\"welcome\"") != std::string::npos;
}
/// Returns the v1 message of type T that the action sends.
template <class T>
const T sent(const Action& action) {
  const auto message = signal::parse_message(std::get<SendText>(action).text);
  return std::get<T>(message.value());
}

}  // namespace rtcbot::broker::testing
