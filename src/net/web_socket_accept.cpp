#include "web_socket_accept.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <exception>
#include <utility>

#include "http_text.hpp"
#include "web_socket_session.hpp"

namespace rtcbot::net {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t kKeySize = 24;  // 16 bytes in base 64

std::string_view field(const HttpRequest& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : found->second;
}

http::request<http::empty_body> handshake_of(const HttpRequest& request) {
  http::request<http::empty_body> handshake(http::verb::get, "/", 11);
  handshake.set(http::field::host, "server");
  handshake.set(http::field::connection, "upgrade");
  handshake.set(http::field::upgrade, "websocket");
  const auto key = field(request, "sec-websocket-key");
  handshake.set(http::field::sec_websocket_key, {key.data(), key.size()});
  handshake.set(http::field::sec_websocket_version, "13");
  return handshake;
}

/// The state while the 101 is being written.
struct Accepting {
  std::shared_ptr<ServerCore> core;
  AddressCounts::Slot slot;  ///< Declared after the core: destroyed before it, because the core owns its counts.
  std::unique_ptr<WebSocketSession::Stream> stream;
  http::request<http::empty_body> handshake;
  HttpRequest request;
  std::string subprotocol;
};

void open(Accepting& accepting) {
  const auto& core = accepting.core;
  if (core->stopping) return;
  const auto link = std::make_shared<WebSocketLink>(core->config.web_socket.send_queue_limit);
  const auto session = std::make_shared<WebSocketSession>(std::move(accepting.stream), core->config.web_socket, link);
  session->hold(std::make_unique<ServerTicket>(core, *session, std::move(accepting.slot)));
  ++core->counters->web_sockets;
  session->start([counters = core->counters] { --counters->web_sockets; });
  const auto handle = std::make_shared<WebSocketHandle>(WebSocketHandle::Parts{
      .loop = core->loop, .work = session, .link = link, .subprotocol = accepting.subprotocol, .keeps = nullptr});
  if (!core->handlers.web_socket) return;
  try {
    core->handlers.web_socket(std::move(accepting.request), handle);
  } catch (const std::exception& failure) {
    core->say(LogLevel::error, "a WebSocket handler failed: " + std::string(failure.what()));
    handle->close(1011, "the program failed on this connection");
  }
}

}  // namespace

std::optional<HttpResponse> upgrade_fault(const HttpRequest& request) {
  if (field(request, "sec-websocket-version") != "13") {
    auto answer = json_error(426, "bad_request", "this server speaks WebSocket version 13 (RFC 6455)");
    answer.headers.emplace_back("Sec-WebSocket-Version", "13");
    return answer;
  }
  if (field(request, "sec-websocket-key").size() != kKeySize) {
    return json_error(400, "bad_request", "the Sec-WebSocket-Key of the upgrade is not 16 bytes in base 64");
  }
  return std::nullopt;
}

void accept_web_socket(const std::shared_ptr<ServerCore>& core, SocketStream connection, AddressCounts::Slot slot,
                       HttpRequest request, const std::string& subprotocol) {
  const auto accepting = std::make_shared<Accepting>();
  accepting->core = core;
  accepting->slot = std::move(slot);
  accepting->handshake = handshake_of(request);
  accepting->request = std::move(request);
  accepting->subprotocol = subprotocol;
  accepting->stream = std::make_unique<WebSocketSession::Stream>(std::move(connection));
  auto& stream = *accepting->stream;
  stream.set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
    if (!subprotocol.empty()) response.set(http::field::sec_websocket_protocol, subprotocol);
  }));
  const auto limit = core->config.request_limit;
  stream.set_option(websocket::stream_base::timeout{limit, websocket::stream_base::none(), false});
  stream.async_accept(accepting->handshake, [accepting](const boost::system::error_code& error) {
    if (!error) open(*accepting);
  });
}

}  // namespace rtcbot::net
