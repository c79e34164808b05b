// The robot's picture `test:busy` again, for other senders without such a camera, and for comparing shown pictures with their
// sources: the same texture, window, sway and ball, sample by sample (src/media/src/busy_texture.cpp explains it). Only the
// letters of the clock have another shape. For pages and for Node.

const MARGIN = 96;
const SWAY = 12;
const WANDER = MARGIN - 2 * SWAY;
const OCTAVES = [[64, 90], [32, 60], [16, 40], [8, 26], [4, 16]];
const BLOCK = 16;

/** After this many pictures everything except the ball repeats. */
export const PERIOD = 28_800;

function noise(x, y, seed) {
  let value = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77) ^ Math.imul(seed, 0xc2b2ae3d);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return ((value ^ (value >>> 15)) & 0xff) - 128;
}

function smoothNoise(x, y, cell, seed) {
  const [column, row, dx, dy] = [Math.floor(x / cell), Math.floor(y / cell), x % cell, y % cell];
  const top = noise(column, row, seed) * (cell - dx) + noise(column + 1, row, seed) * dx;
  const bottom = noise(column, row + 1, seed) * (cell - dx) + noise(column + 1, row + 1, seed) * dx;
  return Math.trunc((top * (cell - dy) + bottom * dy) / (cell * cell));
}

function paint(width, height, margin, seed, contrast) {
  const stride = width + margin;
  const samples = new Uint8Array(stride * (height + margin));
  for (let y = 0, at = 0; y < height + margin; y++) {
    for (let x = 0; x < stride; x++, at++) {
      let sum = 0;
      for (const [cell, weight] of OCTAVES) sum += smoothNoise(x, y, cell, seed + cell) * weight;
      samples[at] = Math.min(235, Math.max(16, 128 + Math.trunc((sum * contrast) / 12_800)));
    }
  }
  return { width, height, stride, samples };
}

function bounce(step, range) {
  const phase = step % (2 * range);
  return phase < range ? phase : 2 * range - phase;
}

/** Position of line `y` of picture `number` in the texture: column and row, in luma samples. */
function windowAt(number, y) {
  const angle = ((number % 30_000) * Math.PI) / 25 + (y * Math.PI) / 40;
  const sway = SWAY * Math.sin(angle);
  const rounded = Math.sign(sway) * Math.floor(Math.abs(sway) + 0.5);
  return [SWAY + bounce(number, WANDER) + rounded, bounce(Math.floor(number / 2), MARGIN)];
}

export class BusyPicture {
  /** @param {number} width @param {number} height even, at least 512 wide */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    const half = [width / 2, height / 2, MARGIN / 2];
    this.luma = paint(width, height, MARGIN, 1, 100);
    this.chroma = [paint(...half, 2, 40), paint(...half, 3, 40)];
  }

  /** Paints picture `number` for `time` (Unix, ms) into I420 bytes. */
  draw(bytes, number, time) {
    const size = this.width * this.height;
    this.planes = [bytes.subarray(0, size), bytes.subarray(size, size + size / 4), bytes.subarray(size + size / 4)];
    this.#copyWindow(this.luma, this.planes[0], number, 1);
    this.chroma.forEach((plane, i) => this.#copyWindow(plane, this.planes[1 + i], number, 2));
    this.#fill(0, 0, 32 * BLOCK, BLOCK, [16, 128, 128]);
    this.#drawBall(number);
    this.#drawClock(time);
    this.#writeStamp(time);
  }

  /** The luma of a part of picture `number`, without ball and clock. */
  lumaOf(number, { x, y, width, height }) {
    const part = new Uint8Array(width * height);
    for (let line = 0; line < height; line++) {
      const [left, top] = windowAt(number, y + line);
      const at = (top + y + line) * this.luma.stride + left + x;
      part.set(this.luma.samples.subarray(at, at + width), line * width);
    }
    return part;
  }

  /** The luma at one place of picture `number`, as in `lumaOf`. */
  lumaAt(number, x, y) {
    const [left, top] = windowAt(number, y);
    return this.luma.samples[(top + y) * this.luma.stride + left + x];
  }

  /** The ball's centre and radius in picture `number`. */
  ballAt(number) {
    const { width, height } = this;
    const radius = Math.max(2, Math.floor(height / 24) * 2);
    return {
      radius, x: radius + bounce(number * Math.max(2, Math.floor(width / 160)), width - 2 * radius),
      y: BLOCK + radius + bounce(number * Math.max(1, Math.floor(height / 180)), height - BLOCK - 2 * radius),
    };
  }

  #copyWindow(from, to, number, unit) {
    for (let y = 0; y < from.height; y++) {
      const [left, top] = windowAt(number, y * unit);
      const at = (Math.floor(top / unit) + y) * from.stride + Math.floor(left / unit);
      to.set(from.samples.subarray(at, at + from.width), y * from.width);
    }
  }

  #fill(left, top, width, height, colour) {
    for (let y = top; y < top + height; y++) this.planes[0].fill(colour[0], y * this.width + left, y * this.width + left + width);
    const half = this.width / 2;
    for (let y = top >> 1; y < (top + height) >> 1; y++) {
      for (const plane of [1, 2]) this.planes[plane].fill(colour[plane], y * half + (left >> 1), y * half + (left >> 1) + (width >> 1));
    }
  }

  #drawBall(number) {
    const { x, y, radius } = this.ballAt(number);
    for (let dy = -radius; dy < radius; dy += 2) {
      const reach = Math.floor(Math.sqrt(radius * radius - dy * dy));
      const left = (x - reach) & ~1;
      this.#fill(left, (y + dy) & ~1, ((x + reach) & ~1) - left, 2, [208, 72, 168]);
    }
  }

  /** A box with the clock's size and place, with as many letters that change as often. */
  #drawClock(time) {
    const text = new Date(time).toISOString().slice(11, 23) + " UTC";
    const scale = Math.floor((this.width * 0.9) / (text.length * 6 + 1));
    const [width, height] = [(text.length * 6 + 1) * scale & ~1, 9 * scale & ~1];
    const [left, top] = [(this.width - width) >> 2 << 1, (this.height - height) >> 2 << 1];
    this.#fill(left, top, width, height, [24, 128, 128]);
    [...text].forEach((letter, i) => {
      for (let dot = 0; dot < 35; dot++) {
        if (noise(letter.charCodeAt(0), dot, 7) < 0) continue;
        const x = left + (1 + i * 6 + (dot % 5)) * scale;
        const y = top + (1 + Math.floor(dot / 5)) * scale;
        for (let line = y; line < y + scale; line++) this.planes[0].fill(235, line * this.width + x, line * this.width + x + scale);
      }
    });
  }

  #writeStamp(time) {
    for (let bit = 0; bit < 32; bit++) {
      const value = Math.floor(time / 2 ** bit) % 2 === 1 ? 235 : 16;
      for (let y = 0; y < BLOCK; y++) this.planes[0].fill(value, y * this.width + bit * BLOCK, y * this.width + (bit + 1) * BLOCK);
    }
  }
}
