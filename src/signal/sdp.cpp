#include "rtcbot/signal/sdp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include "json.hpp"
#include "scan.hpp"

namespace rtcbot::signal {
namespace {

/// Removes and returns the text up to `separator` from the front of `rest`. The separator does not occur before `from`.
std::string_view take_until(std::string_view& rest, char separator, std::size_t from = 0) {
  const std::size_t end = std::min(rest.find(separator, from), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = take_until(text, ' ');
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

/// Returns the position of the first control character, including line ends.
std::size_t find_control(std::string_view text) {
  return find_stop(text, 0, [](SomeBytes bytes) { return bytes.below(0x20) | bytes.equal(0x7f); });
}

/// Removes and returns the first line of `rest`. Sets `has_control` if it contains a control character.
std::string_view take_line(std::string_view& rest, bool& has_control) {
  const std::size_t stop = find_control(rest);
  const bool is_end = stop == rest.size() || rest[stop] == '\n' || rest.substr(stop, 2) == "\r\n";
  has_control = !is_end;
  auto line = take_until(rest, '\n', stop);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (has_control) has_control = find_control(line) < line.size();
  return line;
}

/// Tests the address, the fifth word: `candidate:foundation component transport priority address port typ ...`.
bool is_mdns_candidate(std::string_view value) {
  const auto words = words_of(value);
  return words.size() > 4 && words[4].ends_with(".local");
}

bool is_port(std::string_view text) {
  text = text.substr(0, text.find('/'));  // "port/number of ports"
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port <= 65'535;
}

bool is_number(std::string_view text, std::size_t max_digits) {
  return !text.empty() && text.size() <= max_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// True if libwebrtc copies words of this attribute into buffers of fixed size and aborts when one overflows.
bool is_copied(std::string_view attribute) {
  if (attribute.empty() || std::string_view("recms").find(attribute.front()) == std::string_view::npos) return false;
  constexpr std::array<std::string_view, 9> kCopied = {
      "rtpmap", "extmap", "candidate", "remote-candidates", "msid", "ssrc", "ssrc-group", "rid", "rtcp"};
  return std::find(kCopied.begin(), kCopied.end(), attribute) != kCopied.end();
}

class Gate {
 public:
  explicit Gate(const Limits& limits) : limits_(limits) {}

  Result<std::string> check(std::string_view sdp) {
    out_.reserve(std::min(sdp.size(), limits_.max_sdp_bytes) + 2);
    if (sdp.size() > limits_.max_sdp_bytes) {
      return fail(Errc::too_large, "The session description has " + std::to_string(sdp.size()) + " bytes; at most " +
                                       std::to_string(limits_.max_sdp_bytes) + " are accepted.");
    }
    while (!sdp.empty()) {
      line_ = take_line(sdp, line_has_control_);
      ++line_number_;
      if (line_.empty() && sdp.find_first_not_of("\r\n") == std::string_view::npos) break;  // blank lines at the end
      if (auto why = refuse_line()) return fail(Errc::bad_message, describe(*why));
    }
    if (auto why = refuse_whole()) return fail(Errc::bad_message, *why);
    return std::move(out_);
  }

 private:
  using Refused = std::optional<std::string>;  ///< A reason, or nothing if accepted.

  std::string describe(const std::string& why) const {
    return "Line " + std::to_string(line_number_) + " of the session description (" + excerpt(line_) + "): " + why +
           ".";
  }

  Refused refuse_line() {
    if (line_number_ > limits_.max_sdp_lines) return "there are too many lines";
    if (line_.size() > limits_.max_sdp_line_bytes) return "the line is too long";
    if (line_.size() < 2 || line_[0] < 'a' || line_[0] > 'z' || line_[1] != '=')
      return "a letter and '=' were expected";
    if (line_has_control_) return "there is a control character";
    if (line_number_ == 1 && line_ != "v=0") return "the first line must be v=0";
    Refused why;
    if (line_[0] == 'm') why = refuse_media(line_.substr(2));
    if (line_[0] == 'c') why = refuse_words(line_.substr(2));
    if (line_[0] == 'a') why = refuse_attribute(line_.substr(2));
    if (!why && !left_out_) out_.append(line_).append(std::string_view("\r\n"));
    left_out_ = false;
    return why;
  }

  Refused refuse_media(std::string_view value) {
    if (++media_ > limits_.max_media) return "there are too many m= lines";
    const auto words = words_of(value);
    if (words.size() < 4) return "an m= line has a kind, a port, a protocol and formats";
    if (!is_port(words[1])) return "the port is not a number up to 65535";
    media_has_mid_ = false;
    stream_lines_ = stream_bytes_ = 0;
    return std::nullopt;
  }

  Refused refuse_attribute(std::string_view value) {
    const std::string_view name = take_until(value, ':');
    if (is_copied(name)) {
      if (auto why = refuse_words(value)) return why;
    }
    if (name == "msid" || name == "ssrc-group") return refuse_streams(value);
    if (name == "fmtp") return refuse_bit_rates(value);
    if (name == "max-message-size" && !is_number(value, 10)) return "the size is a number of bytes";
    if (name == "candidate") return refuse_candidate(value);
    if (name == "mid") return refuse_mid(value);
    if (name == "setup") return refuse_setup(value);
    if (name == "group" && value.starts_with("BUNDLE")) {
      for (const auto mid : words_of(value.substr(6))) bundled_.emplace_back(mid);
    }
    if (name == "ice-ufrag") has_ufrag_ = has_ufrag_ || !value.empty();
    if (name == "ice-pwd") has_pwd_ = has_pwd_ || !value.empty();
    if (name == "fingerprint") has_fingerprint_ = has_fingerprint_ || words_of(value).size() == 2;
    return std::nullopt;
  }

  Refused refuse_words(std::string_view value) const {
    if (value.size() <= limits_.max_sdp_word_bytes) return std::nullopt;
    while (!value.empty()) {
      if (take_until(value, ' ').size() > limits_.max_sdp_word_bytes) return "a word is too long";
    }
    return std::nullopt;
  }

  /// libwebrtc writes all these lines of an m= line into one buffer of 2 KiB.
  Refused refuse_streams(std::string_view value) {
    stream_bytes_ += value.size();
    if (++stream_lines_ <= limits_.max_stream_lines && stream_bytes_ <= limits_.max_stream_bytes) return std::nullopt;
    return "there are too many streams under one m= line";
  }

  /// Rejects `x-google-min-bitrate=…` and similar values, in kbit/s, that overflow: libwebrtc multiplies them by 1000
  /// unchecked.
  static Refused refuse_bit_rates(std::string_view value) {
    for (auto at = value.find("x-google-"); at != std::string_view::npos; at = value.find("x-google-", at + 1)) {
      std::string_view parameter = value.substr(at);
      parameter = take_until(parameter, ';');
      const auto name = take_until(parameter, '=');
      if (name.ends_with("-bitrate") && !is_number(parameter, 6)) return "a bit rate is a number up to 999999 kbit/s";
    }
    return std::nullopt;
  }

  Refused refuse_candidate(std::string_view value) {
    if (++candidates_ > limits_.max_candidates) return "there are too many candidates";
    left_out_ = limits_.local_candidates == LocalCandidates::strip && is_mdns_candidate(value);
    return std::nullopt;
  }

  Refused refuse_mid(std::string_view value) {
    if (media_ == 0 || media_has_mid_) return "one mid belongs under each m= line";
    media_has_mid_ = true;
    if (value.size() > limits_.max_mid_bytes) return "the mid is too long";
    if (!mids_.insert(value).second) return "two m= lines have the same mid";
    return std::nullopt;
  }

  Refused refuse_setup(std::string_view value) {
    has_setup_ = true;
    // holdconn (RFC 4145) is not accepted: no WebRTC peer sends it (RFC 8842 section 5.2), and libwebrtc aborts on it.
    if (value == "actpass" || value == "active" || value == "passive") return std::nullopt;
    return "setup is one of actpass, active and passive";
  }

  Refused refuse_whole() const {
    const auto missing = [](std::string_view what) {
      return "The session description has no " + std::string(what) + "; a WebRTC peer must send it.";
    };
    if (line_number_ == 0) return "The session description is empty; it must begin with v=0.";
    if (media_ == 0) return missing("m= line");
    if (!has_ufrag_) return missing("a=ice-ufrag");
    if (!has_pwd_) return missing("a=ice-pwd");
    if (!has_fingerprint_) return missing("a=fingerprint");
    if (!has_setup_) return missing("a=setup");
    for (const auto mid : bundled_) {
      if (!mids_.contains(mid)) return "a=group:BUNDLE names the mid " + excerpt(mid) + ", which no m= line has.";
    }
    return std::nullopt;
  }

  const Limits& limits_;
  std::string out_;
  std::string_view line_;
  bool line_has_control_ = false;
  std::size_t line_number_ = 0;
  std::size_t media_ = 0;
  std::size_t candidates_ = 0;
  std::size_t stream_lines_ = 0;  ///< Of the current m= line.
  std::size_t stream_bytes_ = 0;
  bool left_out_ = false;  ///< Do not write the current line.
  bool media_has_mid_ = false;
  bool has_ufrag_ = false, has_pwd_ = false, has_fingerprint_ = false, has_setup_ = false;
  std::set<std::string_view> mids_;
  std::vector<std::string_view> bundled_;
};

}  // namespace

Result<std::string> check_sdp(std::string_view sdp, const Limits& limits) { return Gate(limits).check(sdp); }

}  // namespace rtcbot::signal
