#include "rtcbot/flow/encoded_video.hpp"
