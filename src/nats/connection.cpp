#include "connection.hpp"

#include <charconv>
#include <utility>

namespace rtcbot::nats {
namespace {

// Limit of data queued while disconnected and sent after the reconnect. Enough for heartbeats only: the answer to an
// old offer would be useless.
constexpr int kSentLaterBytes = 1024;
constexpr int kMaxPendingMessages = 16 * 1024;
constexpr int kMaxPendingBytes = 64 * 1024 * 1024;

std::string text_of(const natsMsg* message) {
  const char* data = natsMsg_GetData(message);
  return data ? std::string(data, static_cast<std::size_t>(natsMsg_GetDataLength(message))) : std::string();
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

/// libnats reports "no server" even if a server rejected the credentials; only its own log distinguishes the two.
std::string in_words(natsStatus status) {
  std::string text = natsStatus_GetText(status);
  if (status == NATS_NO_SERVER) text += ": no server answers there, or none accepts this server's credentials";
  return text;
}

// libnats calls these on its own threads.
void on_up(natsConnection*, void* hook) { static_cast<Hook*>(hook)->went_up(); }

void on_down(natsConnection* connection, void* hook) {
  const char* text = nullptr;
  const natsStatus status = natsConnection_GetLastError(connection, &text);
  const bool is_known = text != nullptr && *text != 0;
  static_cast<Hook*>(hook)->went_down(status == NATS_NO_SERVER ? in_words(status)
                                      : is_known               ? text
                                                               : "the connection was lost");
}

void on_closed(natsConnection* connection, void* hook) {
  on_down(connection, hook);
  static_cast<Hook*>(hook)->closed();
}

void on_subscription_closed(void* hook) { static_cast<Hook*>(hook)->closed(); }

void on_error(natsConnection*, natsSubscription*, natsStatus status, void* hook) {
  if (status == NATS_SLOW_CONSUMER) ++static_cast<Hook*>(hook)->slow_consumer;
}

void on_question(natsConnection*, natsSubscription*, natsMsg* raw, void* hook) {
  const Nats<natsMsg> message(raw);
  const char* reply_to = natsMsg_GetReply(raw);
  static_cast<Hook*>(hook)->push(QuestionReceived{text_of(raw), reply_to ? reply_to : ""});
}

void on_beat(natsConnection*, natsSubscription*, natsMsg* raw, void* hook) {
  const Nats<natsMsg> message(raw);
  static_cast<Hook*>(hook)->push(HeartbeatReceived{text_of(raw)});
}

void on_reply(natsConnection*, natsSubscription*, natsMsg* raw, void* hook) {
  const Nats<natsMsg> message(raw);
  const std::string_view subject = natsMsg_GetSubject(raw);
  const auto number = subject.substr(subject.rfind('.') + 1);
  std::uint64_t id = 0;
  const auto end = number.data() + number.size();
  if (const auto [at, error] = std::from_chars(number.data(), end, id); error != std::errc() || at != end) return;
  if (natsMsg_IsNoResponders(raw)) {
    static_cast<Hook*>(hook)->push(NoResponders{id});
  } else {
    static_cast<Hook*>(hook)->push(ReplyReceived{id, text_of(raw)});
  }
}

Result<void> configure(natsOptions* options, const NatsOptions& wanted, Hook* hook) {
  std::vector<const char*> urls;
  bool is_secure = !wanted.ca_file.empty() || !wanted.certificate_file.empty();
  for (const auto& url : wanted.urls) {
    urls.push_back(url.c_str());
    is_secure = is_secure || url.starts_with("tls://");
  }
  natsStatus s = natsOptions_SetServers(options, urls.data(), static_cast<int>(urls.size()));
  const auto then = [&s](auto call) {
    if (s == NATS_OK) s = call();
  };
  then([&] { return natsOptions_SetName(options, "rtcbot-server"); });
  then([&] { return natsOptions_SetTimeout(options, kNatsWaitMs); });
  then([&] { return natsOptions_SetWriteDeadline(options, kNatsWaitMs); });
  then([&] { return natsOptions_SetMaxReconnect(options, -1); });
  then([&] { return natsOptions_SetReconnectWait(options, 200); });
  then([&] { return natsOptions_SetReconnectJitter(options, 200, 500); });
  then([&] { return natsOptions_SetReconnectBufSize(options, kSentLaterBytes); });
  then([&] { return natsOptions_SetPingInterval(options, kNatsWaitMs); });
  then([&] { return natsOptions_SetMaxPingsOut(options, 2); });
  then([&] { return natsOptions_SetFailRequestsOnDisconnect(options, true); });
  then([&] { return natsOptions_SetSendAsap(options, true); });
  then([&] { return natsOptions_SetRetryOnFailedConnect(options, true, on_up, hook); });
  then([&] { return natsOptions_SetReconnectedCB(options, on_up, hook); });
  then([&] { return natsOptions_SetDisconnectedCB(options, on_down, hook); });
  then([&] { return natsOptions_SetClosedCB(options, on_closed, hook); });
  then([&] { return natsOptions_SetErrorHandler(options, on_error, hook); });
  if (!wanted.user.empty()) {
    then([&] { return natsOptions_SetUserInfo(options, wanted.user.c_str(), wanted.password.c_str()); });
  }
  if (!wanted.token.empty()) then([&] { return natsOptions_SetToken(options, wanted.token.c_str()); });
  if (s != NATS_OK) return fail(Errc::bad_config, std::string("NATS options: ").append(natsStatus_GetText(s)));
  if (!wanted.credentials_file.empty()) {
    s = natsOptions_SetUserCredentialsFromFiles(options, wanted.credentials_file.c_str(), nullptr);
    if (s != NATS_OK) return fail(Errc::bad_config, "cannot use the NATS credentials " + wanted.credentials_file);
  }
  if (is_secure) s = natsOptions_SetSecure(options, true);
  if (s == NATS_OK && !wanted.ca_file.empty()) {
    s = natsOptions_LoadCATrustedCertificates(options, wanted.ca_file.c_str());
    if (s != NATS_OK) return fail(Errc::bad_config, "cannot use the authorities in " + wanted.ca_file);
  }
  if (s == NATS_OK && !wanted.certificate_file.empty()) {
    s = natsOptions_LoadCertificatesChain(options, wanted.certificate_file.c_str(), or_null(wanted.key_file));
    if (s != NATS_OK) return fail(Errc::bad_config, "cannot use the certificate " + wanted.certificate_file);
  }
  if (s != NATS_OK) return fail(Errc::bad_config, std::string("NATS by TLS: ").append(natsStatus_GetText(s)));
  return {};
}

}  // namespace

Subjects::Subjects(const std::string& prefix, const std::string& server_id)
    : heartbeats(prefix + ".beat"),
      own_questions(prefix + ".server." + server_id),
      own_replies(prefix + ".reply." + server_id + ".*"),
      bucket(prefix),
      stream("KV_" + prefix),
      questions_(prefix + ".server."),
      replies_(prefix + ".reply." + server_id + "."),
      keys_("$KV." + prefix + ".") {}

Result<std::shared_ptr<Connection>> Connection::open(const NatsOptions& options, const Subjects& subjects,
                                                     std::shared_ptr<Inbox> inbox) {
  natsOptions* raw = nullptr;
  if (natsOptions_Create(&raw) != NATS_OK) return fail(Errc::internal, "libnats has no memory for its options");
  const Nats<natsOptions> configured(raw);
  auto self = std::shared_ptr<Connection>(new Connection(std::move(inbox)));
  if (auto good = configure(raw, options, self->hook_.get()); !good) return fail(good.error());
  natsConnection* connection = nullptr;
  const natsStatus status = natsConnection_Connect(&connection, raw);
  self->connection_.reset(connection);
  if (connection) self->hook_->opened();
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED) {
    return fail(Errc::connection_refused, in_words(status));
  }
  jsOptions js_options;
  jsOptions_Init(&js_options);
  js_options.Wait = kNatsWaitMs;
  jsCtx* js = nullptr;
  natsStatus made = natsConnection_JetStream(&js, connection, &js_options);
  self->jet_stream_.reset(js);
  if (made == NATS_OK) made = self->subscribe(subjects.own_questions, on_question);
  if (made == NATS_OK) made = self->subscribe(subjects.heartbeats, on_beat);
  if (made == NATS_OK) made = self->subscribe(subjects.own_replies, on_reply);
  if (made != NATS_OK) return fail(Errc::internal, natsStatus_GetText(made));
  if (status == NATS_OK) self->hook_->went_up();
  return self;
}

Connection::~Connection() {
  if (connection_) natsConnection_Close(connection_.get());
  // A hanging callback must not use a destroyed hook, so leak the hook instead.
  if (!hook_->wait_until_closed(std::chrono::seconds(5))) (void)hook_.release();
}

natsStatus Connection::subscribe(const std::string& subject, natsMsgHandler handler) {
  natsSubscription* subscription = nullptr;
  natsStatus status = natsConnection_Subscribe(&subscription, connection_.get(), subject.c_str(), handler, hook_.get());
  if (status != NATS_OK) return status;
  subscriptions_.emplace_back(subscription);
  hook_->opened();
  status = natsSubscription_SetOnCompleteCB(subscription, on_subscription_closed, hook_.get());
  if (status != NATS_OK) {
    hook_->closed();
    return status;
  }
  return natsSubscription_SetPendingLimits(subscription, kMaxPendingMessages, kMaxPendingBytes);
}

bool Connection::publish(const std::string& subject, const std::string& reply_to, const std::string& text) {
  if (!is_connected()) return false;
  const int size = static_cast<int>(text.size());
  const natsStatus status =
      reply_to.empty()
          ? natsConnection_Publish(connection_.get(), subject.c_str(), text.data(), size)
          : natsConnection_PublishRequest(connection_.get(), subject.c_str(), reply_to.c_str(), text.data(), size);
  return status == NATS_OK;
}

void Hook::went_up() {
  if (is_up.exchange(true)) return;
  ++generation;
  push(LinkUp{});
}

void Hook::went_down(const std::string& reason) {
  is_up = false;
  push(LinkDown{reason});
}

void Hook::opened() {
  const std::lock_guard lock(mutex_);
  ++open_;
}

void Hook::closed() {
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) all_closed_.notify_all();
}

bool Hook::wait_until_closed(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return all_closed_.wait_for(lock, limit, [&] { return open_ <= 0; });
}

}  // namespace rtcbot::nats
