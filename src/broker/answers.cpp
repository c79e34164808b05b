// Messages from robots, and responses to browsers.
#include <algorithm>
#include <utility>

#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"

namespace rtcbot::broker {
namespace {

using signal::Protocol;
using signal::Refusal;

constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 section 5.5

/// A code that this server does not know, for example of a later robot, counts as an internal error.
Refusal refusal_of_robot(const std::string& error) { return signal::refusal_named(error).value_or(Refusal::internal); }

std::string not_understood(const Error& error) {
  return std::string("The robot's answer could not be used: ").append(error.what());
}

}  // namespace

void Broker::robot_message(Timestamp now, SocketId socket, std::string_view text, bool is_binary) {
  now_ = now;
  const auto found = robots_.find(socket);
  if (found == robots_.end()) return;
  if (is_binary) return close(socket, 1003, "only text frames are accepted", Refusal::robot_left);
  if (found->second.protocol == Protocol::legacy) return handle_legacy(now, socket, found->second, text);
  handle_v1(now, socket, found->second, text);
}

void Broker::handle_legacy(Timestamp now, SocketId socket, Robot& robot, std::string_view text) {
  const auto offer = robot.queue.take_answered();
  if (!offer) return close(socket, 1008, "an answer without an offer", Refusal::robot_left);
  const auto reply = signal::parse_answer(text, config_.limits);
  const auto request = take(robot, *offer);
  if (!reply) {
    if (request) refuse(*request, Refusal::robot_left, not_understood(reply.error()));
    const bool is_large = reply.error().code() == Errc::too_large;
    return close(socket, is_large ? 1009 : 1007, reply.error().what(), Refusal::robot_left);
  }
  robot.has_answered = true;
  robot_deadlines_.erase(socket);
  if (request) {
    std::visit(Overloaded{[&](const signal::Description& answer) { respond_with_answer(*request, answer); },
                          [&](const signal::RobotError& error) {
                            refuse(*request, refusal_of_robot(error.error), error.message);
                          }},
               *reply);
  } else {
    ++stats_.late_answers;
  }
  send_next(now, socket, robot);
}

void Broker::handle_v1(Timestamp now, SocketId socket, Robot& robot, std::string_view text) {
  auto message = signal::parse_message(text, config_.limits);
  if (!message) {
    const bool is_large = message.error().code() == Errc::too_large;
    return close(socket, is_large ? 1009 : 1007, message.error().what(), Refusal::robot_left);
  }
  const bool has_said_hello = robot.is_online || robot.is_claiming || robot.challenge != Robot::Challenge::none;
  if (!has_said_hello && !std::holds_alternative<signal::Hello>(*message)) {
    return close(socket, 1008, "hello must come first", Refusal::robot_left);
  }
  std::visit(
      Overloaded{
          [&](const signal::Hello& hello) { handle(now, socket, robot, hello); },
          [&](signal::AnswerMessage& answer) { handle(now, robot, std::move(answer)); },
          [&](const signal::RefusalMessage& refusal) { handle(robot, refusal); },
          [&](signal::Status& status) { handle(socket, robot, std::move(status)); },
          [&](signal::Candidates& candidates) { handle(socket, std::move(candidates)); },
          [&](signal::Snapshot& snapshot) { handle(now, robot, std::move(snapshot)); },
          [&](const signal::ErrorMessage& error) {
            log(LogLevel::warning, "reports", robot,
                shown(robot.name) + " reports " + error.error + ": " + error.message);
          },
          // Of a later version, or of the other direction.
          [&](const OneOf<signal::Welcome, signal::OfferMessage, signal::Accepted, signal::Cancel, signal::EndViewers,
                          signal::PresenceMessage, signal::Stopping, signal::UnknownMessage> auto&) {
            ++stats_.unknown_messages;
          },
      },
      *message);
}

void Broker::handle(Timestamp now, SocketId socket, Robot& robot, const signal::Hello& hello) {
  if (robot.is_online || robot.is_claiming || robot.challenge != Robot::Challenge::none) {
    return close(socket, 1008, "hello was already sent", Refusal::robot_left);
  }
  auto name = signal::RobotName::parse(hello.name);
  if (!name) return close(socket, 1008, name.error().what(), Refusal::robot_left);
  if (robot.name.is_default()) robot.name = std::move(*name);
  if (!hello.name.empty() && hello.name != robot.name.text()) {
    return close(socket, 1008, "the name in hello is not the name in the path", Refusal::robot_left);
  }
  robot.instance = hello.instance;
  robot.viewers = 0;
  const auto knows = [&](std::string_view feature) {
    return std::find(hello.features.begin(), hello.features.end(), feature) != hello.features.end();
  };
  robot.trickle = knows(signal::kFeatureTrickle);
  robot.cancels_answered = knows(signal::kFeatureCancelAnswered);
  robot_deadlines_.erase(socket);
  take_name(now, socket, robot);
}

void Broker::handle(Timestamp now, Robot& robot, signal::AnswerMessage answer) {
  const auto request = take(robot, answer.id);
  if (!request) {
    ++stats_.late_answers;
    return;
  }
  const auto checked = signal::check(
      {.type = signal::Description::Type::answer, .sdp = std::move(answer.sdp), .quoted = std::move(answer.quoted)},
      config_.limits);
  if (!checked) {
    candidates_.end(*request);
    return refuse(*request, Refusal::robot_left, not_understood(checked.error()));
  }
  candidates_.answered(now, *request);
  respond_with_answer(*request, *checked);
}

void Broker::handle(Robot& robot, const signal::RefusalMessage& refusal) {
  const auto request = take(robot, refusal.id);
  if (!request) {
    ++stats_.late_answers;
    return;
  }
  candidates_.end(*request);
  refuse(*request, refusal_of_robot(refusal.error), refusal.message, refusal.retry_after);
}

std::optional<RequestId> Broker::take(Robot& robot, signal::OfferId offer) {
  const auto found = robot.waiting.find(offer);
  if (found == robot.waiting.end()) return std::nullopt;
  const RequestId request = found->second;
  robot.waiting.erase(found);
  request_deadlines_.erase(request);
  requests_.erase(request);
  return request;
}

void Broker::respond_with_answer(RequestId request, const signal::Description& answer) {
  ++stats_.answers;
  actions_.push_back(Respond{.request = request, .body = signal::write_description(answer)});
}

void Broker::refuse(RequestId request, Refusal refusal, std::string_view message,
                    std::optional<std::chrono::seconds> retry_after) {
  ++stats_.refusals.at(static_cast<std::size_t>(refusal));
  if (refusal == Refusal::busy && !retry_after) retry_after = config_.retry_after;
  actions_.push_back(Respond{.request = request,
                             .status = signal::http_status(refusal),
                             .body = signal::refusal_json(refusal, message),
                             .retry_after = retry_after});
}

void Broker::drop(SocketId socket, Refusal refusal, std::string_view message) {
  end_challenge(socket, robots_.at(socket));
  Robot robot = std::move(robots_.at(socket));
  robots_.erase(socket);
  robot_deadlines_.erase(socket);
  const bool is_name_free = robot.is_online && !robot.is_replaced && !stopping_;
  if (robot.is_online) online_.erase(robot.name);
  if (const auto own = online_of_address_.find(robot.credential.address);
      robot.is_online && own != online_of_address_.end() && --own->second == 0) {
    online_of_address_.erase(own);
  }
  if (std::exchange(robot.is_online, false) || robot.is_claiming) tell_change(socket, robot);
  candidates_.robot_left(socket);
  const auto retry_after = refusal == Refusal::stopping ? std::optional(config_.retry_after) : std::nullopt;
  while (!robot.waiting.empty()) {
    if (const auto request = take(robot, robot.waiting.begin()->first)) refuse(*request, refusal, message, retry_after);
  }
  if (is_name_free) promote_challenger(now_, robot.name);
}

void Broker::close(SocketId socket, int code, const std::string& reason, Refusal refusal) {
  ++stats_.robots_closed;
  const Robot& robot = robots_.at(socket);
  log(LogLevel::warning, "closed", robot, shown(robot.name) + " is closed: " + reason);
  drop(socket, refusal, {});
  actions_.push_back(CloseSocket{socket, code, reason.substr(0, kMaxCloseReason)});
}

void Broker::log(LogLevel level, std::string_view kind, const Robot& robot, std::string message) {
  const std::string key = robot.remote.substr(0, robot.remote.rfind(':')).append("/").append(kind);
  if (log_limiter_.allow(now_, key, message)) {
    actions_.push_back(LogRecord{level, "broker", std::move(message)});
  }
  stats_.log_lines_suppressed = log_limiter_.suppressed();
}

}  // namespace rtcbot::broker
