#include "request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <limits>

#include "http_text.hpp"
#include "request_target.hpp"

namespace rtcbot::net {

namespace http = boost::beast::http;

namespace {

/// Like Beast's string_body, which instead allocates the announced size before any data has arrived.
struct GrowingBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>& /*header*/, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& /*announced*/, boost::beast::error_code& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      const auto before = body_.size();
      for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(part.data()), part.size());
      }
      return body_.size() - before;
    }
    void finish(boost::beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace

/// Parses one request.
class RequestReader::Parser {
 public:
  explicit Parser(const Limits& limits) {
    const std::size_t most = std::numeric_limits<std::uint32_t>::max();
    parser_.eager(true);
    parser_.header_limit(static_cast<std::uint32_t>(std::min(limits.header, most)));
    parser_.body_limit(limits.body);
  }

  Progress feed(std::string_view bytes);
  ReadRequest take();
  [[nodiscard]] std::size_t held() const { return header_size_ + parser_.get().body().capacity(); }

 private:
  [[nodiscard]] Status status_of(const boost::beast::error_code& error);
  [[nodiscard]] bool is_sound() const;
  [[nodiscard]] bool is_upgrade_with_body() const;

  http::request_parser<GrowingBody> parser_;
  RequestTarget target_;
  std::size_t header_size_ = 0;  ///< In bytes; 0 until the header is complete.
  bool continue_told_ = false;
};

RequestReader::Status RequestReader::Parser::status_of(const boost::beast::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return Status::header_too_large;
  if (error == http::error::body_limit) return Status::body_too_large;
  if (error && error != http::error::need_more) return Status::bad;
  if (parser_.is_header_done() && target_.path.empty()) {
    auto target = parse_target({parser_.get().target().data(), parser_.get().target().size()});
    if (!target || !is_sound()) return Status::bad;
    target_ = std::move(*target);
    if (is_upgrade_with_body()) return Status::upgrade_has_body;
  }
  if (parser_.is_done()) return Status::complete;
  const bool waits = parser_.is_header_done() && !continue_told_ && parser_.get().version() >= 11 &&
                     boost::beast::iequals(parser_.get()[http::field::expect], "100-continue");
  if (!waits) return Status::need_more;
  continue_told_ = true;
  return Status::need_continue;
}

bool RequestReader::Parser::is_sound() const {
  const auto& request = parser_.get();
  const auto hosts = request.count(http::field::host);
  // Beast treats an unknown coding as none, and would parse the body as the next request (RFC 9112 section 6.3).
  const auto codings = request.count(http::field::transfer_encoding);
  const bool is_known =
      codings == 0 || (codings == 1 && boost::beast::iequals(request[http::field::transfer_encoding], "chunked"));
  return is_known && (hosts == 1 || (hosts == 0 && request.version() < 11));
}

bool RequestReader::Parser::is_upgrade_with_body() const {
  // Decided from the header, so that a client that never sends the body is answered immediately.
  const bool has_body = parser_.get().chunked() || parser_.content_length().value_or(0) > 0;
  return has_body && boost::beast::websocket::is_upgrade(parser_.get());
}

RequestReader::Progress RequestReader::Parser::feed(std::string_view bytes) {
  Progress progress;
  // Beast parses header and body in separate steps, and stops at the end of a chunk.
  while (true) {
    boost::beast::error_code error;
    const auto rest = bytes.substr(progress.used);
    const auto used = rest.empty() ? 0 : parser_.put(boost::asio::buffer(rest.data(), rest.size()), error);
    progress.used += used;
    // The header is consumed in one piece. For a chunked body some framing may be counted with it.
    if (header_size_ == 0 && parser_.is_header_done()) header_size_ = used - parser_.get().body().size();
    progress.status = status_of(error);
    const bool can_go_on = progress.status == Status::need_more && !error && used > 0;
    if (!can_go_on) return progress;
  }
}

ReadRequest RequestReader::Parser::take() {
  auto message = parser_.release();
  ReadRequest read;
  read.is_head = message.method() == http::verb::head;
  read.keep_alive = message.keep_alive() && message.version() >= 11;
  read.is_http_1_0 = message.version() < 11;
  read.is_upgrade = boost::beast::websocket::is_upgrade(message);
  read.request.method = read.is_head ? std::string("GET") : std::string(message.method_string());
  read.request.path = std::move(target_.path);
  read.request.query = std::move(target_.query);
  for (const auto& field : message) {
    const auto name = field.name_string();
    add_header(read.request.headers, {name.data(), name.size()}, {field.value().data(), field.value().size()});
  }
  read.request.body = std::move(message.body());
  return read;
}

RequestReader::RequestReader(Limits limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::feed(std::string_view bytes) {
  if (!parser_) parser_ = std::make_unique<Parser>(limits_);
  auto progress = parser_->feed(bytes);
  // A chunk's header is parsed as a whole, like a field; without a limit it could fill the memory.
  const bool waits = progress.status == Status::need_more && bytes.size() - progress.used >= limits_.header;
  if (waits) progress.status = Status::header_too_large;
  return progress;
}

ReadRequest RequestReader::take() {
  auto read = parser_->take();
  parser_.reset();
  return read;
}

std::size_t RequestReader::held() const { return parser_ ? parser_->held() : 0; }

void RequestReader::forget() { parser_.reset(); }

}  // namespace rtcbot::net
