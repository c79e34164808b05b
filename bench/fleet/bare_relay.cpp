// The least that a server in Boost.Beast can do here: one robot by websocket, pages by POST, each body to the robot as
// it is, each message back as the answer to the oldest post that waits. No names, no ids, no limits, no deadlines,
// nothing parsed. What script/bench server measures the real one against.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

class Page;

struct Relay {
  class Robot* robot = nullptr;
  std::deque<std::weak_ptr<Page>> waiting;
};

class Robot : public std::enable_shared_from_this<Robot> {
 public:
  Robot(tcp::socket socket, Relay& relay) : stream_(std::move(socket)), relay_(relay) {}
  ~Robot() {
    if (relay_.robot == this) relay_.robot = nullptr;
  }

  void start(const http::request<http::string_body>& request) {
    stream_.async_accept(request, [self = shared_from_this()](ErrorCode error) {
      if (error) return;
      self->relay_.robot = self.get();
      self->read();
    });
  }

  void send(std::string text) {
    queue_.push_back(std::move(text));
    if (queue_.size() == 1) write();
  }

 private:
  void read();
  void write() {
    stream_.async_write(asio::buffer(queue_.front()), [self = shared_from_this()](ErrorCode error, std::size_t) {
      self->queue_.pop_front();
      if (!error && !self->queue_.empty()) self->write();
    });
  }

  beast::websocket::stream<tcp::socket, false> stream_;
  Relay& relay_;
  beast::flat_buffer buffer_;
  std::deque<std::string> queue_;
};

class Page : public std::enable_shared_from_this<Page> {
 public:
  Page(tcp::socket socket, Relay& relay) : socket_(std::move(socket)), relay_(relay) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](ErrorCode error, std::size_t) {
      if (!error) self->take();
    });
  }

  void answer(std::string body) {
    response_ = {http::status::ok, 11};
    response_.set(http::field::content_type, "application/json");
    response_.body() = std::move(body);
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](ErrorCode error, std::size_t) {
      if (!error) self->read();
    });
  }

 private:
  void take() {
    if (beast::websocket::is_upgrade(request_)) {
      return std::make_shared<Robot>(std::move(socket_), relay_)->start(request_);
    }
    if (relay_.robot == nullptr) return answer("{}");
    relay_.waiting.push_back(weak_from_this());
    keep_ = shared_from_this();
    relay_.robot->send(std::move(request_.body()));
  }

 public:
  std::shared_ptr<Page> keep_;  // While the robot has the question nothing else owns this.

 private:
  tcp::socket socket_;
  Relay& relay_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void Robot::read() {
  stream_.async_read(buffer_, [self = shared_from_this()](ErrorCode error, std::size_t) {
    if (error) return;
    auto text = beast::buffers_to_string(self->buffer_.data());
    self->buffer_.consume(self->buffer_.size());
    auto& waiting = self->relay_.waiting;
    if (!waiting.empty()) {
      const auto page = waiting.front().lock();
      waiting.pop_front();
      if (page) page->answer(std::move(text));
      if (page) page->keep_.reset();
    }
    self->read();
  });
}

void accept(tcp::acceptor& acceptor, Relay& relay) {
  acceptor.async_accept([&](ErrorCode error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Page>(std::move(socket), relay)->read();
    }
    accept(acceptor, relay);
  });
}

}  // namespace

int main() {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  Relay relay;
  accept(acceptor, relay);
  std::printf("listening on port %d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  context.run();
}
