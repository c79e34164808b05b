"""A server that behaves as the one in RTCBot's tutorial: one robot, answers paired with offers by order alone.

    rtcbot_server.py PAGE.html RTCBOT.js
"""
import asyncio
import json
import sys

from aiohttp import WSMsgType, web
from rtc_peer import parsed, say


class Relay:
    def __init__(self, page, script):
        self.page = page
        self.script = script
        self.robot = None  # the newest; never forgotten, as in the tutorial
        self.answers = None

    async def websocket(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        answers = asyncio.Queue()
        self.robot, self.answers = socket, answers
        say(event="robot came")
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                answer = parsed(message.data)
                say(answer=sorted(answer) if isinstance(answer, dict) else answer)
                answers.put_nowait(answer)
            else:
                say(unexpected=str(message.type))
        say(event="robot left", code=socket.close_code)
        return socket

    async def connect(self, request):
        if self.robot is None:
            return web.Response(status=500, text="500 Internal Server Error")
        answers = self.answers
        await self.robot.send_str(json.dumps(await request.json()))
        return web.json_response(await answers.get())

    async def index(self, _request):
        return web.Response(content_type="text/html", text=self.page)

    async def javascript(self, _request):
        return web.Response(content_type="application/javascript", text=self.script)


async def main(page, script):
    relay = Relay(page, script)
    app = web.Application()
    app.router.add_get("/ws", relay.websocket)
    app.router.add_post("/connect", relay.connect)
    app.router.add_get("/rtcbot.js", relay.javascript)
    app.router.add_get("/", relay.index)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(listening=runner.addresses[0][1])
    await asyncio.Event().wait()


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


asyncio.run(main(text_of(sys.argv[1]), text_of(sys.argv[2])))
