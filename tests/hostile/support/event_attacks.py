"""Floods of what a robot logs and records. These stop or bother the driver, so they run only where they are named."""
import asyncio
import json


async def _opened(wire, name):
    channel = wire.connection.createDataChannel(name)
    is_open = asyncio.Event()
    channel.on("open", is_open.set)
    await asyncio.wait_for(is_open.wait(), 30)
    return channel


def _request(number, what):
    return json.dumps({"v": 1, "type": "request", "id": number, "what": what})


async def asks_again_and_again(wire):
    """Asks the driver for the controls as often as the robot takes requests, for 8 s."""
    control = await _opened(wire, "rtcbot.control")
    for number in range(1, 200):
        control.send(_request(number, "take"))
        await asyncio.sleep(0.04)


ATTACKS = {each.__name__: each for each in (asks_again_and_again,)}
