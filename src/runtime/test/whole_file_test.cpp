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

}  // namespace
}  // namespace rtcbot::runtime
