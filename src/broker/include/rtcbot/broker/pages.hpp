#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/broker/robot_directory.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::broker {

/// Request ids of pages' sockets start here; those of `POST` start at 1.
inline constexpr std::uint64_t kFirstPageRequest = std::uint64_t{1} << 62;

/// Why a page may no longer be here, for the page.
struct PageEnd {
  std::string error{};    ///< As in `signal::ErrorMessage`.
  std::string message{};  ///< A sentence for the person at the browser.
  friend bool operator==(const PageEnd&, const PageEnd&) = default;
};

/// The subject and the permissions of a page's socket.
struct PageView {
  std::optional<signal::RobotName> robot{};  ///< Empty: the page gets the presence of all robots and may not
                                             ///< connect.
  /// Called for each message; a result closes the page. If empty, the page is always valid.
  std::function<std::optional<PageEnd>()> why_ended{};
  bool may_connect = true;                             ///< False: offers are refused as `forbidden`.
  std::function<signal::Permissions()> permissions{};  ///< Called for each offer. If empty: may drive, without expiry.
  std::vector<signal::IceServer> ice_servers{};        ///< Sent in `welcome`.
  /// Selects the robots that a list shows; if empty, all. Called whenever a robot changes.
  std::function<bool(const signal::RobotName&)> shows{};
};

/// Sends a text frame on a page's socket.
struct SendPage {
  PageId page{};
  std::string text{};
  friend bool operator==(const SendPage&, const SendPage&) = default;
};

/// Sends the queued frames, then this close frame. Further messages of this page are ignored.
struct ClosePage {
  PageId page{};
  int code = 1000;
  std::string reason{};
  friend bool operator==(const ClosePage&, const ClosePage&) = default;
};

/// Call `Broker::page_candidates`.
struct PageCandidates {
  RequestId request{};
  std::vector<signal::Candidate> candidates{};
  bool end = false;
  friend bool operator==(const PageCandidates&, const PageCandidates&) = default;
};

/// Call `Broker::request_abandoned`.
struct GiveUp {
  RequestId request{};
  friend bool operator==(const GiveUp&, const GiveUp&) = default;
};

using PageAction = std::variant<SendPage, ClosePage, PageOffer, PageCandidates, GiveUp, LogRecord>;

/// The pages with an open socket: receives their offers and sends them the presence of robots.
///
/// Pure: time and input are passed in; after each call, drain `poll_action` and read `next_timeout`. Not thread-safe.
/// Ignores unknown and expired ids. Sends changes of a robot to its own pages immediately, and to lists collected, at
/// most once per `list_interval`.
class Pages {
 public:
  struct Config {
    std::size_t max_pages = 10'000;
    std::size_t max_pages_per_address = 50;
    /// Offers with a pending answer or pending candidates; a new offer replaces the oldest answered one.
    std::size_t max_offers_per_page = 8;
    double messages_per_second = 20;  ///< Sustained rate of one page; above it the page is closed with 1008.
    double message_burst = 200;       ///< Maximum burst.
    std::chrono::milliseconds list_interval{250};
    std::chrono::milliseconds stopping_retry_after{2'000};
    std::chrono::seconds too_many_retry_after{10};
    std::string server_version{};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };

  /// Counters since construction.
  struct Stats {
    std::int64_t connected = 0;
    std::int64_t turned_away = 0;  ///< Too many pages, in total or of that address.
    std::int64_t ended = 0;        ///< Closed because their credential ended or the user signed out.
    std::int64_t closed = 0;       ///< For the content or the rate of their messages.
    std::int64_t offers = 0;
    std::int64_t unknown_messages = 0;
    std::int64_t presence_messages = 0;  ///< Number sent.
  };

  /// @pre `directory` outlives this object.
  Pages(Config config, const RobotDirectory& directory) : config_(std::move(config)), directory_(directory) {}

  /// Returns why no other page of this address may open a socket now; nothing if it may. Counts refusals.
  [[nodiscard]] std::optional<signal::ErrorMessage> refusal_for(const std::string& address);
  void connected(Timestamp now, PageId page, PageView view, std::string address);
  void message(Timestamp now, PageId page, std::string_view text, bool is_binary);
  void disconnected(PageId page);
  /// Closes the pages that `why_ended`. Linear in the number of pages.
  void close_ended();

  /// The directory has new data about this robot.
  void robot_changed(Timestamp now, const signal::RobotName& robot);
  /// The broker's response; returns false if the request is not a page's.
  bool responded(const Respond& response);
  void robot_candidates(RobotCandidates candidates);
  /// The server stops.
  void stop();

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const { return flush_at_; }
  [[nodiscard]] std::optional<PageAction> poll_action();

  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] std::size_t size() const { return pages_.size(); }

 private:
  struct Page {
    PageView view;
    std::string address;
    double tokens = 0;  ///< Of the token bucket that limits its messages.
    Timestamp filled_at{};
    std::map<signal::OfferId, RequestId> offers;
  };
  struct Request {
    PageId page;
    signal::OfferId offer;
    bool answered = false;
  };

  [[nodiscard]] bool within_rate(Timestamp now, Page& page) const;
  void handle(PageId id, Page& page, signal::OfferMessage offer);
  void handle(Page& page, signal::Candidates candidates);
  void handle(Page& page, const signal::Cancel& cancel);
  [[nodiscard]] bool make_room(Page& page);
  void refuse(PageId page, signal::OfferId offer, signal::Refusal refusal, std::string_view message = {});
  void forget(RequestId request);
  /// `is_all`: the whole list, which is sent even if it is empty.
  void tell_list(Timestamp now, PageId id, const Page& page, const std::vector<signal::RobotName>& names, bool is_all);
  void send(PageId page, const signal::Message& message);
  void close(PageId page, int code, std::string reason);
  /// Sends the page the reason, then closes it.
  void end(PageId page, PageEnd why);

  Config config_;
  const RobotDirectory& directory_;
  std::unordered_map<PageId, Page> pages_;
  std::map<std::string, std::size_t> addresses_;
  std::map<signal::RobotName, std::set<PageId>> watchers_;  ///< Pages of one robot.
  std::set<PageId> lists_;
  std::set<signal::RobotName> news_;  ///< Changes that were not yet sent to lists.
  Timestamp flush_at_ = kNever;
  std::unordered_map<RequestId, Request> requests_;
  std::uint64_t last_request_ = kFirstPageRequest;
  std::deque<PageAction> actions_;
  bool stopping_ = false;
  Stats stats_;
};

}  // namespace rtcbot::broker
