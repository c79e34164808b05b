"""A robot on the WebRTC library that RTCBot is made with, as that library is: its rates, its encoders, its own limits.

Reads {"offer": {...}} as one line of standard input and writes {"answer": {...}} as one of standard output.
"""
import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import VideoFrame
from radio_picture import BusyPicture


class BusyPictures(VideoStreamTrack):
    """30 pictures a second."""

    def __init__(self):
        super().__init__()
        self.picture = BusyPicture()
        self.drawn = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame.from_ndarray(self.picture.draw(self.drawn), format="yuv420p")
        self.drawn += 1
        frame.pts, frame.time_base = pts, time_base
        return frame


async def main():
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTrack(BusyPictures())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        offer = json.loads(line)["offer"]
        await connection.setRemoteDescription(RTCSessionDescription(**offer))
        await connection.setLocalDescription(await connection.createAnswer())
        local = connection.localDescription
        print(json.dumps({"answer": {"sdp": local.sdp, "type": local.type}}), flush=True)


asyncio.run(main())
