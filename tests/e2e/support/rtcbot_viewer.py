"""A viewer in Python, as in RTCBot's tutorial on offloading: it offers, receives video and talks on "default".

    rtcbot_viewer.py http://HOST:PORT/connect [CODEC]

CODEC, e.g. H264, is then the only one in the offer. The message {"leave": true} makes it close its connection.
"""
import asyncio
import json
import sys

import aiohttp
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError
from rtc_peer import as_json, from_json, new_connection, parsed, read_stamp, say, stamp_age


async def watch(track):
    try:
        while True:
            frame = await track.recv()
            picture = frame.to_ndarray(format="bgr24")
            stamp = read_stamp(picture)
            age = None if stamp is None else stamp_age(stamp)
            say(frame={"width": frame.width, "height": frame.height, "stamp": stamp, "age": age})
    except MediaStreamError:
        say(event="video ended")


def prefer(transceiver, codec):
    codecs = RTCRtpReceiver.getCapabilities("video").codecs
    transceiver.setCodecPreferences([c for c in codecs if c.mimeType == f"video/{codec}"])


async def main(url, codec):
    connection = new_connection()
    left = asyncio.Event()
    channel = connection.createDataChannel("default", ordered=True)
    transceiver = connection.addTransceiver("video", direction="recvonly")
    if codec:
        prefer(transceiver, codec)

    @channel.on("open")
    def on_open():
        channel.send(json.dumps({"axis": 0.5}))
        channel.send(json.dumps("text"))

    @channel.on("message")
    def on_message(text):
        message = parsed(text)
        say(message=message)
        if message == {"leave": True}:
            left.set()

    watching = []

    @connection.on("track")
    def on_track(track):
        watching.append(asyncio.ensure_future(watch(track)))

    await connection.setLocalDescription(await connection.createOffer())
    offer = as_json(connection.localDescription)
    say(application=next(line for line in offer["sdp"].splitlines() if line.startswith("m=application")))
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=json.dumps(offer)) as response:
            answer = await response.json()
            say(status=response.status, keys=sorted(answer))
    await connection.setRemoteDescription(from_json(answer))
    await left.wait()
    await connection.close()
    say(event="left")


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
