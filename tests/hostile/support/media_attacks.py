"""RTP and RTCP that no browser sends, through SRTP with the right keys."""
import asyncio
import struct

RECEIVER_REPORT, SENDER_REPORT, SDES, BYE, APP, RTPFB, PSFB, XR = 201, 200, 202, 203, 204, 205, 206, 207
PACE = 0.002  # seconds between packets: many, and not so many that a socket's buffer drops them


def rtcp(kind, count, body, length=None, padding=False):
    """`length`: in words less one, as the packet says of itself; by default the truth."""
    body += bytes(-len(body) % 4)
    said = len(body) // 4 if length is None else length
    return struct.pack("!BBH", 0x80 | (0x20 if padding else 0) | (count & 31), kind, said & 0xFFFF) + body


def rtp(random, sequence, ssrc, payload_type, payload, extension=None, contributors=0, padding=None, marker=False):
    first = 0x80 | (0x20 if padding is not None else 0) | (0x10 if extension is not None else 0) | (contributors & 15)
    head = struct.pack(
        "!BBHLL", first, (0x80 if marker else 0) | payload_type, sequence & 0xFFFF, random.getrandbits(32), ssrc
    )
    head += b"".join(struct.pack("!L", random.getrandbits(32)) for _ in range(contributors & 15))
    if extension is not None:
        profile, body = extension
        body += bytes(-len(body) % 4)
        head += struct.pack("!HH", profile, len(body) // 4) + body
    return head + payload + (bytes([padding]) if padding is not None else b"")


def extension_of(random):
    """One-byte and two-byte header extensions (RFC 8285) whose elements are longer than what is there."""
    profile = random.choice([0xBEDE, 0x1000, 0x100F, random.getrandbits(16)])
    body = b""
    for _ in range(random.randrange(6)):
        length = random.randrange(16)
        if profile == 0xBEDE:
            body += bytes([random.randrange(16) << 4 | length]) + random.randbytes(random.randrange(length + 2))
        else:
            body += bytes([random.randrange(256), random.randrange(256)]) + random.randbytes(random.randrange(20))
    return profile, body


async def malformed_rtp(wire):
    random = wire.random
    ssrcs = [random.getrandbits(32), 0, *wire.robot_ssrcs()]
    sequence = random.getrandbits(16)
    for _ in range(600):
        sequence += random.choice([1, 1, 1, 2, 30_000, 65_535])
        packet = rtp(
            random,
            sequence,
            random.choice(ssrcs),
            random.choice([96, 97, 98, 99, 111, 0, 8, 63, 127, random.randrange(64)]),
            random.randbytes(random.choice([0, 1, 2, 3, 20, 200, 1_100])),
            extension_of(random) if random.random() < 0.6 else None,
            random.choice([0, 0, 1, 15]),
            random.choice([None, None, 0, 1, 255, random.randrange(256)]),
            random.random() < 0.5,
        )
        if random.random() < 0.2:
            packet = packet[: random.randrange(len(packet))]
        await wire.send_media(packet)
        await asyncio.sleep(PACE)


def feedback(random, own, media):
    """Transport-wide feedback (TWCC), REMB, NACK, PLI, FIR, SLI, RPSI: bodies that contradict themselves."""
    kind = random.randrange(8)
    head = struct.pack("!LL", own, media)
    if kind == 0:  # TWCC
        chunks = b"".join(struct.pack("!H", random.getrandbits(16)) for _ in range(random.randrange(12)))
        count = random.choice([0, 1, 7, 14, 500, 8_191, 65_535])
        body = (
            struct.pack("!HH", random.getrandbits(16), count) + random.randbytes(3) + bytes([random.randrange(256)])
        )
        return rtcp(RTPFB, 15, head + body + chunks + random.randbytes(random.randrange(30)))
    if kind == 1:  # REMB
        count = random.randrange(256)
        body = b"REMB" + bytes([count]) + random.randbytes(3)
        body += b"".join(struct.pack("!L", random.getrandbits(32)) for _ in range(random.choice([0, 1, count])))
        return rtcp(PSFB, 15, struct.pack("!LL", own, 0) + body)
    if kind == 2:  # NACK
        items = b"".join(
            struct.pack("!HH", random.getrandbits(16), random.choice([0, 65_535]))
            for _ in range(random.randrange(250))
        )
        return rtcp(RTPFB, 1, head + items)
    if kind == 3:
        return rtcp(PSFB, 1, head)
    if kind == 4:  # FIR
        items = b"".join(struct.pack("!LL", media, random.getrandbits(32)) for _ in range(random.randrange(5)))
        return rtcp(PSFB, 4, head + items + random.randbytes(random.randrange(8)))
    if kind == 5:  # TMMBR, TMMBN
        return rtcp(RTPFB, random.choice([3, 4]), head + random.randbytes(8 * random.randrange(4)))
    if kind == 6:  # Loss notification, as Chromium's
        return rtcp(PSFB, 15, head + b"LNTF" + random.randbytes(random.randrange(12)))
    return rtcp(random.choice([RTPFB, PSFB]), random.randrange(32), head + random.randbytes(random.randrange(40)))


def extended_report(random, own, media):
    body = struct.pack("!L", own)
    for _ in range(random.randrange(5)):
        kind, length = random.choice([1, 2, 3, 4, 5, 6, 7, 42, random.randrange(256)]), random.choice(
            [0, 1, 2, 3, 8, 65_535]
        )
        body += struct.pack("!BBH", kind, random.randrange(256), length) + random.randbytes(4 * min(length, 8))
        if kind == 5:
            body += struct.pack("!LLL", media, random.getrandbits(32), random.getrandbits(32))
    return rtcp(XR, 0, body)


def report(random, own, media):
    count = random.choice([0, 1, 2, 31])
    blocks = b"".join(
        struct.pack("!LLLLLL", random.choice([media, own]), *(random.getrandbits(32) for _ in range(5)))
        for _ in range(random.choice([count, 0, 1]))
    )
    if random.random() < 0.5:
        return rtcp(RECEIVER_REPORT, count, struct.pack("!L", own) + blocks)
    return rtcp(SENDER_REPORT, count, struct.pack("!LQLLL", own, random.getrandbits(64), 1, 2, 3) + blocks)


def one_rtcp(random, own, media):
    kind = random.randrange(10)
    if kind < 4:
        return feedback(random, own, media)
    if kind < 6:
        return report(random, own, media)
    if kind == 6:
        return extended_report(random, own, media)
    if kind == 7:
        item = bytes([random.randrange(9), random.randrange(256)]) + random.randbytes(random.randrange(30))
        return rtcp(SDES, random.randrange(32), struct.pack("!L", own) + item)
    if kind == 8:
        sources = b"".join(struct.pack("!L", random.choice([media, own])) for _ in range(random.randrange(4)))
        return rtcp(BYE, random.randrange(32), sources + random.randbytes(random.randrange(10)))
    return rtcp(
        random.choice([APP, 192, 195, 208, 223]), random.randrange(32), random.randbytes(random.randrange(60))
    )


async def malformed_rtcp(wire):
    random = wire.random
    own = random.choice([1, random.getrandbits(32)])
    for _ in range(600):
        media = random.choice([*wire.robot_ssrcs(), random.getrandbits(32)])
        packet = b"".join(one_rtcp(random, own, media) for _ in range(random.choice([1, 1, 2, 5])))
        trick = random.randrange(6)
        if trick == 0:
            packet = packet[: random.randrange(8, len(packet) + 1)] if len(packet) > 8 else packet
        elif trick == 1:  # the length of the first lies
            packet = packet[:2] + struct.pack("!H", random.choice([0, 1, 65_535, random.randrange(400)])) + packet[4:]
        elif trick == 2:  # padding that is longer than the packet
            packet = bytes([packet[0] | 0x20]) + packet[1:-1] + bytes([random.choice([0, 1, 3, 255])])
        elif trick == 3:
            packet += random.randbytes(random.randrange(20))
        await wire.send_media(packet[:1_400])
        await asyncio.sleep(PACE)


async def feedback_flood(wire):
    """Requests for key frames and repetitions, thousands of them, each well formed."""
    random = wire.random
    for number in range(3_000):
        media = random.choice(wire.robot_ssrcs())
        head = struct.pack("!LL", 1, media)
        kind = random.randrange(3)
        if kind == 0:
            packet = rtcp(PSFB, 1, head)
        elif kind == 1:
            packet = rtcp(PSFB, 4, head + struct.pack("!LBBH", media, number & 255, 0, 0))
        else:
            packet = rtcp(
                RTPFB, 1, head + b"".join(struct.pack("!HH", random.getrandbits(16), 65_535) for _ in range(60))
            )
        await wire.send_media(packet)
        if number % 10 == 0:
            await asyncio.sleep(0.004)


async def plain_media(wire):
    """Media that is not encrypted, with wrong keys, or nothing at all, on a path that works."""
    random = wire.random
    for _ in range(500):
        first = random.choice([0x80, 0x90, 0xB0, 0xBF, random.randrange(256)])
        await wire.send_datagram(bytes([first]) + random.randbytes(random.choice([0, 1, 3, 11, 12, 60, 1_200])))
        await asyncio.sleep(PACE)


ATTACKS = {
    "malformed_rtp": malformed_rtp,
    "malformed_rtcp": malformed_rtcp,
    "feedback_flood": feedback_flood,
    "plain_media": plain_media,
}
