// The WebRTC engine of a robot, in a process of its own. The robot starts it and talks to it by descriptor 3; it has no
// flags, reads no files and opens no ports but those of its connections.
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
/// The robot asks four times a second whether the engine hangs.
constexpr int kMaxSilentTicks = 10;

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof(type);
  return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/// Under an emulator of another processor the kernel's filter cannot be had.
bool wants_sandbox() {
  const char* said = std::getenv("RTCBOT_ENGINE_SANDBOX");
  return said == nullptr || std::strcmp(said, "off") != 0;
}

/// What went wrong, as the last word to the robot's own standard error.
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
      std::cerr << "rtcbot-engine: RTCBOT_ENGINE_SANDBOX=off in the robot's environment does without a sandbox\n";
      return give_up(confined.error());
    }
  }
  outbox.send(ipc::Ready{});
  int silent_ticks = 0;
  // A robot that hangs shall not look to its viewers as if it were there. Counted in ticks of this process, so that a
  // pause of the whole machine is none of the robot.
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
    std::cerr << "rtcbot-engine runs WebRTC for a robot, which starts it: there is nothing to be started by hand.\n"
                 "  --version   prints its version\n";
    return kUsageExit;
  }
  // Not longer than the robot, also when this process hangs and that one is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // libwebrtc's threads may outlast static objects: nothing is taken down but the connections.
  _exit(serve());
}
