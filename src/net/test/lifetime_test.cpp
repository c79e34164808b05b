#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: robot\r\n\r\n";
constexpr std::string_view kGetLater = "GET /later HTTP/1.1\r\nHost: robot\r\n\r\n";

TEST(IoThread, RunsTasksOnItself) {
  const auto io = IoThread::create();
  Inbox<bool> ran;
  io->post([&] { ran.put(io->is_current()); });
  EXPECT_EQ(ran.take(), true);
  EXPECT_FALSE(io->is_current());
}

TEST(IoThread, RunsATaskAfterItsDelay) {
  const auto io = IoThread::create();
  Inbox<std::chrono::steady_clock::time_point> ran;
  const auto began = std::chrono::steady_clock::now();
  const auto timer = io->after(20ms, [&] { ran.put(std::chrono::steady_clock::now()); });
  EXPECT_GE(ran.take().value_or(began) - began, 20ms);
}

TEST(IoThread, DoesNotRunATaskWhoseHandleIsDropped) {
  const auto io = IoThread::create();
  Inbox<int> ran;
  auto dropped = io->after(1s, [&] { ran.put(1); });
  dropped.reset();
  const auto kept = io->after(1050ms, [&] { ran.put(2); });
  EXPECT_EQ(ran.take(), 2);
}

TEST(IoThread, DestroysWhatATaskHoldsWhenItsHandleIsDropped) {
  const auto io = IoThread::create();
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  auto timer = io->after(1h, [held = std::move(held)] {});
  timer.reset();
  EXPECT_TRUE(eventually([&] { return watch.expired(); }));
}

TEST(IoThread, DropsWhatHasNotRun) {
  auto io = IoThread::create();
  const auto held = std::make_shared<int>(1);
  const auto timer = io->after(1h, [held] {});
  io.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Stop, FinishesWhatIsBeingAnsweredAndClosesTheRest) {
  TestServer server;
  RawClient idle(server.port());
  ASSERT_TRUE(idle.send(kGet));
  ASSERT_THAT(idle.read_response(), HasSubstr("200 OK"));
  RawClient busy(server.port());
  ASSERT_TRUE(busy.send(kGetLater));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto client = value_or_throw(dial_and_wait(server.io(), {.url = server.url()}));
  const auto ear = Ear::on(*client);

  auto stopped = std::async(std::launch::async, [&] { server.server().stop(20s); });
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{}).code, 1012);
  asked->responder->respond({.body = "finished"});

  EXPECT_THAT(busy.read_to_end(), EndsWith("finished"));
  busy.close();
  EXPECT_EQ(stopped.wait_for(kTimeout), std::future_status::ready);
  EXPECT_EQ(server.server().stats().connections_open, 0);
  EXPECT_FALSE(RawClient(server.port()).is_connected());
}

TEST(Stop, DoesNotWaitLongerThanItIsTold) {
  TestServer server;
  RawClient busy(server.port());
  ASSERT_TRUE(busy.send(kGetLater));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto gone = std::make_shared<Inbox<bool>>();
  asked->responder->on_abandoned([gone] { gone->put(true); });

  server.server().stop(50ms);

  EXPECT_EQ(server.server().stats().connections_open, 0);
  EXPECT_TRUE(gone->take());
  busy.read_to_end();
  asked->responder->respond({.body = "nobody is there"});
}

TEST(Stop, MayHappenOnTheIoThread) {
  TestServer server;
  RawClient idle(server.port());
  ASSERT_TRUE(idle.send(kGet));
  ASSERT_THAT(idle.read_response(), HasSubstr("200 OK"));

  Inbox<bool> done;
  server.io()->post([&] {
    server.destroy();
    done.put(true);
  });

  EXPECT_TRUE(done.take());
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST(Stop, LeavesHandlesThatCanStillBeUsed) {
  std::optional<Asked> asked;
  std::optional<Opened> opened;
  std::shared_ptr<WebSocket> client;
  {
    TestServer server;
    RawClient busy(server.port());
    ASSERT_TRUE(busy.send(kGetLater));
    asked = server.asked().take();
    client = value_or_throw(dial_and_wait(IoThread::create(), {.url = server.url()}));
    opened = server.opened().take();
    ASSERT_TRUE(asked && opened);
  }
  asked->responder->on_abandoned([] {});
  asked->responder->respond({});
  opened->socket->set_observer({});
  EXPECT_EQ(opened->socket->send("x").error().code(), Errc::closed);
  opened->socket->close();
}

TEST(Descriptors, StayFlatOver500Connections) {
  TestServer server;
  const auto cycle = [&] {
    auto client = value_or_throw(dial_and_wait(server.io(), {.url = server.url()}));
    const auto opened = server.opened().take();
    const auto ear = Ear::on(*client);
    opened->socket->close();
    return ear->closed.take().value_or(WebSocketClosed{}).code;
  };
  const auto all_closed = [&] { return server.server().stats().connections_open == 0; };
  ASSERT_EQ(cycle(), 1000);
  ASSERT_TRUE(eventually(all_closed));
  const auto before = open_descriptors();

  for (int i = 0; i < 500; ++i) ASSERT_EQ(cycle(), 1000) << i;

  EXPECT_TRUE(eventually([&] { return open_descriptors() <= before; })) << open_descriptors() << " after " << before;
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(server.server().stats().web_sockets_open, 0);
}

/// Leaves this process no file descriptor, until it is destroyed.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto low = before_;
    low.rlim_cur = 200;
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int taken = ::dup(0); taken >= 0; taken = ::dup(0)) taken_.push_back(taken);
  }
  ~NoDescriptors() {
    for (const int taken : taken_) ::close(taken);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  void free_one() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(Descriptors, MayRunOutWithoutHarm) {
  TestServer server;
  {
    NoDescriptors none;
    none.free_one();
    for (int i = 0; i < 3; ++i) {
      RawClient client(server.port());
      ASSERT_TRUE(client.is_connected());
      client.send(kGet);
      EXPECT_EQ(client.read_to_end(), "") << "who cannot be served is told so by the end of the connection";
      client.close();
    }
    EXPECT_EQ(server.server().stats().descriptors_spent, 3);
  }
  RawClient client(server.port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_THAT(client.read_response(), HasSubstr("200 OK"));
  EXPECT_THAT(server.log().take().value_or(LogRecord{}).message, HasSubstr("ulimit"));
  EXPECT_EQ(server.log().size(), 0U) << "said once, not for each of them";
}

}  // namespace
}  // namespace rtcbot::net::test
