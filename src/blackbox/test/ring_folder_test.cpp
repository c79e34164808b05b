#include "ring_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/box_folder.hpp"

namespace rtcbot::blackbox {
namespace {

using testing::BoxFolder;

std::vector<std::string> names_in(const BoxFolder& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& file : ring_files(folder.path(), error)) names.push_back(file.name());
  return names;
}

void put(RingFolder& ring, std::string_view extension, std::size_t bytes) {
  ASSERT_TRUE(ring.append(extension, std::string(bytes, 'x')).has_value());
}

/// A file of records that was begun first and written to last, beside two of video.
void fill(RingFolder& ring) {
  ASSERT_EQ(ring.begin("log").value(), "0000000001.log");
  ASSERT_EQ(ring.begin("h264").value(), "0000000002.h264");
  put(ring, "h264", 400);
  ASSERT_EQ(ring.begin("h264").value(), "0000000003.h264");
  put(ring, "h264", 300);
  put(ring, "log", 200);
}

TEST(RingFolder, DeletesFirstWhatWasWrittenToTheLongestAgo) {
  const BoxFolder folder;
  const auto ring = RingFolder::open(folder.path(), 1'000).value();
  fill(*ring);
  ASSERT_TRUE(ring->begin("log").has_value());
  put(*ring, "h264", 300);
  EXPECT_EQ(names_in(folder), (std::vector<std::string>{"0000000001.log", "0000000003.h264", "0000000004.log"}));
  EXPECT_EQ(ring->bytes(), 800u);
}

TEST(RingFolder, KnowsThatOfAnEarlierRunToo) {
  const BoxFolder folder;
  fill(*RingFolder::open(folder.path(), 1'000).value());
  // As of a run that took longer than a file system's clock ticks.
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(folder.path() / "0000000002.h264", now - std::chrono::seconds(60));
  std::filesystem::last_write_time(folder.path() / "0000000003.h264", now - std::chrono::seconds(1));
  std::filesystem::last_write_time(folder.path() / "0000000001.log", now);
  const auto ring = RingFolder::open(folder.path(), 1'000).value();
  ASSERT_TRUE(ring->begin("log").has_value());
  put(*ring, "log", 300);
  EXPECT_EQ(names_in(folder), (std::vector<std::string>{"0000000001.log", "0000000003.h264", "0000000004.log"}));
}

TEST(RingFolder, NeverDeletesWhatIsBeingWritten) {
  const BoxFolder folder;
  const auto ring = RingFolder::open(folder.path(), 1'000).value();
  ASSERT_TRUE(ring->begin("log").has_value());
  put(*ring, "log", 900);
  EXPECT_FALSE(ring->append("log", std::string(200, 'x')).has_value());
}

}  // namespace
}  // namespace rtcbot::blackbox
