// Gives every file of some folders to a fuzz target: the seeds, and what once broke it.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  std::istringstream folders(RTCBOT_REPLAY_FOLDERS);
  for (std::string folder; std::getline(folders, folder, ':');) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) found.push_back(entry.path());
  }
  return found;
}

TEST(FuzzTarget, SurvivesItsSeedsAndEveryInputThatOnceBrokeIt) {
  const auto paths = files();
  EXPECT_GT(paths.size(), 3u) << RTCBOT_REPLAY_FOLDERS;
  for (const auto& path : paths) {
    SCOPED_TRACE(path);
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
  }
}

}  // namespace
