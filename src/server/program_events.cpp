#include "program_events.hpp"

#include <set>
#include <utility>

#include "public_options.hpp"
#include "rtcbot/base/log_sampler.hpp"

namespace rtcbot::server {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

void log_some(LogSampler& sampler, const LogSink& log, const std::string& message) {
  if (const auto note = sampler.next(); note && log) log({LogLevel::error, "server", message + *note});
}

/// Turns the changes of robots into the program's two events.
class RobotEvents {
 public:
  RobotEvents(const SignallingServer::Hooks& hooks, std::shared_ptr<runtime::CallbackThread> callbacks)
      : on_online_(hooks.on_robot_online), on_offline_(hooks.on_robot_offline), callbacks_(std::move(callbacks)) {}

  void changed(const broker::RobotChanged& change, const std::string& address) {
    const auto& name = change.name.text();
    if (change.is_online && online_.insert(name).second && on_online_) {
      callbacks_->post(
          [hook = on_online_,
           robot = SignallingServer::RobotInfo{
               .name = name, .address = address, .viewers = change.viewers, .camera = change.camera}] { hook(robot); });
    }
    if (!change.is_online && !change.is_replaced && online_.erase(name) > 0 && on_offline_) {
      callbacks_->post([hook = on_offline_, name] { hook(name); });
    }
  }

 private:
  const std::function<void(const SignallingServer::RobotInfo&)> on_online_;
  const std::function<void(const std::string&)> on_offline_;
  const std::shared_ptr<runtime::CallbackThread> callbacks_;
  std::set<std::string> online_;
};

}  // namespace

std::function<std::optional<access::Credential>(const net::HttpRequest&)> authenticate_by(
    std::function<std::optional<SignallingServer::Identity>(const HttpRequest&)> hook, LogSink log) {
  return [hook = std::move(hook), log = std::move(log),
          sampler = LogSampler()](const net::HttpRequest& request) mutable -> std::optional<access::Credential> {
    std::optional<SignallingServer::Identity> identity;
    try {
      identity = hook(HttpRequest{request});
    } catch (const std::exception& error) {
      log_some(sampler, log, std::string("authenticate threw: ") + error.what());
    }
    if (!identity) return std::nullopt;
    auto credential = credential_of(*identity);
    if (credential) return std::move(*credential);
    log_some(sampler, log, std::string("authenticate returned no valid identity: ") + credential.error().what());
    return std::nullopt;
  };
}

Signalling::Events program_events(const SignallingServer::Hooks& hooks,
                                  std::shared_ptr<runtime::CallbackThread> callbacks) {
  Signalling::Events events;
  if (hooks.on_robot_online || hooks.on_robot_offline) {
    events.robot_changed = [robots = std::make_shared<RobotEvents>(hooks, callbacks)](
                               const broker::RobotChanged& change, const std::string& address) {
      robots->changed(change, address);
    };
  }
  if (hooks.on_offer) {
    events.offers.began = [hook = hooks.on_offer, callbacks](const std::string& id, const signal::RobotName& robot,
                                                             const std::string& remote) {
      callbacks->post([hook, offer = SignallingServer::Offer{id, robot.text(), remote}] { hook(offer); });
    };
  }
  if (hooks.on_offer_end) {
    events.offers.ended = [hook = hooks.on_offer_end, callbacks](const std::string& id, const signal::RobotName& robot,
                                                                 int status, Duration took) {
      callbacks->post([hook, end = SignallingServer::OfferEnd{id, robot.text(), status,
                                                              duration_cast<milliseconds>(took)}] { hook(end); });
    };
  }
  return events;
}

std::function<void(Call)> on_callback_thread(SignallingServer::Handler handler,
                                             std::shared_ptr<runtime::CallbackThread> callbacks, LogSink log) {
  const auto sampler = std::make_shared<LogSampler>();  // Used only on the callback thread.
  return [handler = std::move(handler), callbacks = std::move(callbacks), log = std::move(log), sampler](Call call) {
    callbacks->post([handler, log, sampler, call = std::move(call)] {
      SignallingServer::Request request;
      static_cast<net::HttpRequest&>(request) = call.request;
      request.parameters = call.parameters;
      if (call.caller.grant) request.identity = identity_of(*call.caller.grant);
      call.respond(http::run_handler([&](const HttpRequest&) { return handler(request); }, request,
                                     [&](const std::string& what) {
                                       log_some(*sampler, log,
                                                "the handler of " + call.request.path + " threw: " + what);
                                     }));
    });
  };
}

}  // namespace rtcbot::server
