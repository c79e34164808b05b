#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>

#include "rtcbot/runtime/descriptor.hpp"
#include "support/watcher.hpp"

namespace rtcbot::actuator {
namespace {

using namespace testing;
using ::testing::EndsWith;
using ::testing::StartsWith;

/// A board at the other end of a cable, which may be pulled out: a pseudo-terminal behind a name that stays.
class Serial : public ::testing::Test {
 protected:
  Serial() {
    std::string made = (std::filesystem::temp_directory_path() / "serial-XXXXXX").string();
    folder_ = mkdtemp(made.data());
    name_ = folder_ / "ttyUSB0";
  }
  ~Serial() override { std::filesystem::remove_all(folder_); }

  void plug_in() {
    board_ = runtime::Descriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    ASSERT_EQ(grantpt(board_.get()), 0);
    ASSERT_EQ(unlockpt(board_.get()), 0);
    std::array<char, 64> path{};
    ASSERT_EQ(ptsname_r(board_.get(), path.data(), path.size()), 0);
    std::filesystem::remove(name_);
    std::filesystem::create_symlink(path.data(), name_);
  }
  void unplug() {
    std::filesystem::remove(name_);
    board_.close();
  }
  std::unique_ptr<safety::Sink> open(const std::string& settings) {
    return parse_sink("serial:" + name_.string() + settings, watcher_.options()).value();
  }
  /// What the board has read so far.
  const std::string& seen() {
    std::array<char, 4096> chunk{};
    for (ssize_t count = 0; (count = read(board_.get(), chunk.data(), chunk.size())) > 0;) {
      seen_.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return seen_;
  }
  void tell(std::string_view bytes) const {
    EXPECT_EQ(::write(board_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  std::filesystem::path folder_, name_;
  runtime::Descriptor board_;
  std::string seen_;
  Watcher watcher_;
};

TEST_F(Serial, WritesLinesOfJsonUnchangedByTheTerminal) {
  plug_in();
  const auto sink = open("");
  EXPECT_TRUE(until([&] { return sink->write(forward()); }));
  EXPECT_TRUE(until([&] { return without_times(seen()) == line_without_time(forward()); })) << seen_;
}

TEST_F(Serial, WritesRecordsInAnyByteAndAStopAtTheEnd) {
  plug_in();
  auto sink = open("?baud=9600&write=<hh&begin=0a0d&scale=2560");
  EXPECT_TRUE(until([&] { return sink->write(forward()); }));
  EXPECT_TRUE(until([&] { return seen() == std::string("\n\r\0\0\0\n", 6); }));
  sink.reset();
  EXPECT_EQ(seen(), std::string("\n\r\0\0\0\n\n\r\0\0\0\0", 12));
}

TEST_F(Serial, TellsWhatTheBoardSays) {
  plug_in();
  const auto sink = open("?read=<hB&names=current,battery&begin=c069");
  EXPECT_TRUE(watcher_.has_said("is open"));
  tell(std::string_view("boot\xc0\x69\x10\x00\x0b", 9));
  EXPECT_TRUE(watcher_.was_told({{"current", 16}, {"battery", 11}}));
}

TEST_F(Serial, TellsLinesOfJsonToo) {
  plug_in();
  const auto sink = open("");
  EXPECT_TRUE(watcher_.has_said("is open"));
  tell("{\"battery\":12.5}\r\n");
  EXPECT_TRUE(watcher_.was_told({{"battery", 12.5}}));
}

TEST_F(Serial, IsOpenedOnceItIsPluggedInAndAgainAfterItWasPulledOut) {
  const auto sink = open("?write=<bb");
  EXPECT_TRUE(watcher_.has_said("is it plugged in?"));
  EXPECT_FALSE(sink->write(forward()));
  plug_in();
  EXPECT_TRUE(until([&] { return sink->write(forward()); }));
  unplug();
  EXPECT_TRUE(until([&] { return !sink->write(forward()); }));
  EXPECT_TRUE(watcher_.has_said("was unplugged or failed"));
  plug_in();
  seen_.clear();
  EXPECT_TRUE(until([&] { return sink->write(stop()); }));
  EXPECT_TRUE(until([&] { return seen() == std::string("\0\0", 2); })) << "and nothing from before";
}

TEST_F(Serial, SaysThatItIsMissingOnce) {
  const auto sink = open("");
  EXPECT_TRUE(watcher_.has_said("is it plugged in?"));
  // The next attempts come after 100, 200 and 400 ms; another reason would be another line.
  std::filesystem::create_directory(name_);
  EXPECT_TRUE(watcher_.has_said("cannot be opened: Is a directory"));
  EXPECT_EQ(watcher_.logs().size(), 2u);
}

TEST_F(Serial, ThatIsNoPortIsRefusedWithAReason) {
  std::filesystem::create_symlink("/dev/null", name_);
  const auto sink = open("");
  EXPECT_TRUE(watcher_.has_said("is not a serial port"));
}

TEST_F(Serial, WhoseBoardDoesNotReadHoldsNobodyUpAndTearsNothing) {
  plug_in();
  const auto sink = open("?write=<bbbbbbb&begin=c069&fields=axis0,axis1,axis2,axis3,axis4,axis5,axis6&scale=64");
  EXPECT_TRUE(until([&] { return sink->write(forward()); }));
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 20'000; ++i) (void)sink->write(forward());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kGenerous);
  const std::string record("\xc0\x69\0\x40\0\0\0\0\0", 9);
  EXPECT_TRUE(until([&] {
    (void)seen();
    return sink->write(stop());
  }));
  EXPECT_TRUE(until([&] { return seen().ends_with(std::string("\xc0\x69\0\0\0\0\0\0\0", 9)); }));
  ASSERT_EQ(seen_.size() % record.size(), 0u);
  for (std::size_t at = 0; at + record.size() < seen_.size(); at += record.size()) {
    ASSERT_EQ(seen_.substr(at, record.size()), record) << at;
  }
}

TEST_F(Serial, LeavesABoardThatBeginsAnewItsTime) {
  plug_in();
  const auto sink = open("?delay=30000");
  EXPECT_TRUE(watcher_.has_said("is open"));
  EXPECT_FALSE(sink->write(forward()));
  EXPECT_EQ(seen(), "");
}

TEST_F(Serial, BelongsToOneProgram) {
  plug_in();
  auto sink = open("");
  EXPECT_TRUE(watcher_.has_said("is open"));
  Watcher second;
  const auto other = parse_sink("serial:" + name_.string(), second.options()).value();
  EXPECT_TRUE(second.has_said("cannot be opened: Device or resource busy; another program uses it"));
  EXPECT_FALSE(other->write(forward()));
  // Root gets it opened all the same, and sees that it should not.
  const runtime::Descriptor intruder(::open(name_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  int exclusive = 0;
  EXPECT_TRUE(!intruder.is_open() || (ioctl(intruder.get(), TIOCGEXCL, &exclusive) == 0 && exclusive == 1));
  sink.reset();
  EXPECT_TRUE(second.has_said("is open")) << "and it is the other's once the first has let go of it";
}

TEST_F(Serial, IsNotTakenFromAProgramThatHasLockedIt) {
  plug_in();
  runtime::Descriptor terminal(::open(name_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_EQ(flock(terminal.get(), LOCK_EX), 0);
  termios before{}, now{};
  ASSERT_EQ(tcgetattr(terminal.get(), &before), 0);
  const auto sink = open("?baud=57600");
  EXPECT_TRUE(watcher_.has_said("another program uses it"));
  ASSERT_EQ(tcgetattr(terminal.get(), &now), 0);
  EXPECT_EQ(cfgetospeed(&now), cfgetospeed(&before)) << "its settings are the other's";
  terminal.close();
  EXPECT_TRUE(watcher_.has_said("is open"));
}

TEST_F(Serial, MeansItsBaudRate) {
  plug_in();
  const auto sink = open("?baud=57600");
  EXPECT_TRUE(watcher_.has_said("is open"));
  termios settings{};
  ASSERT_EQ(tcgetattr(board_.get(), &settings), 0);
  EXPECT_EQ(cfgetospeed(&settings), static_cast<speed_t>(B57600));
  EXPECT_EQ(settings.c_lflag & static_cast<tcflag_t>(ECHO | ICANON), 0u);
}

}  // namespace
}  // namespace rtcbot::actuator
