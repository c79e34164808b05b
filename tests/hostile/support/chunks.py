"""SCTP chunks (RFC 9260, 3758, 6525, 8260) as bytes, right or wrong."""
import struct

DATA, INIT, INIT_ACK, SACK, HEARTBEAT, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO = (
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    9,
    10,
)
COOKIE_ACK, SHUTDOWN_COMPLETE, I_DATA, RE_CONFIG, FORWARD_TSN, I_FORWARD_TSN = 11, 14, 64, 130, 192, 194
FIRST, LAST, UNORDERED = 2, 1, 4  # flags of DATA

DCEP, STRING, BINARY_PARTIAL, BINARY, STRING_PARTIAL, STRING_EMPTY, BINARY_EMPTY = 50, 51, 52, 53, 54, 56, 57


def padded(data):
    return data + bytes(-len(data) % 4)


def chunk(kind, body=b"", flags=0, length=None):
    """`length`: what the chunk says of itself; by default the truth."""
    said = 4 + len(body) if length is None else length
    return struct.pack("!BBH", kind & 255, flags & 255, said & 0xFFFF) + padded(body)


def data(tsn, stream, sequence, ppid, payload, flags=FIRST | LAST, length=None):
    return chunk(
        DATA, struct.pack("!LHHL", tsn % 2**32, stream & 0xFFFF, sequence & 0xFFFF, ppid) + payload, flags, length
    )


def parameter(kind, body=b"", length=None):
    said = 4 + len(body) if length is None else length
    return struct.pack("!HH", kind & 0xFFFF, said & 0xFFFF) + padded(body)


def init(tag, window, outbound, inbound, tsn, parameters=b"", kind=INIT):
    return chunk(kind, struct.pack("!LLHHL", tag, window, outbound, inbound, tsn % 2**32) + parameters)


def sack(tsn, window, gaps=(), duplicates=(), counts=None):
    gap_count, duplicate_count = counts or (len(gaps), len(duplicates))
    body = struct.pack("!LLHH", tsn % 2**32, window, gap_count & 0xFFFF, duplicate_count & 0xFFFF)
    body += b"".join(struct.pack("!HH", *gap) for gap in gaps) + b"".join(
        struct.pack("!L", each) for each in duplicates
    )
    return chunk(SACK, body)


def forward_tsn(tsn, streams=()):
    return chunk(
        FORWARD_TSN, struct.pack("!L", tsn % 2**32) + b"".join(struct.pack("!HH", *each) for each in streams)
    )


def reset_streams(request, response, last_tsn, streams):
    """An Outgoing SSN Reset Request."""
    body = struct.pack("!LLL", request % 2**32, response % 2**32, last_tsn % 2**32)
    return chunk(RE_CONFIG, parameter(13, body + b"".join(struct.pack("!H", each) for each in streams)))


def dcep_open(label, protocol=b"", kind=0, priority=0, reliability=0, lengths=None):
    label_length, protocol_length = lengths or (len(label), len(protocol))
    head = struct.pack("!BBHLHH", 3, kind, priority, reliability, label_length & 0xFFFF, protocol_length & 0xFFFF)
    return head + label + protocol
