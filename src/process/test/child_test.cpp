#include "rtcbot/process/child.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>

namespace rtcbot::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A script of its own, gone with the object.
class Script {
 public:
  explicit Script(const std::string& text) {
    path_ = testing::TempDir() + "rtcbot_child_test_" + std::to_string(getpid()) + ".sh";
    std::ofstream(path_) << "#!/bin/sh\n" << text << "\n";
    chmod(path_.c_str(), 0700);
  }
  ~Script() { std::remove(path_.c_str()); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_all(int socket) {
  std::string text;
  char part[256];
  for (ssize_t count = 0; (count = read(socket, part, sizeof(part))) > 0;)
    text.append(part, static_cast<size_t>(count));
  return text;
}

TEST(Child, SpeaksByItsSocketAndHasNothingElseOfOurs) {
  const Script script("ls /proc/self/fd >&3");
  auto child = Child::start(script.path());
  ASSERT_TRUE(child.has_value());
  const auto socket = child->take_socket();
  // 3 is the socket, the other one `ls` itself opens to look.
  EXPECT_EQ(read_all(socket.get()), "0\n1\n2\n3\n4\n");
  EXPECT_EQ(child->wait(seconds(20)), "ended with exit code 0");
}

TEST(Child, InheritsNoSecrets) {
  setenv("RTCBOT_TOKEN", "very-secret", 1);
  const Script script("echo \"token=$RTCBOT_TOKEN home=$HOME\" >&3");
  auto child = Child::start(script.path());
  unsetenv("RTCBOT_TOKEN");
  ASSERT_TRUE(child.has_value());
  const auto socket = child->take_socket();
  const std::string said = read_all(socket.get());
  EXPECT_EQ(said.find("very-secret"), std::string::npos);
  EXPECT_NE(said.find("token= home=/"), std::string::npos) << said;
}

TEST(Child, IsKilledWhenItDoesNotEnd) {
  const Script script("exec sleep 1000");
  auto child = Child::start(script.path());
  ASSERT_TRUE(child.has_value());
  const pid_t pid = child->pid();
  EXPECT_EQ(child->wait(milliseconds(1)), "did not end and was killed");
  EXPECT_NE(kill(pid, 0), 0) << "not even a zombie is left";
}

TEST(Child, SaysByWhichSignalItEnded) {
  const Script script("kill -ABRT $$");
  auto child = Child::start(script.path());
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(child->wait(seconds(20)), "was ended by SIGABRT");
}

TEST(Child, SaysThatThereIsNoSuchProgram) {
  const auto child = Child::start("/nonexistent/program");
  ASSERT_FALSE(child.has_value());
  EXPECT_NE(std::string(child.error().what()).find("/nonexistent/program"), std::string::npos);
}

}  // namespace
}  // namespace rtcbot::process
