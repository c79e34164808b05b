"""SCTP that no browser sends, in a well formed DTLS connection."""
import asyncio
import struct

import chunks as c

PACE = 0.003


async def _many(wire, count, make, pace=PACE):
    for _ in range(count):
        await wire.send_chunks(*make())
        await asyncio.sleep(pace)


def _parameters(random):
    body = b""
    for _ in range(random.randrange(6)):
        kind = random.choice(
            [
                1,
                5,
                6,
                7,
                9,
                11,
                12,
                0x8000,
                0x8002,
                0x8003,
                0x8004,
                0x8008,
                0xC000,
                0xC001,
                0xC004,
                0xC006,
                random.getrandbits(16),
            ]
        )
        length = random.choice([None, None, 0, 1, 3, 4, 5, 65_535])
        body += c.parameter(kind, random.randbytes(random.randrange(20)), length)
    return body


async def init_again(wire):
    """INIT and INIT ACK on an association that stands, with tags, windows and streams of nought, and odd parameters."""
    random = wire.random

    def make():
        numbers = [random.choice([0, 1, 0xFFFFFFFF, random.getrandbits(32)]) for _ in range(3)]
        streams = [random.choice([0, 1, 65_535, random.getrandbits(16)]) for _ in range(2)]
        return c.init(
            numbers[0],
            numbers[1],
            *streams,
            numbers[2],
            _parameters(random),
            random.choice([c.INIT, c.INIT, c.INIT_ACK]),
        )

    for _ in range(150):
        tag = random.choice([0, 0, 0, None, random.getrandbits(32)])
        more = [c.chunk(c.COOKIE_ECHO, random.randbytes(random.randrange(300)))] if random.random() < 0.2 else []
        await wire.send_chunks(make(), *more, tag=tag)
        await asyncio.sleep(PACE)


async def data_with_gaps(wire):
    """DATA whose numbers leave gaps, come twice, far ahead and from before."""
    random = wire.random
    first = wire.sctp._local_tsn

    def make():
        tsn = first + random.choice([1, 2, 5, random.randrange(3_000), 2**31 - 1, 2**31, -1, -1_000])
        flags = random.choice([3, 3, 2, 1, 0, 4, 7, 255])
        ppid = random.choice([c.STRING, c.BINARY, c.DCEP, 0])
        return [
            c.data(
                tsn,
                random.choice([0, 1, 2, 1_023, 65_535]),
                random.getrandbits(16),
                ppid,
                random.randbytes(random.randrange(60)),
                flags,
            )
            for _ in range(random.randrange(1, 6))
        ]

    await _many(wire, 300, make)


async def forward_far(wire):
    """FORWARD-TSN far ahead and backwards, with streams that do not exist, in both forms."""
    random = wire.random
    first = wire.sctp._local_tsn

    def make():
        tsn = first + random.choice([0, 1, 100, 100_000, 2**31 - 1, 2**31, -1, -5_000])
        streams = [
            (random.choice([0, 1, 65_535, random.getrandbits(16)]), random.getrandbits(16))
            for _ in range(random.choice([0, 1, 200]))
        ]
        if random.random() < 0.2:
            return [
                c.chunk(c.I_FORWARD_TSN, struct.pack("!L", tsn % 2**32) + random.randbytes(8 * random.randrange(5)))
            ]
        return [c.forward_tsn(tsn, streams)]

    await _many(wire, 150, make)


async def reset_nothing(wire):
    """RE-CONFIG of streams that do not exist, of all of them, and with parameters that contradict each other."""
    random = wire.random
    first = wire.sctp._reconfig_request_seq

    def make():
        if random.random() < 0.4:
            return [
                c.chunk(
                    c.RE_CONFIG,
                    b"".join(
                        c.parameter(
                            random.choice([13, 14, 15, 16, 17, 18, random.getrandbits(16)]),
                            random.randbytes(4 * random.randrange(6)),
                            random.choice([None, None, 0, 3, 60_000]),
                        )
                        for _ in range(random.randrange(4))
                    ),
                )
            ]
        streams = [
            random.choice([0, 1, 1_023, 65_535, random.getrandbits(16)]) for _ in range(random.choice([0, 1, 3, 300]))
        ]
        return [
            c.reset_streams(
                first + random.choice([0, 0, 1, 2, -1, random.getrandbits(32)]),
                random.getrandbits(32),
                wire.sctp._local_tsn + random.choice([-1, 0, 1_000]),
                streams,
            )
        ]

    await _many(wire, 200, make)


