#include "request_budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "request_reader.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(RequestBudget, BoundsWhatAnAddressHolds) {
  RequestBudget budget({.per_address = 100, .in_all = 1000});
  RequestBudget::Share first(budget, "10.0.0.1");
  std::optional<RequestBudget::Share> second(std::in_place, budget, "10.0.0.1");
  RequestBudget::Share other(budget, "10.0.0.2");
  EXPECT_TRUE(first.resize(60));
  EXPECT_TRUE(second->resize(40));
  EXPECT_FALSE(second->resize(41));
  EXPECT_TRUE(other.resize(100)) << "others have their own";
  EXPECT_EQ(budget.held(), 200U);

  second.reset();
  EXPECT_TRUE(first.resize(100));
  EXPECT_TRUE(first.resize(0));
  EXPECT_EQ(budget.held(), 100U);
  EXPECT_EQ(budget.addresses(), 1U);
}

TEST(RequestBudget, BoundsWhatAllHoldAlsoProxies) {
  RequestBudget budget({.per_address = 100, .in_all = 150});
  RequestBudget::Share proxy(budget, RequestBudget::key_of("[::1]:80", {"::1"}));
  RequestBudget::Share client(budget, RequestBudget::key_of("10.0.0.1:80", {"::1"}));
  EXPECT_TRUE(proxy.resize(120)) << "a proxy sends for many";
  EXPECT_FALSE(client.resize(31));
  EXPECT_TRUE(client.resize(30));
  EXPECT_FALSE(proxy.resize(121));
  EXPECT_EQ(budget.held(), 150U);
  EXPECT_EQ(budget.addresses(), 1U);
}

TEST(RequestReader, HoldsWhatHasComeAndNotWhatIsAnnounced) {
  const std::string header = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n";
  RequestReader reader({});
  EXPECT_EQ(reader.held(), 0U);
  ASSERT_EQ(reader.feed(header).status, RequestReader::Status::need_more);
  EXPECT_GE(reader.held(), header.size());
  EXPECT_LT(reader.held(), 1000U);
  ASSERT_EQ(reader.feed(std::string(150'000, 'x')).status, RequestReader::Status::need_more);
  EXPECT_GE(reader.held(), 150'000U);
  ASSERT_EQ(reader.feed(std::string(50'000, 'x')).status, RequestReader::Status::complete);
  EXPECT_EQ(reader.take().request.body.size(), 200'000U);
  EXPECT_EQ(reader.held(), 0U);
}

std::string begin_of_post(std::size_t comes) {
  return "POST /slow HTTP/1.1\r\nHost: robot\r\nContent-Length: 100000\r\n\r\n" + std::string(comes, 'x');
}

TEST(HttpServer, Answers503WhereTooMuchIsHeldOfUnfinishedRequests) {
  TestServer server({.unfinished_per_address = 150'000});
  RawClient slow(server.port());
  ASSERT_TRUE(slow.send(begin_of_post(60'000)));
  ASSERT_TRUE(eventually([&] { return server.server().stats().unfinished_bytes >= 60'000; }));

  RawClient greedy(server.port());
  ASSERT_TRUE(greedy.send(begin_of_post(99'000)));
  EXPECT_THAT(greedy.read_to_end(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: "),
                                          HasSubstr("Connection: close"), HasSubstr("\"busy\"")));
  EXPECT_EQ(server.server().stats().requests_over_budget, 1);

  ASSERT_TRUE(slow.send(std::string(40'000, 'x')));
  EXPECT_THAT(slow.read_response(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("xxx"))) << "it was there first";
  EXPECT_TRUE(eventually([&] { return server.server().stats().unfinished_bytes == 0; }));
}

TEST(HttpServer, GivesBackWhatWasHeldOfThoseWhoLeaveOrAreTooSlow) {
  TestServer patient({.unfinished_limit = 200'000});
  RawClient leaves(patient.port());
  ASSERT_TRUE(leaves.send(begin_of_post(60'000)));
  ASSERT_TRUE(eventually([&] { return patient.server().stats().unfinished_bytes >= 60'000; }));
  leaves.close();
  EXPECT_TRUE(eventually([&] { return patient.server().stats().unfinished_bytes == 0; }));
  TestServer server({.unfinished_limit = 200'000, .request_limit = 500ms});
  RawClient slow(server.port());
  ASSERT_TRUE(slow.send(begin_of_post(60'000)));
  EXPECT_THAT(slow.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(server.server().stats().unfinished_bytes, 0);
}

}  // namespace
}  // namespace rtcbot::net::test
