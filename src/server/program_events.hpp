#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "authenticator.hpp"
#include "rtcbot/runtime/callback_thread.hpp"
#include "rtcbot/signalling_server.hpp"
#include "signalling.hpp"
#include "web_front.hpp"

namespace rtcbot::server {

/// The program's hook as the authenticator calls it. What it throws, or returns that is no valid identity, is logged
/// and counts as nothing.
[[nodiscard]] std::function<std::optional<access::Credential>(const net::HttpRequest&)> authenticate_by(
    std::function<std::optional<SignallingServer::Identity>(const HttpRequest&)> hook, LogSink log);

/// The server's events for the program's hooks, which run on the callback thread.
[[nodiscard]] Signalling::Events program_events(const SignallingServer::Hooks& hooks,
                                                std::shared_ptr<runtime::CallbackThread> callbacks);

/// The answer of a route whose handler runs on the callback thread.
[[nodiscard]] std::function<void(Call)> on_callback_thread(SignallingServer::Handler handler,
                                                           std::shared_ptr<runtime::CallbackThread> callbacks,
                                                           LogSink log);

}  // namespace rtcbot::server
