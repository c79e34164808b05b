// Every header of the room, compiled once by itself: an include that a header lacks shows here.
#include "rtcbot/flow/callback_subscription.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/flow/producer.hpp"
#include "rtcbot/flow/queue_subscription.hpp"
