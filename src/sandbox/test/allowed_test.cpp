#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "support/confined.hpp"

namespace rtcbot::sandbox {
namespace {

using testing::confined;
using testing::Ending;

/// Runs in the sandbox; `body` returns whether all of it worked.
template <class Body>
void expect_works(Body body) {
  const Ending ending =
      confined([&]() -> std::string { return body() ? "works" : "fails: " + std::string(strerrorname_np(errno)); });
  EXPECT_EQ(ending.signal, 0);
  EXPECT_EQ(ending.text, "works");
}

sockaddr_in loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Binds to a free port and writes it into `address`.
bool bind_to(int descriptor, sockaddr_in& address) {
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  return bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0;
}

TEST(Allowed, ThreadsWithTheirLocksAndNames) {
  expect_works([] {
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i) {
      threads.emplace_back([&] {
        pthread_setname_np(pthread_self(), "confined");
        ++done;
      });
    }
    for (auto& thread : threads) thread.join();
    return done == 20;
  });
}

TEST(Allowed, Udp) {
  expect_works([] {
    const int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
    const int out = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address = loopback();
    if (!bind_to(in, address)) return false;
    const int class_of_service = 0xb8;
    if (setsockopt(out, IPPROTO_IP, IP_TOS, &class_of_service, sizeof class_of_service) != 0) return false;
    if (sendto(out, "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof address) != 1) return false;
    pollfd waiting{in, POLLIN, 0};
    char byte = 0;
    return poll(&waiting, 1, 10'000) == 1 && recv(in, &byte, 1, 0) == 1 && byte == 'x';
  });
}

TEST(Allowed, TcpWithEpoll) {
  expect_works([] {
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    const int client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    sockaddr_in address = loopback();
    if (!bind_to(listening, address) || listen(listening, 1) != 0) return false;
    if (connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
    const int server = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK);
    const int on = 1;
    if (setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return false;
    if (fcntl(client, F_SETFL, fcntl(client, F_GETFL) | O_NONBLOCK) != 0) return false;
    const int epoll = epoll_create1(0);
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, server, &wanted) != 0 || write(client, "x", 1) != 1) return false;
    char byte = 0;
    return epoll_wait(epoll, &wanted, 1, 10'000) == 1 && read(server, &byte, 1) == 1 &&
           shutdown(server, SHUT_RDWR) == 0;
  });
}

TEST(Allowed, ListOfInterfaces) {
  expect_works([] {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return false;
    const bool has_one = first != nullptr;
    freeifaddrs(first);
    return has_one;
  });
}

TEST(Allowed, RandomNumbersAndClocks) {
  expect_works([] {
    char bytes[32];
    timespec now{};
    return getrandom(bytes, sizeof bytes, 0) == sizeof bytes && clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
           clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0 && time(nullptr) > 0;
  });
}

TEST(Allowed, AHundredMegabytes) {
  expect_works([] {
    std::vector<char> block(100'000'000, 'x');
    void* grown = std::realloc(std::malloc(1'000'000), 20'000'000);
    const bool has_grown = grown != nullptr;
    std::free(grown);
    return block.back() == 'x' && has_grown;
  });
}

TEST(Allowed, TimersAndEvents) {
  expect_works([] {
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const itimerspec soon{{0, 0}, {0, 1'000'000}};
    std::uint64_t count = 0;
    if (timerfd_settime(timer, 0, &soon, nullptr) != 0 || read(timer, &count, sizeof count) != sizeof count)
      return false;
    const int event = eventfd(1, EFD_NONBLOCK);
    if (read(event, &count, sizeof count) != sizeof count) return false;
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    return never.wait_for(lock, std::chrono::milliseconds(1)) == std::cv_status::timeout;
  });
}

TEST(Allowed, ReadingOnesOwnLimits) {
  expect_works([] {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max == 1024;
  });
}

TEST(Allowed, Abort) {
  const Ending ending = confined([]() -> std::string { std::abort(); });
  EXPECT_EQ(ending.signal, SIGABRT);
}

}  // namespace
}  // namespace rtcbot::sandbox
