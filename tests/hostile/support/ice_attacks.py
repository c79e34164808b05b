"""Datagrams to the port of the robot's ICE: STUN with wrong credentials and odd attributes, and garbage."""
import asyncio
import binascii
import hashlib
import hmac
import socket
import struct

from wire import NotConnected

COOKIE = 0x2112A442
USERNAME, INTEGRITY, ERROR_CODE, UNKNOWN, PRIORITY, USE_CANDIDATE, FINGERPRINT, CONTROLLED, CONTROLLING = (
    0x0006,
    0x0008,
    0x0009,
    0x000A,
    0x0024,
    0x0025,
    0x8028,
    0x8029,
    0x802A,
)
# Nomination, network information, miscellaneous information, message integrity of 32 bit, of SHA-256: Chromium's own.
GOOG = [0xC001, 0xC057, 0xC059, 0xC060, 0xC070, 0x001C]
REQUEST, INDICATION, RESPONSE, ERROR, GOOG_PING = 0x0001, 0x0011, 0x0101, 0x0111, 0x0200


def attribute(kind, value=b"", length=None):
    return (
        struct.pack("!HH", kind, (len(value) if length is None else length) & 0xFFFF) + value + bytes(-len(value) % 4)
    )


def _with_length(head, body, more):
    return head[:2] + struct.pack("!H", (len(body) + more) & 0xFFFF) + head[4:] + body


def message(random, kind, attributes, key=None, sealed=True, transaction=None):
    """`key`: of the integrity attribute; none without. `sealed`: with a fingerprint."""
    head = struct.pack("!HHL", kind, 0, COOKIE) + (transaction or random.randbytes(12))
    body = b"".join(attributes)
    if key is not None:
        body += attribute(INTEGRITY, hmac.new(key, _with_length(head, body, 24), hashlib.sha1).digest())
    if sealed:
        crc = binascii.crc32(_with_length(head, body, 8)) ^ 0x5354554E
        body += attribute(FINGERPRINT, struct.pack("!L", crc))
    return _with_length(head, body, 0)


def odd_attributes(random, user):
    pool = [
        attribute(USERNAME, user),
        attribute(USERNAME, user[::-1]),
        attribute(USERNAME, b"x" * 600),
        attribute(PRIORITY, random.randbytes(4)),
        attribute(PRIORITY, b"1"),
        attribute(USE_CANDIDATE),
        attribute(USE_CANDIDATE, b"1234"),
        attribute(CONTROLLED, random.randbytes(8)),
        attribute(CONTROLLING, random.randbytes(8)),
        attribute(CONTROLLING, bytes(8)),
        attribute(UNKNOWN, random.randbytes(6)),
        attribute(ERROR_CODE, b"\0\0\4\x57role"),
        attribute(ERROR_CODE, b"\0"),
        attribute(random.getrandbits(16), random.randbytes(random.randrange(40))),
        attribute(random.choice(GOOG), random.randbytes(random.choice([0, 2, 4, 8, 33]))),
        attribute(0x0020, b"\0\1" + random.randbytes(6)),
        attribute(0x0020, b"\0\2" + random.randbytes(3)),
        attribute(random.choice([0x0015, 0x0014, 0x8022]), b"\xff" * random.randrange(900)),
        attribute(random.getrandbits(15), random.randbytes(4), random.choice([0, 3, 5, 65_535])),
    ]
    return random.choices(pool, k=random.randrange(9))


def stun(random, user, password, transactions):
    kind = random.choice(
        [REQUEST, REQUEST, REQUEST, INDICATION, RESPONSE, ERROR, GOOG_PING, 0x0300, random.getrandbits(14)]
    )
    key = random.choice([password, password, b"wrong", None])
    attributes = odd_attributes(random, user)
    if random.random() < 0.7:
        attributes.insert(0, attribute(USERNAME, user if random.random() < 0.8 else b"nobody:here"))
    made = message(
        random,
        kind,
        attributes,
        key,
        random.random() < 0.9,
        random.choice([*transactions, None]) if transactions else None,
    )
    trick = random.randrange(8)
    if trick == 0:
        made = made[: random.randrange(1, len(made))]
    elif trick == 1:
        made += random.randbytes(random.randrange(1, 50))
    elif trick == 2:
        at = random.randrange(len(made))
        made = made[:at] + random.randbytes(1) + made[at + 1 :]
    return made


def garbage(random):
    first = random.choice([0, 1, 20, 22, 23, 63, 64, 79, 127, 128, 200, 255, random.randrange(256)])
    return bytes([first]) + random.randbytes(random.choice([0, 1, 3, 19, 20, 100, 1_200, 8_000]))


async def _from_elsewhere(wire, make, count=400):
    """From a socket of its own, to each of the robot's ports; gives the transactions of requests that came back."""
    addresses = wire.robot_addresses()
    if not addresses:
        raise NotConnected("the answer names no address")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)
        transactions = []
        for _ in range(count):
            try:
                own.sendto(make(transactions), wire.random.choice(addresses))
            except OSError:
                pass
            await asyncio.sleep(0.003)
            try:
                received = own.recv(2_000)
                if len(received) >= 20:
                    transactions = [*transactions[-4:], received[8:20]]
            except OSError:
                pass


async def stun_before(wire):
    """STUN and garbage on the port before anybody has connected, and then a connection all the same."""
    await wire.make_offer()
    answer = await wire.post()
    wire.answer = answer["sdp"]
    user, password = wire.credentials()
    await _from_elsewhere(
        wire,
        lambda seen: stun(wire.random, user, password, seen) if wire.random.random() < 0.8 else garbage(wire.random),
    )
    if wire.random.random() < 0.5:
        await wire.accept(answer)
        await asyncio.sleep(1)


async def stun_during(wire):
    """The same beside a connection that stands, from elsewhere and on its own path."""
    await wire.dial()
    user, password = wire.credentials()
    await _from_elsewhere(wire, lambda seen: stun(wire.random, user, password, seen), 200)
    for _ in range(200):
        await wire.send_datagram(stun(wire.random, user, password, []))
        await asyncio.sleep(0.002)


async def many_addresses(wire):
    """Checks with the right credentials from hundreds of ports: each is a path that the robot may learn."""
    await wire.dial()
    user, password = wire.credentials()
    for _ in range(300):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            attributes = [
                attribute(USERNAME, user),
                attribute(PRIORITY, wire.random.randbytes(4)),
                attribute(CONTROLLING, wire.random.randbytes(8)),
            ]
            if wire.random.random() < 0.3:
                attributes.append(attribute(USE_CANDIDATE))
            own.sendto(
                message(wire.random, REQUEST, attributes, password), wire.random.choice(wire.robot_addresses())
            )
        await asyncio.sleep(0.003)


async def datagrams(wire):
    """Garbage of every size on the port, from elsewhere and on the path."""
    await wire.dial()
    await _from_elsewhere(wire, lambda _seen: garbage(wire.random), 300)
    for _ in range(200):
        await wire.send_datagram(garbage(wire.random))
        await asyncio.sleep(0.002)


ATTACKS = {each.__name__: each for each in (stun_before, stun_during, many_addresses, datagrams)}
