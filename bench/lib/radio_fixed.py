"""A robot on GStreamer's webrtcbin that sends H.264 at one rate, whatever the link does: no congestion control at all.

    radio_fixed.py KBIT_PER_SECOND

Reads {"offer": {...}} as one line of standard input and writes {"answer": {...}} as one of standard output.
"""
import json
import re
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402
from radio_picture import HEIGHT, RATE, WIDTH, BusyPicture  # noqa: E402

# The robot's own software encoder with its own settings, but at one rate.
PIPELINE = (
    f"appsrc name=camera is-live=true do-timestamp=true format=time max-buffers=2 leaky-type=downstream "
    f"caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={RATE}/1 ! "
    "x264enc bitrate={rate} vbv-buf-capacity=500 tune=zerolatency speed-preset=ultrafast key-int-max=3000 ! "
    "video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 mtu=1200 aggregate-mode=zero-latency "
    "ssrc=4711 pt={payload} ! "
    "application/x-rtp,media=video,encoding-name=H264,payload={payload},clock-rate=90000 ! "
    "webrtcbin name=peer bundle-policy=max-bundle"
)


def payload_of(sdp):
    """The offer's number for constrained baseline in several packets."""
    for payload, parameters in re.findall(r"^a=fmtp:(\d+) (.*packetization-mode=1.*)$", sdp, re.M):
        if re.search(r"profile-level-id=42e0", parameters):
            return payload
    raise SystemExit("the offer has no H.264 that can be sent")


def settled(make):
    """What a promise of GStreamer's brings."""
    promise = Gst.Promise.new()
    make(promise)
    promise.wait()
    return promise.get_reply()


def answer(peer, offer, rate):
    _, message = GstSdp.SDPMessage.new_from_text(offer)
    description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, message)
    settled(lambda promise: peer.emit("set-remote-description", description, promise))
    reply = settled(lambda promise: peer.emit("create-answer", None, promise))  # it owns the answer
    made = reply.get_value("answer")
    settled(lambda promise: peer.emit("set-local-description", made, promise))
    deadline = time.monotonic() + 10
    while peer.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        if time.monotonic() > deadline:
            raise SystemExit("candidates could not be gathered")
        time.sleep(0.02)
    return peer.get_property("local-description").sdp.as_text()


def show(camera):
    """A picture each 1 / RATE s, until the process ends."""
    picture = BusyPicture()
    start, number = time.monotonic(), 0
    while True:
        camera.emit("push-buffer", Gst.Buffer.new_wrapped(picture.draw(number).tobytes()))
        number = max(number + 1, int((time.monotonic() - start) * RATE) + 1)
        time.sleep(max(0, start + number / RATE - time.monotonic()))


def main(rate):
    Gst.init(None)
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    offer = json.loads(sys.stdin.readline())["offer"]["sdp"]
    pipeline = Gst.parse_launch(PIPELINE.format(rate=rate, payload=payload_of(offer)))
    peer = pipeline.get_by_name("peer")
    ice = peer.get_property("ice-agent")  # held to the end: otherwise webrtcbin loses it with Python's last reference
    agent = ice.get_property("agent")
    agent.set_property("upnp", False)
    agent.set_property("ice-tcp", False)
    threading.Thread(target=show, args=(pipeline.get_by_name("camera"),), daemon=True).start()
    pipeline.set_state(Gst.State.PLAYING)
    peer.get_state(Gst.CLOCK_TIME_NONE)
    transceiver = peer.emit("get-transceiver", 0)
    transceiver.set_property("do-nack", True)
    # Without this it describes the caps seen on its pad so far, which may be none.
    transceiver.set_property("codec-preferences", Gst.Caps.from_string(
        f"application/x-rtp,media=video,encoding-name=H264,payload={payload_of(offer)},clock-rate=90000,"
        "packetization-mode=(string)1,ssrc=(uint)4711"))
    print(json.dumps({"answer": {"sdp": answer(peer, offer, rate), "type": "answer"}}), flush=True)
    pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR)


main(int(sys.argv[1]))
