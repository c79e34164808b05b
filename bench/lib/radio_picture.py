"""The busy picture of radio_picture.js once more, for senders in Python: the same texture, window, sway and ball."""
import time

import numpy

MARGIN, SWAY = 96, 12
WANDER = MARGIN - 2 * SWAY
OCTAVES = ((64, 90), (32, 60), (16, 40), (8, 26), (4, 16))
BLOCK = 16
WIDTH, HEIGHT, RATE = 1280, 720, 30


def noise(x, y, seed):
    word = 0xFFFFFFFF
    value = (x * 0x9E3779B1 & word) ^ (y * 0x85EBCA77 & word) ^ (seed * 0xC2B2AE3D & word)
    value = (value ^ value >> 15) * 0x2C1B3C6D & word
    value = (value ^ value >> 12) * 0x297A2D39 & word
    return ((value ^ value >> 15) & 0xFF).astype(numpy.int64) - 128


def smooth_noise(x, y, cell, seed):
    column, row, dx, dy = x // cell, y // cell, x % cell, y % cell
    top = noise(column, row, seed) * (cell - dx) + noise(column + 1, row, seed) * dx
    bottom = noise(column, row + 1, seed) * (cell - dx) + noise(column + 1, row + 1, seed) * dx
    return numpy.trunc((top * (cell - dy) + bottom * dy) / (cell * cell)).astype(numpy.int64)


def paint(width, height, margin, seed, contrast):
    x = numpy.arange(width + margin, dtype=numpy.uint64)[None, :].astype(numpy.int64)
    y = numpy.arange(height + margin, dtype=numpy.int64)[:, None]
    total = sum(smooth_noise(x, y, cell, seed + cell) * weight for cell, weight in OCTAVES)
    return numpy.clip(128 + numpy.trunc(total * contrast / 12800), 16, 235).astype(numpy.uint8)


def bounce(step, reach):
    phase = step % (2 * reach)
    return phase if phase < reach else 2 * reach - phase


class BusyPicture:
    def __init__(self):
        self.luma = paint(WIDTH, HEIGHT, MARGIN, 1, 100)
        self.chroma = [paint(WIDTH // 2, HEIGHT // 2, MARGIN // 2, seed, 40) for seed in (2, 3)]
        self.i420 = numpy.zeros((HEIGHT * 3 // 2, WIDTH), dtype=numpy.uint8)
        flat = self.i420.reshape(-1)
        size = WIDTH * HEIGHT
        halves = (flat[size + i * size // 4 : size + (i + 1) * size // 4] for i in (0, 1))
        self.planes = [self.i420[:HEIGHT], *(half.reshape(HEIGHT // 2, WIDTH // 2) for half in halves)]

    def draw(self, number):
        """Paints picture `number` as of now; the array, HEIGHT * 3 / 2 lines of I420, is the same each time."""
        self._window(self.luma, self.planes[0], number, 1)
        for plane, target in zip(self.chroma, self.planes[1:]):
            self._window(plane, target, number, 2)
        self._fill(0, 0, 32 * BLOCK, BLOCK, (16, 128, 128))
        self._ball(number)
        now = int(time.time() * 1000)
        self._clock(now)
        for bit in range(32):
            self.planes[0][:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 235 if now >> bit & 1 else 16
        return self.i420

    def _window(self, source, target, number, unit):
        height, width = target.shape
        angle = number % 30000 * numpy.pi / 25 + numpy.arange(height) * unit * numpy.pi / 40
        wave = SWAY * numpy.sin(angle)
        sway = (numpy.sign(wave) * numpy.floor(numpy.abs(wave) + 0.5)).astype(int)
        left = (SWAY + bounce(number, WANDER) + sway) // unit
        top = bounce(number // 2, MARGIN) // unit
        for y in range(height):
            target[y] = source[top + y, left[y] : left[y] + width]

    def _fill(self, left, top, width, height, colour):
        self.planes[0][top : top + height, left : left + width] = colour[0]
        for plane in (1, 2):
            self.planes[plane][top // 2 : (top + height) // 2, left // 2 : (left + width) // 2] = colour[plane]

    def _ball(self, number):
        radius = HEIGHT // 24 * 2
        x = radius + bounce(number * max(2, WIDTH // 160), WIDTH - 2 * radius)
        y = BLOCK + radius + bounce(number * max(1, HEIGHT // 180), HEIGHT - BLOCK - 2 * radius)
        for dy in range(-radius, radius, 2):
            reach = int((radius * radius - dy * dy) ** 0.5)
            left = (x - reach) & ~1
            self._fill(left, (y + dy) & ~1, ((x + reach) & ~1) - left, 2, (208, 72, 168))

    def _clock(self, now):
        text = time.strftime("%H:%M:%S", time.gmtime(now // 1000)) + f".{now % 1000:03d} UTC"
        scale = int(WIDTH * 0.9) // (len(text) * 6 + 1)
        width, height = (len(text) * 6 + 1) * scale & ~1, 9 * scale & ~1
        left, top = (WIDTH - width) // 4 * 2, (HEIGHT - height) // 4 * 2
        self._fill(left, top, width, height, (24, 128, 128))
        for place, letter in enumerate(text):
            if letter not in self.__dict__.setdefault("glyphs", {}):
                dots = noise(numpy.int64(ord(letter)), numpy.arange(35), 7).reshape(7, 5) >= 0
                self.glyphs[letter] = numpy.kron(dots, numpy.ones((scale, scale), dtype=bool))
            x = left + (1 + place * 6) * scale
            self.planes[0][top + scale : top + 8 * scale, x : x + 5 * scale][self.glyphs[letter]] = 235
