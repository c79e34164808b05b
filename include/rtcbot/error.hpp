#pragma once

/// `rtcbot::Error`, `rtcbot::Errc` and `rtcbot::Result`: what calls throw, or return in their non-throwing forms.
#include "rtcbot/base/error.hpp"
#include "rtcbot/base/result.hpp"
