#!/usr/bin/python3
"""An HTTP proxy that does CONNECT alone. Prints "listening" and each request line.

usage: connect_proxy.py ADDRESS PORT [USER:PASSWORD]
"""

import asyncio
import base64
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(reader, writer, wanted):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.split("\r\n")
    print(line, flush=True)
    method, target, _ = line.split(" ")
    if wanted and f"proxy-authorization: basic {wanted}".lower() not in [field.lower() for field in fields]:
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                     b"Content-Length: 0\r\n\r\n")
        return writer.close()
    if method != "CONNECT":
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        return writer.close()
    host, _, port = target.rpartition(":")
    there_reader, there_writer = await asyncio.open_connection(host.strip("[]"), int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await asyncio.gather(pump(reader, there_writer), pump(there_reader, writer))


async def main(address, port, credentials=""):
    wanted = base64.b64encode(credentials.encode()).decode() if credentials else ""
    server = await asyncio.start_server(lambda r, w: serve(r, w, wanted), address, int(port))
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
