#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "rtcbot/session/session.hpp"
#include "sdp_builder.hpp"

namespace rtcbot::session::testing {

using namespace std::chrono_literals;
using signal::testing::make_sdp;

/// A new offer, as a page makes it: different each time, even with the same mark. `make_sdp` returns the same one each
/// time.
inline std::string fresh_sdp(std::string_view mark) {
  static int origin = 1;
  std::string sdp = make_sdp(mark);
  return sdp.replace(sdp.find("o=- 1 "), 6, "o=- " + std::to_string(++origin) + " ");
}
inline std::string mark_of(const std::string& sdp) {
  const auto at = sdp.find("\r\ns=") + 4;
  return sdp.substr(at, sdp.find("\r\n", at) - at);
}

inline std::string legacy_offer(std::string_view mark) {
  return signal::write_description(signal::Description::offer(fresh_sdp(mark)));
}
inline std::string legacy_answer(std::string_view mark) {
  return signal::write_description(signal::Description::answer(make_sdp(mark, "active")));
}
inline std::string v1_offer(std::uint64_t id, std::string_view mark) {
  return write_message(signal::OfferMessage{signal::OfferId(id), fresh_sdp(mark), {}});
}
inline std::string v1_answer(std::uint64_t id, std::string_view mark) {
  return write_message(signal::AnswerMessage{signal::OfferId(id), make_sdp(mark, "active")});
}

/// A session at virtual time zero, and its actions since the last call of `actions`; log records are separate.
class SessionBench {
 public:
  explicit SessionBench(Config config = {}, std::uint64_t seed = 1) : session(std::move(config), seed) {}

  std::vector<Action> actions() {
    std::vector<Action> out;
    while (auto action = session.poll_action()) {
      if (const auto* record = std::get_if<LogRecord>(&*action)) {
        log.push_back(*record);
      } else {
        out.push_back(std::move(*action));
      }
    }
    return out;
  }

  /// Starts the session and goes online; discards its first messages.
  void go_online(signal::Protocol protocol) {
    session.start(now);
    session.dialed(now, protocol);
    actions();
  }

  void hear(std::string_view text) { session.message(now, text); }
  void answer(std::uint64_t viewer, std::string_view mark) {
    session.answer_ready(now, ViewerId(viewer), make_sdp(mark, "active"));
  }

  void advance(Duration time) {
    now += time;
    session.handle_timeout(now);
  }

  /// Advances to the next timeout, and returns the time until it.
  Duration advance_to_next() {
    const Duration wait = session.next_timeout() - now;
    advance(wait);
    return wait;
  }

  Session session;
  Timestamp now{};
  std::vector<LogRecord> log;
};

MATCHER_P(Sends, text, "") { return arg == Action(SendText{text}); }
MATCHER_P2(MakesViewer, viewer, mark, "") {
  const auto* make = std::get_if<MakeViewer>(&arg);
  return make != nullptr && make->viewer == ViewerId(viewer) && mark_of(make->offer.sdp) == mark;
}
MATCHER_P(DropsViewer, viewer, "") {
  const auto* drop = std::get_if<DropViewer>(&arg);
  return drop != nullptr && drop->viewer == ViewerId(viewer) && !drop->reason.empty();
}
MATCHER_P(ClosesSocket, code, "") {
  const auto* close = std::get_if<CloseSocket>(&arg);
  return close != nullptr && close->code == code;
}
MATCHER_P(SendsLegacyError, refusal, "") {
  const auto* text = std::get_if<SendText>(&arg);
  return text != nullptr &&
         text->text.starts_with("{\"error\":\"" + std::string(code_of(refusal)) + "\",\"message\":\"");
}
MATCHER_P2(SendsRefusal, id, refusal, "") {
  const auto* text = std::get_if<SendText>(&arg);
  if (text == nullptr) return false;
  const auto message = signal::parse_message(text->text);
  const auto* found = message ? std::get_if<signal::RefusalMessage>(&*message) : nullptr;
  return found != nullptr && found->id.value() == id && found->error == code_of(refusal) && !found->message.empty();
}
MATCHER_P(SendsViewerCount, viewers, "") { return arg == Action(SendText{write_message(signal::Status{viewers, ""})}); }
MATCHER(IsDial, "") { return std::holds_alternative<Dial>(arg); }

}  // namespace rtcbot::session::testing
