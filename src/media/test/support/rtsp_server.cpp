#include "support/rtsp_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace rtcbot::media {
namespace {

constexpr int kPatienceMs = 20'000;

std::string first_line_of(int descriptor) {
  std::string line;
  char c = 0;
  pollfd input{descriptor, POLLIN, 0};
  while (poll(&input, 1, kPatienceMs) > 0 && read(descriptor, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

RtspServer::RtspServer(const std::vector<std::string>& arguments) {
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> words{"/usr/bin/python3", "-B", RTSP_SERVER};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int failed = posix_spawn(&process_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  if (failed == 0) port_ = first_line_of(out[0]);
  close(out[0]);
  EXPECT_NE(port_, "") << "rtsp_server.py does not start; is gir1.2-gst-rtsp-server-1.0 installed?";
}

RtspServer::~RtspServer() {
  close(input_);
  if (process_ <= 0) return;
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

}  // namespace rtcbot::media
