#pragma once

/// The subscriptions that every producer offers: a bounded queue, the newest value only, a callback.
#include "rtcbot/flow/callback_subscription.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/flow/queue_subscription.hpp"
