#include "cluster_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"

namespace rtcbot::server {
namespace {

using cluster::StoreResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

const signal::RobotName kRover = *signal::RobotName::parse("rover");

/// NATS as a test plays it.
class FakeNats final : public nats::NatsLink {
 public:
  struct Log {
    OnEvents on_events;
    std::vector<cluster::StoreWrite> writes;
    std::vector<cluster::SendQuestion> questions;
    bool can_begin = true;
  };
  explicit FakeNats(Log& log) : log_(log) {}
  [[nodiscard]] Result<void> begin() override {
    return log_.can_begin ? Result<void>() : fail(Errc::bad_config, "no such file");
  }
  void send(cluster::SendQuestion question) override { log_.questions.push_back(std::move(question)); }
  void send(cluster::SendReply) override {}
  void send(cluster::SendHeartbeat) override {}
  void store(cluster::StoreWrite write) override { log_.writes.push_back(std::move(write)); }
  void store(cluster::StoreRead) override {}
  void flush(std::chrono::milliseconds) override {}
  [[nodiscard]] nats::NatsLinkStats stats() const override { return {.reconnects = 3}; }

 private:
  Log& log_;
};

class ClusterLinkTest : public testing::Test {
 protected:
  Result<std::shared_ptr<ClusterLink>> start() {
    ClusterLink::Host host;
    host.name_decided = [this](broker::SocketId, broker::NameDecision decision) { decided_.push_back(decision); };
    host.name_lost = [](broker::SocketId, bool) {};
    host.respond = [this](const broker::Respond& respond) { responses_.push_back(respond.status); };
    host.make_link = [this](std::shared_ptr<net::IoThread>, nats::NatsOptions, const std::string&,
                            nats::NatsLink::OnEvents on_events) -> std::unique_ptr<nats::NatsLink> {
      nats_.on_events = std::move(on_events);
      return std::make_unique<FakeNats>(nats_);
    };
    return ClusterLink::start(io_, {.prefix = "test"}, {}, std::move(host), {});
  }
  void join() {
    link_ = value_or_throw(start());
    nats_.on_events({nats::LinkUp{}, nats::SnapshotBegin{}, nats::SnapshotEnd{1}});
  }

  std::shared_ptr<test::FakeIo> io_ = std::make_shared<test::FakeIo>();
  FakeNats::Log nats_;
  std::vector<broker::NameDecision> decided_;
  std::vector<int> responses_;
  std::shared_ptr<ClusterLink> link_;
};

TEST_F(ClusterLinkTest, ReportsTroubleUntilNatsAndItsStoreCanBeUsed) {
  link_ = value_or_throw(start());
  EXPECT_THAT(link_->trouble(), Optional(HasSubstr("not been reached")));
  nats_.on_events({nats::LinkUp{}, nats::SnapshotBegin{}, nats::SnapshotEnd{1}});
  EXPECT_EQ(link_->trouble(), std::nullopt);
  nats_.on_events({nats::StoreDown{"no majority"}});
  EXPECT_THAT(link_->trouble(), Optional(HasSubstr("no majority")));
  nats_.on_events({nats::LinkDown{"cable"}});
  EXPECT_THAT(link_->trouble(), Optional(HasSubstr("cable")));
}

TEST_F(ClusterLinkTest, SaysThatItsOptionsCanNeverWork) {
  nats_.can_begin = false;
  EXPECT_EQ(start().error().code(), Errc::bad_config);
}

TEST_F(ClusterLinkTest, GrantsANameWhenItIsInTheStore) {
  join();
  link_->claim({.socket = broker::SocketId(1), .name = kRover});
  ASSERT_EQ(nats_.writes.size(), 1u);
  EXPECT_THAT(nats_.writes.front().key, HasSubstr("rover"));
  EXPECT_TRUE(decided_.empty());
  nats_.on_events({nats::WriteEnded{nats_.writes.front().op, {StoreResult::Status::done, 1, {}}}});
  EXPECT_THAT(decided_, ElementsAre(broker::NameDecision::granted));
}

TEST_F(ClusterLinkTest, RefusesAnOfferForARobotThatIsNowhere) {
  join();
  link_->offer(broker::RequestId(5), kRover, "{}", "trace", {});
  EXPECT_THAT(responses_, ElementsAre(404));
  EXPECT_EQ(link_->refusals().at(static_cast<std::size_t>(signal::Refusal::robot_offline)), 1);
}

TEST_F(ClusterLinkTest, ReportsItsMetrics) {
  join();
  EXPECT_THAT(link_->metrics_text(), HasSubstr("rtcbot_cluster_nats_connected 1\n"));
  EXPECT_THAT(link_->metrics_text(), HasSubstr("rtcbot_cluster_nats_reconnects_total 3\n"));
}

}  // namespace
}  // namespace rtcbot::server
