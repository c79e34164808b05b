#include "rtcbot/actuator/inspect.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {
namespace {

using testing::HasSubstr;

Result<std::string> inspected(const std::string& text) {
  const auto spec = parse_sink_spec(text);
  return spec ? inspect(*spec) : fail(spec.error());
}

TEST(InspectSink, FindsTheProgramWithoutStartingIt) {
  EXPECT_TRUE(inspected("exec:cat"));
  EXPECT_TRUE(inspected("exec:  /bin/cat -u"));
  const auto missing = inspected("exec:there-is-no-such-program --flag");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what(), HasSubstr("there-is-no-such-program"));
  EXPECT_FALSE(inspected("exec:/etc/passwd")) << "not executable";
  EXPECT_TRUE(inspected("exec:X=1 ./whatever")) << "only the shell can tell";
  char folder[] = "/tmp/rtcbot-inspect-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string mark = std::string(folder) + "/mark";
  EXPECT_TRUE(inspected("exec:touch " + mark));
  EXPECT_NE(access(mark.c_str(), F_OK), 0) << "it was started";
  rmdir(folder);
}

TEST(InspectSink, OpensThePort) {
  const runtime::Descriptor master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(master.is_open());
  ASSERT_EQ(grantpt(master.get()), 0);
  ASSERT_EQ(unlockpt(master.get()), 0);
  const std::string port = std::string("serial:") + ptsname(master.get());
  EXPECT_TRUE(inspected(port));
  EXPECT_TRUE(inspected(port)) << "nothing of the first inspection is left";
  EXPECT_FALSE(inspected("serial:/dev/there-is-no-such-port"));
}

TEST(InspectSink, LooksNamesUp) {
  EXPECT_TRUE(inspected("udp:127.0.0.1:9000"));
  EXPECT_FALSE(inspected("udp:there.is.no.such.host.invalid:9000"));
}

TEST(InspectSink, HasNothingAgainstTheRest) {
  EXPECT_TRUE(inspected("stdout"));
  EXPECT_TRUE(inspected("none"));
}

}  // namespace
}  // namespace rtcbot::actuator
