#!/usr/bin/env python3
"""icon.py OUTPUT: draws the pages' icon, 512 x 512, as a PNG: a robot's head with two eyes. What matters is within the
middle four fifths, as systems cut icons to shapes of their own (W3C manifest, "maskable")."""
import struct
import sys
import zlib

SIZE = 512
GROUND, HEAD, EYE = (13, 17, 23), (232, 237, 243), (11, 107, 203)
# Rounded boxes, each over the one before: left, top, right, bottom, radius, colour.
SHAPES = [
    (248, 96, 264, 160, 8, HEAD), (232, 80, 280, 128, 24, EYE),
    (128, 160, 384, 368, 48, HEAD), (96, 224, 120, 304, 12, HEAD), (392, 224, 416, 304, 12, HEAD),
    (180, 216, 236, 272, 28, EYE), (276, 216, 332, 272, 28, EYE), (196, 308, 316, 328, 10, EYE),
]


def cover(x: float, y: float, shape: tuple) -> float:
    """The share of the pixel around x, y that the shape covers, by its distance from the edge."""
    left, top, right, bottom, radius, _ = shape
    dx = max(left + radius - x, x - right + radius, 0)
    dy = max(top + radius - y, y - bottom + radius, 0)
    inside = min(x - left, right - x, y - top, bottom - y)
    distance = radius - (dx * dx + dy * dy) ** 0.5 if dx > 0 and dy > 0 else inside
    return min(1.0, max(0.0, distance + 0.5))


def row(y: int) -> bytes:
    colours = [GROUND] * SIZE
    for shape in SHAPES:
        left, top, right, bottom, _, colour = shape
        if not top - 1 <= y <= bottom + 1:
            continue
        for x in range(left - 1, right + 1):
            share = cover(x + 0.5, y + 0.5, shape)
            colours[x] = tuple(round(a + (b - a) * share) for a, b in zip(colours[x], colour))
    return b"\0" + b"".join(bytes(colour) for colour in colours)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main(output: str) -> None:
    pixels = zlib.compress(b"".join(row(y) for y in range(SIZE)), 9)
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    with open(output, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


if __name__ == "__main__":
    main(*sys.argv[1:])
