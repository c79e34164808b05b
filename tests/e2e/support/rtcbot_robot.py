"""A robot as RTCBot makes them: dials bare, shows a camera, has the channel "default".

    rtcbot_robot.py ws://HOST:PORT/ws [--stay]

Without --stay it does as the tutorial's: one offer, one answer, and the websocket is closed; the video goes on.
"""
import asyncio
import json
import sys

import aiohttp
from rtc_peer import StampedPictures, as_json, from_json, new_connection, parsed, say

connections = set()  # what nobody holds is collected


def serve_messages(channel):
    @channel.on("message")
    def on_message(text):
        message = parsed(text)
        say(message=message)
        channel.send(json.dumps({"heard": message}))

    @channel.on("close")
    def on_close():
        say(event="channel closed")


async def answer(offer):
    connection = new_connection()
    connections.add(connection)
    connection.addTrack(StampedPictures())

    @connection.on("datachannel")
    def on_channel(channel):
        say(channel=channel.label)
        if channel.label == "default":
            serve_messages(channel)

    @connection.on("connectionstatechange")
    async def on_state():
        say(state=connection.connectionState)

    await connection.setRemoteDescription(from_json(offer))
    await connection.setLocalDescription(await connection.createAnswer())
    return as_json(connection.localDescription)


async def main(url, stays):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            say(event="dialed")
            async for message in socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    continue
                offer = parsed(message.data)
                say(offer=sorted(offer))
                await socket.send_str(json.dumps(await answer(offer)))
                if not stays:
                    break
        say(event="hung up")
        await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], "--stay" in sys.argv[2:]))
