"""Data channels and messages that no browser makes."""
import asyncio

import chunks as c

LARGEST = 262_144  # bytes of a message; what an answer allows


async def send(wire, stream, ppid, payload, sequence=0, flags=0):
    """One message, in as many chunks as it takes."""
    parts = [payload[at : at + 1_100] for at in range(0, len(payload), 1_100)] or [b""]
    for number, part in enumerate(parts):
        edge = (c.FIRST if number == 0 else 0) | (c.LAST if number == len(parts) - 1 else 0)
        await wire.send_chunks(c.data(wire.next_tsn(), stream, sequence, ppid, part, flags | edge))
        if number % 16 == 15:
            await asyncio.sleep(0.004)


async def open_channel(wire, stream, label, **more):
    await send(wire, stream, c.DCEP, c.dcep_open(label, **more))


async def foreign_ppids(wire):
    """Messages whose kind WebRTC does not define, on channels that are open, and on others."""
    random = wire.random
    await open_channel(wire, 101, b"odd kinds")
    sequence = {101: 1}
    for ppid in [
        99,
        0,
        50,
        51,
        52,
        53,
        54,
        55,
        56,
        57,
        58,
        2**31,
        2**32 - 1,
        *(random.getrandbits(32) for _ in range(40)),
    ]:
        for stream in (101, random.choice([0, 2, 7, 65_535])):
            payload = random.choice([b"", b"\0", b'{"a":1}', b"\xff\xfe", random.randbytes(300)])
            await send(wire, stream, ppid, payload, sequence.get(stream, 0), random.choice([0, c.UNORDERED]))
            if stream in sequence:
                sequence[stream] += 1
        await asyncio.sleep(0.005)


async def foreign_control(wire):
    """DCEP: unknown kinds of channels, lengths that lie, huge labels, OPEN twice, ACK of nothing, other messages."""
    random = wire.random
    for number in range(150):
        stream = random.choice([1, 3, 5, 7, 200 + number, 65_534, 65_535])
        label = random.choice(
            [b"", b"default", b"rtcbot.drive", b"\xff\xff", b"a" * 900, b"\0", random.randbytes(30)]
        )
        lengths = random.choice([None, None, None, (65_535, 65_535), (0, 9), (len(label) + 1, 0), (60_000, 10_000)])
        opening = c.dcep_open(
            label,
            random.choice([b"", b"p" * 100, b"\xc0\x80"]),
            random.choice([0, 1, 2, 0x80, 0x81, 0x82, 3, 0x7F, 0xFF]),
            random.getrandbits(16),
            random.choice([0, 1, 2**31, 2**32 - 1]),
            lengths,
        )
        body = random.choice(
            [
                opening,
                opening,
                opening,
                opening[: random.randrange(len(opening) + 1)],
                b"\2",
                b"\2\2",
                b"",
                b"\3",
                bytes([random.randrange(256)]) + random.randbytes(20),
            ]
        )
        for _ in range(random.choice([1, 1, 2])):
            await send(wire, stream, random.choice([50, 50, 50, 51]), body, flags=random.choice([0, c.UNORDERED]))
        await asyncio.sleep(0.004)
    await send(wire, 9, c.DCEP, c.dcep_open(b"l" * 65_535, b"p" * 65_535))


async def hundreds_of_channels(wire):
    """Channels by the hundred, of names alike and of names of their own, some closed at once."""
    random = wire.random
    names = [b"same"] if random.random() < 0.3 else None
    for number in range(600):
        stream = 2 * number + 301
        await open_channel(
            wire, stream, names[0] if names else b"channel %d" % number, kind=random.choice([0, 0x80, 1])
        )
        if random.random() < 0.3:
            await wire.send_chunks(
                c.reset_streams(wire.sctp._reconfig_request_seq, 0, wire.sctp._local_tsn - 1, [stream])
            )
            wire.sctp._reconfig_request_seq = (wire.sctp._reconfig_request_seq + 1) % 2**32
        if number % 8 == 0:
            await asyncio.sleep(0.01)
    await asyncio.sleep(1)


async def sizes_of_messages(wire):
    """Messages of every size up to the largest, and beyond, all at once."""
    random = wire.random
    edges = [0, 1, 2, 127, 128, 1_023, 1_024, 16_384, 65_535, 65_536, 65_537, LARGEST - 1, LARGEST, LARGEST + 1]
    sizes = random.sample(edges, 5) + [random.randrange(70_000) for _ in range(3)]
    stream = 401
    await open_channel(wire, stream, b"sizes")
    await asyncio.gather(*[_one_message(wire, stream + 2 * number, size) for number, size in enumerate(sizes)])
    await asyncio.sleep(0.5)


async def _one_message(wire, stream, size):
    random = wire.random
    await open_channel(wire, stream, b"size %d" % stream)
    text = random.random() < 0.5
    payload = random.choice([b"[" * size, b'"' + b"a" * max(0, size - 2) + b'"', b"{" + b'"a":' * (size // 4)])[:size]
    await send(wire, stream, c.STRING if text else c.BINARY, payload if text else random.randbytes(size), 1)


async def flood_of_messages(wire):
    """Thousands of small messages on the channels that the robot reads. None of them is a command or a stop."""
    random = wire.random
    for number, label in enumerate([b"rtcbot.drive", b"rtcbot.control", b"rtcbot.clock", b"default"]):
        await open_channel(wire, 501 + 2 * number, label, kind=random.choice([0, 0x81]))
    words = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"clock 1",
        b"clock nan",
        b"seen 1 2 - -",
        b"seen -1 1e999 x",
        b'{"type":1}',
        b'{"id":-1}',
        b"c 1 2 3",
        b"\xff",
        b"clock " + b"9" * 120,
        b'{"id":1,"want":"listen"}',
        b'{"id":2,"camera":"x"}',
    ]
    sequences = [1, 1, 1, 1]
    for number in range(2_500):
        which = random.randrange(4)
        payload = random.choice(words) if random.random() < 0.9 else random.randbytes(random.randrange(200))
        await send(wire, 501 + 2 * which, random.choice([c.STRING, c.STRING, c.BINARY]), payload, sequences[which])
        sequences[which] += 1
        if number % 10 == 0:
            await asyncio.sleep(0.004)


ATTACKS = {
    each.__name__: each
    for each in (foreign_ppids, foreign_control, hundreds_of_channels, sizes_of_messages, flood_of_messages)
}
