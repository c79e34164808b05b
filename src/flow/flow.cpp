// Compiles the room's header-only parts, so that an error in them appears when this room is built.
#include "rtcbot/flow/callback_subscription.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/flow/producer.hpp"
#include "rtcbot/flow/queue_subscription.hpp"