async def endless_fragments(wire):
    """Messages that begin and never end, on many streams, and middles without a begin."""
    random = wire.random
    size = random.choice([1, 10, 1_000])

    def make():
        stream = random.choice([0, 1, 2, 500, random.randrange(65_536)])
        return [
            c.data(
                wire.next_tsn(),
                stream,
                random.choice([0, 0, 1, random.getrandbits(16)]),
                random.choice([51, 53, 50]),
                random.randbytes(size),
                random.choice([c.FIRST, 0, 0, 0, c.UNORDERED, c.UNORDERED | c.FIRST, c.LAST]),
            )
        ]

    await _many(wire, 800, make, 0.001)


async def odd_chunks(wire):
    """Chunks of unknown kinds, without a body, with lengths that lie, and whole packets of them."""
    random = wire.random
    known = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 14, 64, 128, 130, 132, 192, 193, 194]

    def make():
        made = []
        for _ in range(random.choice([1, 1, 2, 20])):
            kind = random.choice([*known, random.randrange(256)])
            if kind in (6, 7, 8, 14) and random.random() < 0.97:
                kind = 192  # an end of the association is another attack's
            made.append(
                c.chunk(
                    kind,
                    random.randbytes(random.choice([0, 0, 1, 3, 4, 8, 12, 13, 16, 40])),
                    random.randrange(256),
                    random.choice([None, None, None, 0, 1, 3, 4, 5, 65_535]),
                )
            )
        return made

    await _many(wire, 400, make)


async def odd_packets(wire):
    """Packets that are cut, empty, too large, of another port, tag or checksum."""
    random = wire.random
    for _ in range(250):
        packet = wire.sctp_packet(
            [c.chunk(c.HEARTBEAT, c.parameter(1, random.randbytes(random.randrange(64))))],
            tag=random.choice([None, 0, random.getrandbits(32)]),
            ports=random.choice([None, (0, 0), (random.getrandbits(16), 5_000)]),
        )
        trick = random.randrange(5)
        if trick == 0:
            packet = packet[: random.randrange(len(packet))]
        elif trick == 1:
            packet = packet[:8] + random.randbytes(4) + packet[12:]
        elif trick == 2:
            packet += random.randbytes(random.choice([1, 3, 900, 8_000]))
        elif trick == 3:
            packet = wire.sctp_packet([c.chunk(random.choice([c.DATA, c.HEARTBEAT, 77]), random.randbytes(12_000))])
        if packet:
            await wire.send_data(packet)
        await asyncio.sleep(PACE)


async def odd_acknowledgements(wire):
    """SACKs of what was never sent, whose gaps overlap, and whose counts lie."""
    random = wire.random
    last = wire.sctp._last_received_tsn or 0

    def make():
        gaps = [(random.getrandbits(16), random.getrandbits(16)) for _ in range(random.randrange(8))]
        duplicates = [random.getrandbits(32) for _ in range(random.randrange(4))]
        counts = random.choice([None, None, (65_535, 0), (0, 65_535), (3, 3)])
        return [
            c.sack(
                last + random.choice([0, 1, -1, 50, 2**31, random.getrandbits(32)]),
                random.choice([0, 1, 2**32 - 1]),
                gaps,
                duplicates,
                counts,
            )
        ]

    await _many(wire, 250, make)


async def odd_ends(wire):
    """ABORT, SHUTDOWN and their answers in a wrong order, and more after them."""
    random = wire.random
    kinds = [c.ABORT, c.SHUTDOWN, c.SHUTDOWN_ACK, c.SHUTDOWN_COMPLETE, c.ERROR, c.COOKIE_ACK]
    for _ in range(12):
        await wire.send_chunks(
            c.chunk(random.choice(kinds), random.randbytes(random.choice([0, 4, 8, 13])), random.randrange(4))
        )
        await wire.send_chunks(c.data(wire.next_tsn(), 0, 0, c.STRING, b'"after the end"'))
        await asyncio.sleep(0.02)
    await wire.send_chunks(c.init(random.getrandbits(32), 100_000, 1_000, 1_000, 1), tag=0)
    await asyncio.sleep(0.5)


ATTACKS = {
    each.__name__: each
    for each in (
        init_again,
        data_with_gaps,
        forward_far,
        reset_nothing,
        endless_fragments,
        odd_chunks,
        odd_packets,
        odd_acknowledgements,
        odd_ends,
    )
}
