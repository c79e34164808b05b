#include "../listener.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Listener, WithoutACallbackDoesNothing) {
  const Listener<int> listener;
  listener(1);
  EXPECT_FALSE(listener.is_set());
}

TEST(Listener, CallsTheCallbackThatWasSetLast) {
  Listener<int> listener;
  int sum = 0;
  listener.set([&](int value) { sum -= value; });
  listener.set([&](int value) { sum += value; });
  listener(2);
  EXPECT_EQ(sum, 2);
  EXPECT_TRUE(listener.is_set());
}

TEST(Listener, LetsItsCallbackReplaceItself) {
  Listener<> listener;
  int calls = 0;
  listener.set([&] {
    ++calls;
    listener.set({});
  });
  listener();
  listener();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace rtcbot
