#include "rtcbot/base/weakly.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Weakly, CallsWhileTheObjectExists) {
  auto object = std::make_shared<int>(40);
  int seen = 0;
  const std::function<void(int)> call =
      weakly(std::weak_ptr(object), [&](int& value, int more) { seen = value + more; });
  call(2);
  EXPECT_EQ(seen, 42);
  object.reset();
  seen = 0;
  call(2);
  EXPECT_EQ(seen, 0);
}

TEST(Weakly, KeepsTheObjectDuringTheCallOnly) {
  auto object = std::make_shared<int>(1);
  const std::weak_ptr weak(object);
  auto call = weakly(weak, [&](int& value) {
    object.reset();
    EXPECT_EQ(value, 1);
  });
  EXPECT_EQ(object.use_count(), 1);
  call();
  EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace rtcbot
