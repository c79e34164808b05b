#include "offer_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "rtcbot/net/client_address.hpp"

namespace rtcbot::server {
namespace {

constexpr std::size_t kMaxIdBytes = 64;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  std::string text(digits.data(), end);
  return text.insert(0, digits.size() - text.size(), '0');
}

std::string shown(const signal::RobotName& robot) {
  return robot.is_default() ? std::string("the robot") : std::string("robot ").append(robot.text());
}

std::string sentence(std::string_view id, std::string_view robot, std::string_view remote) {
  return std::string("offer ").append(id).append(" from ").append(remote).append(" for ").append(robot).append(": ");
}

std::string milliseconds(Duration took) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()).append(" ms");
}

}  // namespace

std::string OfferLog::begin(Timestamp now, broker::RequestId request, const signal::RobotName& robot,
                            std::string_view remote, std::string_view asked) {
  Offer offer{is_id(asked) ? std::string(asked) : hexadecimal(dice_()), robot, std::string(remote), now};
  return offers_.insert_or_assign(request, std::move(offer)).first->second.id;
}

std::optional<OfferLog::Offer> OfferLog::take(broker::RequestId request) {
  auto found = offers_.extract(request);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

OfferLog::Ended OfferLog::end(Timestamp now, broker::RequestId request, int status) {
  const auto offer = take(request);
  if (!offer) return {};
  const Duration took = now - offer->began;
  if (status == 200) answer_times_.observe(took);
  const std::string how =
      status == 200 ? std::string("answered") : std::string("refused with ") + std::to_string(status);
  return ended(now, *offer, status >= 500 ? LogLevel::warning : LogLevel::info, how + " after " + milliseconds(took));
}

OfferLog::Ended OfferLog::abandon(Timestamp now, broker::RequestId request) {
  const auto offer = take(request);
  if (!offer) return {};
  return ended(now, *offer, LogLevel::info, "its page left after " + milliseconds(now - offer->began));
}

OfferLog::Ended OfferLog::ended(Timestamp now, const Offer& offer, LogLevel level, std::string how) {
  LogRecord record{level, "server", sentence(offer.id, shown(offer.robot), offer.remote).append(how)};
  if (!limiter_.allow(now, net::limit_key(offer.remote), record.message))
    return {offer.id, std::nullopt, offer.robot, now - offer.began};
  return {offer.id, std::move(record), offer.robot, now - offer.began};
}

std::optional<LogRecord> OfferLog::poll_count(Timestamp now) {
  const auto summary = limiter_.poll_summary(now);
  if (!summary) return std::nullopt;
  return LogRecord{LogLevel::warning, "server", summary->text()};
}

}  // namespace rtcbot::server
