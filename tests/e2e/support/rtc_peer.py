"""What the stand-ins for RTCBot's programs share, on the WebRTC library that RTCBot itself is made with.

Wire formats only: a camera whose pictures carry the time, and RTCBot's way with messages on its channel "default".
Each program tells what it sees as JSON lines on standard output.
"""
import json
import time

import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame

BLOCK = 16  # pixels; the layout is that of the test picture, see web/test-support/stamp.js
BITS = 32
WIDTH, HEIGHT = 640, 480


def say(**event):
    print(json.dumps(event), flush=True)


def parsed(text):
    """As RTCBot reads: JSON where it is JSON, else what came."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def stamp_now():
    return int(time.time() * 1000) % 2**BITS


def stamp_age(stamp):
    age = (stamp_now() - stamp) % 2**BITS
    return age - 2**BITS if age >= 2 ** (BITS - 1) else age


def draw_stamp(picture, stamp):
    for bit in range(BITS):
        picture[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 255 if stamp >> bit & 1 else 0


def read_stamp(picture):
    """None where a block is neither black nor white."""
    stamp = 0
    for bit in range(BITS):
        mean = picture[5:11, bit * BLOCK + 5 : bit * BLOCK + 11].mean()
        if 100 < mean < 155:
            return None
        if mean >= 155:
            stamp |= 1 << bit
    return stamp


class StampedPictures(VideoStreamTrack):
    """30 pictures a second, each with the time it was drawn and a bar that moves."""

    def __init__(self):
        super().__init__()
        self.drawn = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        picture = numpy.full((HEIGHT, WIDTH, 3), 90, dtype=numpy.uint8)
        left = self.drawn * 8 % (WIDTH - 40)
        picture[200:280, left : left + 40] = (40, 160, 220)
        draw_stamp(picture, stamp_now())
        self.drawn += 1
        frame = VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        return frame


def new_connection():
    """No STUN server: everything here is on one machine."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


def as_json(description):
    return {"sdp": description.sdp, "type": description.type}


def from_json(description):
    return RTCSessionDescription(sdp=description["sdp"], type=description["type"])
