#include "rtcbot/runtime/whole_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace rtcbot::runtime {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(WholeFile, TakesThePlaceOfTheOldOne) {
  std::string folder = "/tmp/rtcbot-whole-file-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path path = std::filesystem::path(folder) / "new" / "state";
  EXPECT_TRUE(write_whole_file(path, "one\n"));
  EXPECT_TRUE(write_whole_file(path, "2\n"));
  EXPECT_EQ(text_of(path), "2\n");
  EXPECT_FALSE(write_whole_file(path / "below a file", "x"));
  EXPECT_EQ(text_of(path), "2\n");
  std::filesystem::remove_all(folder);
}

TEST(WholeFile, IsReadOrTheReasonIsGiven) {
  std::string folder = "/tmp/rtcbot-whole-file-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path path = std::filesystem::path(folder) / "state";
  EXPECT_STREQ(read_whole_file(path).error().what(), ("'" + path.string() + "' does not exist").c_str());
  const std::string text(100'000, 'x');
  EXPECT_TRUE(write_whole_file(path, text));
  EXPECT_EQ(read_whole_file(path).value_or(""), text);
  EXPECT_STREQ(read_whole_file(folder).error().what(), ("'" + folder + "' is a folder, not a file").c_str());
  EXPECT_STREQ(read_whole_file("/dev/null").error().what(), "'/dev/null' is not a file");
  EXPECT_STREQ(read_whole_file("/proc/self/mem").error().what(), "'/proc/self/mem' cannot be read");
  EXPECT_STREQ(read_whole_file(path, 99'999).error().what(),
               ("'" + path.string() + "' is larger than 99999 bytes").c_str());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rtcbot::runtime
