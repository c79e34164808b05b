#include "rtcbot/actuator/inspect.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {
namespace {

using testing::HasSubstr;

Inspection inspected(const std::string& text) {
  const auto spec = parse_sink_spec(text);
  EXPECT_TRUE(spec) << text;
  return spec ? inspect(*spec) : Inspection{};
}

/// A folder with programs.
class Programs : public testing::Test {
 protected:
  Programs() {
    char name[] = "/tmp/rtcbot-inspect-XXXXXX";
    EXPECT_NE(mkdtemp(name), nullptr);
    folder = name;
  }
  ~Programs() override { std::filesystem::remove_all(folder); }

  /// @return the path
  std::string add(const std::string& name, const std::string& text, mode_t mode = 0755) const {
    const std::string path = folder + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  void expect_broken(const std::string& command, const std::string& found, const std::string& remedy) const {
    SCOPED_TRACE(command);
    const auto result = inspected("exec:" + command);
    EXPECT_FALSE(result.works);
    EXPECT_THAT(result.found, HasSubstr(found));
    EXPECT_THAT(result.remedy, HasSubstr(remedy));
  }

  std::string folder;
};

TEST_F(Programs, AreFoundWithoutBeingStarted) {
  for (const char* command : {"exec:cat", "exec:  /bin/cat -u", "exec:X=1 ./whatever", "exec:cd"}) {
    EXPECT_TRUE(inspected(command).works) << command;
  }
  const std::string mark = folder + "/mark";
  EXPECT_TRUE(inspected("exec:touch " + mark).works);
  EXPECT_NE(access(mark.c_str(), F_OK), 0) << "it was started";
}

TEST_F(Programs, ThatDoNotExistAreToBeInstalledOrNamedByTheirPath) {
  expect_broken("there-is-no-such-program --flag", "'there-is-no-such-program' does not exist", "whole path");
  expect_broken(folder + "/nothing", "does not exist", "Check the path");
  expect_broken("./nothing", "does not exist in the folder /", "a service starts in the folder /");
}

TEST_F(Programs, ThatCannotBeStartedHaveARemedy) {
  const auto plain = add("motors.py", "#!/usr/bin/env python3\n", 0644);
  expect_broken(plain, "is not executable", "chmod +x " + plain);
  expect_broken(folder, "is a folder", "Name the program in it");
  const auto gone = add("gone", "#!/usr/bin/pythn -u\n");
  expect_broken(gone, "the interpreter of '" + gone + "', '/usr/bin/pythn', does not exist", "first line of " + gone);
  expect_broken(add("env", "#! /usr/bin/env pythn\n"), "'pythn', does not exist", "Install it");
  const auto windows = add("windows", "#!/bin/sh\r\necho\r\n");
  expect_broken(windows, "like a line of Windows", "sed -i 's/\\r$//' " + windows);
  std::string elf(64, '\0');
  std::ifstream("/proc/self/exe", std::ios::binary).read(elf.data(), 64);
  elf[18] = static_cast<char>(elf[18] ^ 1);
  expect_broken(add("elf", elf), "for another processor", "for this one");
}

TEST_F(Programs, OfAnInterpreterNeedTheirScript) {
  expect_broken("sh " + folder + "/nothing.sh", "the script '" + folder + "/nothing.sh' does not exist",
                "Check the path");
  expect_broken("python3 nothing.py", "the script 'nothing.py' does not exist in the folder /", "whole path");
  EXPECT_TRUE(inspected("exec:sh " + add("some.sh", "", 0644)).works) << "the interpreter reads it";
  EXPECT_TRUE(inspected("exec:sh -u").works);
}

TEST_F(Programs, ThatWorkAreNotSuspected) {
  EXPECT_TRUE(inspected("exec:" + add("script", "#!/bin/sh\n")).works);
  EXPECT_TRUE(inspected("exec:" + add("env-script", "#!/usr/bin/env sh\n")).works);
  EXPECT_TRUE(inspected("exec:" + add("no-interpreter", "echo\n")).works) << "the shell runs it";
}

TEST(InspectSink, OpensThePort) {
  const runtime::Descriptor master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(master.is_open());
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const std::string port = std::string("serial:") + ptsname(master.get());
  EXPECT_TRUE(inspected(port).works);
  EXPECT_TRUE(inspected(port).works) << "nothing of the first inspection is left";
}

TEST(InspectSink, NamesTheRemedyForAPort) {
  const auto missing = inspected("serial:/dev/there-is-no-such-port");
  EXPECT_FALSE(missing.works);
  EXPECT_THAT(missing.remedy, testing::StartsWith("Plug the board in, or name another port. "));
  const auto other = inspected("serial:/dev/null");
  EXPECT_FALSE(other.works);
  EXPECT_THAT(other.remedy, testing::StartsWith("Name a serial port. "));
}

TEST(InspectSink, SaysThatAnotherProgramHasThePort) {
  const runtime::Descriptor master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const std::string path = ptsname(master.get());
  const runtime::Descriptor other(open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
  const auto result = inspected("serial:" + path);
  EXPECT_FALSE(result.works);
  EXPECT_THAT(result.remedy, HasSubstr("sudo fuser -v " + path));
}

TEST(InspectSink, LooksNamesUp) {
  EXPECT_TRUE(inspected("udp:127.0.0.1:9000").works);
  const auto unknown = inspected("udp:there.is.no.such.host.invalid:9000");
  EXPECT_FALSE(unknown.works);
  EXPECT_THAT(unknown.remedy, HasSubstr("getent hosts there.is.no.such.host.invalid"));
}

TEST(InspectSink, HasNothingAgainstTheRest) {
  EXPECT_TRUE(inspected("stdout").works);
  EXPECT_TRUE(inspected("none").works);
}

}  // namespace
}  // namespace rtcbot::actuator
