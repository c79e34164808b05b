// Passes candidates between the session and the viewers' connections.
#include <utility>

#include "robot_impl.hpp"
#include "rtc_connection_impl.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot {

void Robot::Impl::send_candidates(ViewerId viewer, const RTCConnection& connection) {
  connection.on_candidate([weak = weak_from_this(), viewer](const Json& json) {
    const auto self = weak.lock();
    if (!self) return;
    const bool end = json.is_null();
    std::vector<signal::Candidate> list;
    if (!end) {
      auto candidate = candidate_from_json(json);
      if (!candidate) return;
      list.push_back({std::move(candidate->text), std::move(candidate->mid), candidate->line});
    }
    self->input([viewer, list = std::move(list), end](session::Session& session, Timestamp) {
      session.candidates_found(viewer, list, end);
    });
  });
}

void Robot::Impl::add_candidates(session::AddCandidates wanted) {
  // On the callback thread, which has made the connection before.
  context->executor()([weak = weak_from_this(), wanted = std::move(wanted)] {
    const auto self = weak.lock();
    if (!self) return;
    std::optional<RTCConnection> connection;
    {
      const std::lock_guard lock(self->mutex);
      const auto place = self->viewers.find(wanted.viewer);
      if (place != self->viewers.end()) connection = place->second;
    }
    if (!connection) return;
    for (const auto& candidate : wanted.candidates) {
      (void)connection->add_candidate(to_json(peer::Candidate{candidate.text, candidate.mid, candidate.line}));
    }
  });
}

}  // namespace rtcbot
