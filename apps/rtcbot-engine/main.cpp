// The WebRTC engine of a robot, in its own process. The robot starts it and communicates through descriptor 3. It has
// no flags, reads no files and opens no ports except those of its connections.
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string_view>

#include "host.hpp"
#include "rtcbot/engine/engine.hpp"
#include "rtcbot/process/child.hpp"
#include "rtcbot/process/message_socket.hpp"
#include "rtcbot/sandbox/sandbox.hpp"

namespace {

using namespace rtcbot;

constexpr int kUsageExit = 2;
constexpr std::chrono::seconds kTick{1};
/// The robot pings the engine four times a second.
constexpr int kMaxSilentTicks = 10;

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof(type);
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/// An emulator of another processor has no support for the kernel's filter.
bool wants_sandbox() {
  const char* said = std::getenv("RTCBOT_ENGINE_SANDBOX");
  return said == nullptr || std::strcmp(said, "off") != 0;
}

/// Writes an error to the robot's standard error.
int give_up(const Error& error) {
  std::cerr << "rtcbot-engine: " << error.what() << '\n';
  return EXIT_FAILURE;
}

int serve() {
  const bool is_confined = wants_sandbox();
  if (is_confined) {
    if (const auto dropped = sandbox::drop_privileges(); !dropped) return give_up(dropped.error());
  }
  const auto socket = std::make_shared<process::MessageSocket>(
      runtime::Descriptor(process::kParentDescriptor),
      process::MessageSocket::Limits{.max_message_bytes = ipc::kMaxCommandBytes});
  const engine_host::Outbox outbox(socket);
  const auto lookups = std::make_shared<engine_host::ForwardedLookups>(outbox);
  auto engine = engine::LocalEngine::create(
      [outbox](const LogRecord& record) { outbox.send(ipc::Log{.level = record.level, .message = record.message}); },
      [lookups](const std::string& host, std::function<void(std::vector<std::string>)> done) {
        lookups->ask(host, std::move(done));
      });
  if (!engine) return give_up(engine.error());
  engine_host::Host host(*engine, lookups, outbox);
  if (is_confined) {
    if (const auto confined = sandbox::enter({}); !confined) {
      std::cerr
          << "rtcbot-engine: to run without a sandbox, set RTCBOT_ENGINE_SANDBOX=off in the robot's environment\n";
      return give_up(confined.error());
    }
  }
  outbox.send(ipc::Ready{});
  int silent_ticks = 0;
  // Ends if the robot hangs, so that its viewers do not see it as present. Counts ticks of this process, so that a
  // pause of the whole machine does not count as a pause of the robot.
  socket->run(
      [&](const ipc::MessageBytes& bytes) {
        silent_ticks = 0;
        if (!host.on_message(bytes)) socket->stop();
      },
      kTick,
      [&] {
        if (++silent_ticks > kMaxSilentTicks) socket->stop();
      });
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--version") {
    std::cout << "rtcbot-engine " << RTCBOT_VERSION << '\n';
    return EXIT_SUCCESS;
  }
  if (count != 1 || !is_socket(process::kParentDescriptor)) {
    std::cerr << "rtcbot-engine runs WebRTC for a robot. The robot starts it; do not start it by hand.\n  --version   "
                 "prints its version\n";
    return kUsageExit;
  }
  // Ends with the robot, even if this process hangs and the robot is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // libwebrtc's threads may outlive static objects, so only the connections are closed.
  _exit(serve());
}
