#include "rtcbot/ipc/splitter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rtcbot::ipc {
namespace {

std::vector<std::uint8_t> framed(const std::string& text) {
  std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(text.size()), 0, 0, 0};
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

std::vector<std::uint8_t> stream() {
  std::vector<std::uint8_t> bytes;
  for (const std::string text : {"one", "t", "three and more"}) {
    const auto message = framed(text);
    bytes.insert(bytes.end(), message.begin(), message.end());
  }
  return bytes;
}

std::string text_of(const MessageBytes& message) { return {message.view().begin(), message.view().end()}; }

TEST(Splitter, CutsAStreamHoweverItArrives) {
  const auto bytes = stream();
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    SCOPED_TRACE(step);
    Splitter splitter(100);
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const auto part = std::span(bytes).subspan(at, std::min(step, bytes.size() - at));
      ASSERT_TRUE(splitter.feed(part, [&](const MessageBytes& message) { texts.push_back(text_of(message)); }));
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"one", "t", "three and more"}));
  }
}

TEST(Splitter, RefusesAMessageOverTheLimitBeforeItTakesMemory) {
  Splitter splitter(1000);
  const std::vector<std::uint8_t> huge{255, 255, 255, 255, 1};
  const auto fed = splitter.feed(huge, [](const MessageBytes&) { FAIL(); });
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().code(), Errc::too_large);
}

TEST(Splitter, RefusesAnEmptyMessage) {
  Splitter splitter(1000);
  const std::vector<std::uint8_t> empty{0, 0, 0, 0};
  EXPECT_FALSE(splitter.feed(empty, [](const MessageBytes&) { FAIL(); }).has_value());
}

}  // namespace
}  // namespace rtcbot::ipc
