"""The server of RTCBot's tutorial "Connecting over 4G", as script/bench server measures it.

The same steps in the same order on the same aiohttp, with the queues of rtcbot.Websocket in place of that class; one
robot, nothing checked, nothing logged.
"""
import asyncio
import json

from aiohttp import WSMsgType, web

robot = None


class Robot:
    """What the tutorial uses of rtcbot.Websocket: put_nowait, get, and waiting for the end."""

    def __init__(self, socket):
        self.socket = socket
        self.outgoing = asyncio.Queue()
        self.incoming = asyncio.Queue()

    def put_nowait(self, message):
        self.outgoing.put_nowait(message)

    async def get(self):
        return await self.incoming.get()

    async def send(self):
        while True:
            await self.socket.send_json(await self.outgoing.get())

    async def run(self):
        sender = asyncio.ensure_future(self.send())
        async for message in self.socket:
            if message.type == WSMsgType.TEXT:
                self.incoming.put_nowait(json.loads(message.data))
        sender.cancel()


async def websocket(request):
    global robot
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    robot = Robot(socket)
    await robot.run()
    return socket


async def connect(request):
    if robot is None:
        raise web.HTTPInternalServerError(text="There is no robot connected")
    offer = await request.json()
    robot.put_nowait(offer)
    return web.json_response(await robot.get())


async def main():
    app = web.Application()
    app.add_routes([web.get("/ws", websocket), web.post("/connect", connect)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("listening on port", runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
