#include "viewer_connections.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "rtc_connection_impl.hpp"
#include "rtcbot/base/weakly.hpp"

namespace rtcbot {
namespace {

/// Limit for closing a connection, which takes some milliseconds.
constexpr std::chrono::milliseconds kCloseTimeout{1'000};

/// A viewer that was told why it is dropped closes the connection within a round trip. Later the robot closes it.
constexpr std::chrono::milliseconds kEndTimeout{500};

/// Returns the freed memory of a connection, some megabytes, to the system. glibc would keep it, and a small board
/// needs it elsewhere.
void return_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

bool has_relay(const std::vector<IceServer>& servers) {
  return std::any_of(servers.begin(), servers.end(), [](const IceServer& server) {
    return std::any_of(server.urls.begin(), server.urls.end(),
                       [](const std::string& url) { return url.starts_with("turn"); });
  });
}

}  // namespace

ViewerConnections::ViewerConnections(Settings settings, std::shared_ptr<Context> context, Events events)
    : settings_(std::move(settings)),
      context_(std::move(context)),
      events_(std::move(events)),
      limits_(settings_.connection.min_bitrate, settings_.connection.max_bitrate) {}

void ViewerConnections::run(std::function<void(ViewerConnections&)> task) {
  context_->executor()(weakly(weak_from_this(), std::move(task)));
}

void ViewerConnections::make(session::MakeViewer wanted) {
  {
    const std::lock_guard lock(mutex_);
    viewers_.emplace(wanted.viewer, std::nullopt);
  }
  run([wanted = std::move(wanted)](ViewerConnections& self) { self.make_now(wanted); });
}

RTCConnection::Options ViewerConnections::options_for(const session::MakeViewer& wanted) const {
  auto options = settings_.connection;
  auto& servers = options.ice_servers;
  servers.insert(servers.end(), wanted.ice_servers.begin(), wanted.ice_servers.end());
  options.trickle = wanted.trickle;
  options.watch_only = wanted.watch_only;
  options.party = wanted.party;
  if (options.relay_only && !has_relay(servers)) {
    throw Error(Errc::bad_config, "this robot uses TURN servers only, but neither it nor its server names one");
  }
  auto& start = options.start_bitrate;
  if (settings_.start_bitrate) start = settings_.start_bitrate(start);
  const std::lock_guard lock(mutex_);
  start = std::clamp(start, options.min_bitrate, limits_.share(1));
  return options;
}

void ViewerConnections::make_now(const session::MakeViewer& wanted) {
  try {
    RTCConnection connection(options_for(wanted));
    {
      const std::lock_guard lock(mutex_);
      const auto place = viewers_.find(wanted.viewer);
      if (place == viewers_.end()) return;  // dropped meanwhile
      place->second = connection;
    }
    prepare_(connection);
    if (wanted.trickle) send_candidates(wanted.viewer, connection);
    answer(wanted.viewer, connection, wanted.offer);
  } catch (const Error& error) {
    events_.on_answer(wanted.viewer, fail(error));
  } catch (const std::exception& error) {
    events_.on_answer(wanted.viewer, fail(Errc::internal, error.what()));
  } catch (...) {
    events_.on_answer(wanted.viewer, fail(Errc::internal, "a callback of the robot's program failed"));
    throw;  // The callback thread logs it.
  }
}

void ViewerConnections::answer(ViewerId viewer, const RTCConnection& connection, const signal::Description& offer) {
  connection.on_close(weakly(
      weak_from_this(), [viewer](ViewerConnections& self, const std::optional<Error>&) { self.on_closed(viewer); }));
  connection.on_ready(
      weakly(weak_from_this(), [viewer](ViewerConnections& self) { self.events_.on_connected(viewer); }));
  // The engine's thread must not release the last reference to this object, and so to the connection that calls.
  connection.impl_->peer->answer(
      offer, [run = context_->executor(), weak = weak_from_this(), viewer](Result<signal::Description> answer) {
        run(weakly(weak, [viewer, answer = std::move(answer)](ViewerConnections& self) {
          self.events_.on_answer(viewer, answer);
        }));
      });
}

void ViewerConnections::on_closed(ViewerId viewer) {
  bool is_dropped = false;
  {
    decltype(viewers_)::node_type ended;  // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    ended = viewers_.extract(viewer);
    is_dropped = ended.empty();
  }
  if (ending_.contains(viewer)) close_now(viewer);
  return_memory();
  if (!is_dropped) events_.on_end(viewer);
}

void ViewerConnections::send_candidates(ViewerId viewer, const RTCConnection& connection) {
  connection.impl_->events->set_candidate_listener(
      weakly(weak_from_this(), [viewer](ViewerConnections& self, const std::optional<signal::Candidate>& candidate) {
        if (!candidate) return self.events_.on_candidates(viewer, {}, true);
        // Checked, because the other side may have taken over the engine.
        if (signal::check(*candidate)) self.events_.on_candidates(viewer, {*candidate}, false);
      }));
}

void ViewerConnections::add_candidates(session::AddCandidates wanted) {
  // After the connection was made, which happens on the same thread.
  run([wanted = std::move(wanted)](ViewerConnections& self) { self.add_now(wanted); });
}

void ViewerConnections::add_now(const session::AddCandidates& wanted) {
  std::optional<RTCConnection> connection;
  {
    const std::lock_guard lock(mutex_);
    const auto place = viewers_.find(wanted.viewer);
    if (place != viewers_.end()) connection = place->second;
  }
  if (!connection) return;
  for (const auto& candidate : wanted.candidates) {
    connection->impl_->peer->add_candidate(candidate);
  }
}

void ViewerConnections::drop(session::DropViewer dropped) {
  {
    const std::lock_guard lock(mutex_);
    ++closing_;
  }
  run([dropped = std::move(dropped)](ViewerConnections& self) { self.drop_now(dropped); });
}

void ViewerConnections::drop_now(const session::DropViewer& dropped) {
  std::optional<RTCConnection> connection;
  {
    const std::lock_guard lock(mutex_);
    if (auto found = viewers_.extract(dropped.viewer)) connection = std::move(found.mapped());
  }
  bool is_told = false;
  if (connection) {
    const control::End reason{.error = std::string(signal::code_of(dropped.why.value_or(signal::Refusal::robot_left))),
                              .message = dropped.reason,
                              .retry_after = dropped.retry_after};
    is_told = dropped.why && connection->impl_->announce_end(reason);
    ending_.emplace(dropped.viewer, Ending{.connection = std::move(*connection), .timer = nullptr});
  }
  if (!is_told) return close_now(dropped.viewer);
  const auto expired = [run = context_->executor(), weak = weak_from_this(), viewer = dropped.viewer] {
    run(weakly(weak, [viewer](ViewerConnections& self) {
      if (self.ending_.contains(viewer)) self.close_now(viewer);
    }));
  };
  ending_.at(dropped.viewer).timer = context_->io()->after(kEndTimeout, expired);
}

void ViewerConnections::close_now(ViewerId viewer) {
  if (const auto ended = ending_.extract(viewer)) {
    const RTCConnection& connection = ended.mapped().connection;
    connection.close();
    // The engine's thread closes the connection. When this returns, the other side has been notified.
    (void)connection.wait_closed(kCloseTimeout);
  }
  {
    const std::lock_guard lock(mutex_);
    --closing_;
  }
  has_closed_.notify_all();
}

void ViewerConnections::set_limit(std::optional<DataRate> total) {
  std::vector<std::pair<RTCConnection, DataRate>> changed;
  {
    const std::lock_guard lock(mutex_);
    limits_.set_total(total);
    std::vector<ViewerId> connected;
    for (const auto& [viewer, connection] : viewers_) {
      if (connection) connected.push_back(viewer);
    }
    for (const auto& [viewer, limit] : limits_.update(connected)) changed.emplace_back(*viewers_.at(viewer), limit);
  }
  for (const auto& [connection, limit] : changed) connection.set_max_bitrate(limit);
}

std::vector<RTCConnection> ViewerConnections::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<RTCConnection> connections;
  for (const auto& [viewer, connection] : viewers_) {
    if (connection) connections.push_back(*connection);
  }
  return connections;
}

bool ViewerConnections::wait_closed(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  return has_closed_.wait_until(lock, until, [this] { return closing_ == 0; });
}

}  // namespace rtcbot
