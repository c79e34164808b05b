"""Connections that break while they come about: each flight of DTLS, fingerprints, offers that come again."""
import asyncio
import re
import struct

from wire import NotConnected

ROUND = 4  # seconds that a handshake is given; what hangs then is left alone


def alert(level, code, sequence=0, epoch=0):
    return struct.pack("!BHHHLHBB", 21, 0xFEFD, epoch, 0, sequence, 2, level, code)


def odd_record(random):
    """A DTLS record whose header lies, or a fragment of a handshake that cannot be."""
    kind = random.choice([20, 21, 22, 22, 23, 25, 63])
    version = random.choice([0xFEFD, 0xFEFF, 0xFEFC, 0x0303, random.getrandbits(16)])
    body = random.randbytes(random.choice([0, 1, 12, 60, 1_000]))
    if kind == 22:
        length, offset, part = (random.choice([0, 1, 100, 70_000, 0xFFFFFF]) for _ in range(3))
        body = (
            bytes([random.choice([0, 1, 2, 11, 12, 14, 16, 20, 255])])
            + length.to_bytes(3, "big")
            + random.randbytes(2)
            + offset.to_bytes(3, "big")
            + part.to_bytes(3, "big")
            + body
        )
    said = random.choice([len(body), len(body), 0, 65_535, max(0, len(body) - 1)])
    return (
        struct.pack("!BHHHLH", kind, version, random.choice([0, 0, 1, 65_535]), 0, random.getrandbits(24), said)
        + body
    )


class Saboteur:
    """Stands between aiortc and the path, and spoils the outgoing datagrams from the one numbered `at`."""

    def __init__(self, wire, how, at):
        self.random = wire.random
        self.how = how
        self.at = at
        self.seen = 0
        self.send = wire.ice._send
        wire.ice._send = self

    async def __call__(self, data):
        number, self.seen = self.seen, self.seen + 1
        if number < self.at:
            return await self.send(data)
        for each in self.how(self.random, data, number - self.at):
            await self.send(each)


def _changed(random, data):
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.choice([1, 1, 4])) + data[at + 1 :]


HOWS = {
    "silence": lambda random, data, since: [],
    "cut": lambda random, data, since: [data[: random.randrange(1, len(data))]],
    "change": lambda random, data, since: [_changed(random, data)],
    "repeat": lambda random, data, since: [data] * 20,
    "alert": lambda random, data, since: [alert(2, random.choice([0, 10, 40, 42, 80, 90, 255]), since)],
    "warning": lambda random, data, since: [alert(1, random.choice([0, 41, 100]), since)] * 5 + [data],
    "garbage": lambda random, data, since: [odd_record(random) for _ in range(30)] + [data],
    "garbage, silence": lambda random, data, since: [odd_record(random) for _ in range(30)],
    "data": lambda random, data, since: [
        struct.pack("!BHHHLH", 23, 0xFEFD, 1, 0, since, 40) + random.randbytes(40),
        data,
    ],
}


async def _handshake(wire, change_offer=lambda sdp: sdp, change_answer=lambda sdp: sdp, how=None, at=0):
    await wire.make_offer(change_offer)
    answer = await wire.post()
    if how:
        Saboteur(wire, how, at)
    await wire.accept(answer, change_answer)
    try:
        await asyncio.wait_for(wire.opened.wait(), ROUND)
    except asyncio.TimeoutError:
        pass


def _as(setup):
    return lambda sdp: re.sub(r"a=setup:\w+", f"a=setup:{setup}", sdp)


async def break_at_a_flight(wire):
    random = wire.random
    # As DTLS server, which a robot makes of who offers, or as its client.
    offer = random.choice([_as("actpass"), _as("active"), _as("passive")])
    await _handshake(wire, offer, how=HOWS[random.choice(list(HOWS))], at=random.randrange(7))


async def leave_at_a_flight(wire):
    random = wire.random
    gone = asyncio.Event()

    def go(_random, data, _since):
        gone.set()
        return [data]

    await wire.make_offer(_as(random.choice(["actpass", "active"])))
    answer = await wire.post()
    Saboteur(wire, go, random.randrange(6))
    await wire.accept(answer)
    try:
        await asyncio.wait_for(gone.wait(), ROUND)
    except asyncio.TimeoutError:
        pass


def _wrong_fingerprint(random):
    digest = ":".join(f"{random.randrange(256):02X}" for _ in range(32))
    kinds = [
        f"sha-256 {digest}",
        f"sha-1 {digest[:59]}",
        f"sha-512 {digest}:{digest}",
        f"md5 {digest[:47]}",
        "sha-256 00",
    ]
    line = f"a=fingerprint:{random.choice([kinds[0], kinds[0], kinds[0], *kinds])}"
    return lambda sdp: re.sub(r"a=fingerprint:[^\r\n]*", line, sdp)


async def our_fingerprint_wrong(wire):
    """The robot finds out."""
    await _handshake(
        wire,
        lambda sdp: _wrong_fingerprint(wire.random)(_as(wire.random.choice(["actpass", "active", "passive"]))(sdp)),
    )


async def their_fingerprint_wrong(wire):
    """This side finds out, and ends it in the way of its library."""
    await _handshake(wire, change_answer=lambda sdp: re.sub(r"(a=fingerprint:sha-256 )..", r"\g<1>00", sdp))


async def both_are_clients(wire):
    """Both begin the handshake, or both wait for it."""
    setup = wire.random.choice(["active", "passive"])
    await _handshake(wire, change_answer=lambda sdp: _as(setup)(sdp))


async def offered_twice(wire):
    """The same offer twice at once, and once more a second later."""
    await wire.make_offer()
    first, second = await asyncio.gather(wire.post(), wire.post(), return_exceptions=True)
    answers = [each for each in (first, second) if isinstance(each, dict)]
    if not answers:
        raise NotConnected("no answer to either")
    await wire.accept(wire.random.choice(answers))
    await asyncio.sleep(1)
    try:
        answers.append(await wire.post())
    except NotConnected:
        pass
    await asyncio.sleep(1.5)


async def offered_and_left(wire):
    """A few offers with nobody behind them."""
    await wire.make_offer()
    await asyncio.gather(*[wire.post() for _ in range(wire.random.randrange(1, 4))], return_exceptions=True)


async def handshake_again(wire):
    """Handshake records, alerts and garbage after the handshake."""
    random = wire.random
    await wire.dial()
    for number in range(200):
        record = random.choice(
            [
                odd_record(random),
                odd_record(random),
                alert(1, 0, number),
                alert(2, 0, number),
                alert(1, 100, number, 1),
            ]
        )
        await wire.send_datagram(record)
        await asyncio.sleep(0.002)
    wire.dtls.ssl.shutdown()
    await wire.send_datagram(wire.dtls.ssl.bio_read(65_536))
    await wire.send_datagram(odd_record(random))
    await asyncio.sleep(0.3)


ATTACKS = {
    each.__name__: each
    for each in (
        break_at_a_flight,
        leave_at_a_flight,
        our_fingerprint_wrong,
        their_fingerprint_wrong,
        both_are_clients,
        offered_twice,
        offered_and_left,
        handshake_again,
    )
}
