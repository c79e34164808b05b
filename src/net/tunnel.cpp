#include "tunnel.hpp"

#include <openssl/evp.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "http_text.hpp"

namespace rtcbot::net {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;

std::string base64(const std::string& bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);
  const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
  const int size = EVP_EncodeBlock(text.data(), begin, static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + size};
}

std::string with_port(const std::string& host, std::uint16_t port) {
  const bool is_literal = host.find(':') != std::string::npos;
  return (is_literal ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

/// One CONNECT request, owned by its pending operation.
class Tunnel : public std::enable_shared_from_this<Tunnel> {
 public:
  Tunnel(tcp::socket& socket, const Proxy& proxy, const Url& url, std::function<void(Result<void>)> done)
      : socket_(socket),
        done_(std::move(done)),
        target_(with_port(url.host, url.port)),
        name_("the proxy " + with_port(proxy.host, proxy.port)),
        request_(http::verb::connect, target_, 11) {
    request_.set(http::field::host, target_);
    if (!proxy.credentials.empty())
      request_.set(http::field::proxy_authorization, "Basic " + base64(proxy.credentials));
    parser_.header_limit(kMaxHeaderBytes);
    parser_.skip(true);  // A successful answer to CONNECT has no body.
  }

  void start() {
    http::async_write(socket_, request_, [self = shared_from_this()](const ErrorCode& error, std::size_t) {
      if (error) return self->refuse("ended the connection: " + error.message());
      self->read();
    });
  }

 private:
  void read() {
    http::async_read_header(socket_, buffer_, parser_,
                            [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                              if (error) return self->refuse("did not answer with HTTP: " + error.message());
                              self->on_answer();
                            });
  }
  void on_answer() {
    const auto& answer = parser_.get();
    const unsigned status = answer.result_int();
    if (status == 407) {
      return refuse(
          "requires a user name and a password, or refuses the given ones (407): set "
          "https_proxy=http://USER:PASSWORD@HOST:PORT");
    }
    if (status < 200 || status > 299) {
      const auto reason = answer.reason();
      return refuse("does not connect to " + target_ + ": it answered " + std::to_string(status) + " " +
                    quoted({reason.data(), reason.size()}, 80));
    }
    // The server at the other end waits for the client to start, so no data may follow.
    if (buffer_.size() > 0) return refuse("sent data after its answer");
    done_({});
  }
  void refuse(const std::string& what) { done_(fail(Errc::connection_refused, name_ + " " + what)); }

  tcp::socket& socket_;
  const std::function<void(Result<void>)> done_;
  const std::string target_;
  const std::string name_;
  http::request<http::empty_body> request_;
  http::response_parser<http::empty_body> parser_;
  boost::beast::flat_buffer buffer_{kMaxHeaderBytes};
};

}  // namespace

void open_tunnel(tcp::socket& socket, const Proxy& proxy, const Url& url, std::function<void(Result<void>)> done) {
  std::make_shared<Tunnel>(socket, proxy, url, std::move(done))->start();
}

}  // namespace rtcbot::net
