#pragma once

#include "rtcbot/peer/peer.hpp"
#include "rtcbot/peer/setup.hpp"

// The interface types that this room implements.
namespace rtcbot::engine {

using peer::AudioPorts;
using peer::Candidate;
using peer::Description;
using peer::Engine;
using peer::IceServer;
using peer::kClockChannel;
using peer::kDefaultChannel;
using peer::Peer;
using peer::PeerConfig;
using peer::PeerObserver;
using peer::SeenByViewer;
using peer::Setup;
using peer::State;
using peer::Stats;
using peer::Uplink;

}  // namespace rtcbot::engine
