// The similarity of a shown picture to its source: SSIM of the luma in its centre, against exactly that source picture.
import { BusyPicture, PERIOD } from "./radio_picture.js";

const PROBES = 200;
const STRANGER = 25; // mean difference at the probes; no encoding error is that large
const WINDOW = 8;
const STEP = 4;

/** Enlarges to the size of the source's part, bilinearly, as a browser would. */
function enlarged({ width, height, stride, bytes }, to) {
  const luma = new Float32Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const fy = Math.min(height - 1, Math.max(0, ((y + 0.5) * height) / to.height - 0.5));
    const y0 = Math.floor(fy), y1 = Math.min(height - 1, y0 + 1), wy = fy - y0;
    for (let x = 0; x < to.width; x++) {
      const fx = Math.min(width - 1, Math.max(0, ((x + 0.5) * width) / to.width - 0.5));
      const x0 = Math.floor(fx), x1 = Math.min(width - 1, x0 + 1), wx = fx - x0;
      const top = bytes[y0 * stride + x0] * (1 - wx) + bytes[y0 * stride + x1] * wx;
      const bottom = bytes[y1 * stride + x0] * (1 - wx) + bytes[y1 * stride + x1] * wx;
      luma[y * to.width + x] = top * (1 - wy) + bottom * wy;
    }
  }
  return luma;
}

/** SSIM (Wang et al. 2004) of one window, with even weights. */
function windowSsim(a, b, width, left, top) {
  let sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (let y = top; y < top + WINDOW; y++) {
    for (let x = left; x < left + WINDOW; x++) {
      const va = a[y * width + x], vb = b[y * width + x];
      sa += va; sb += vb; saa += va * va; sbb += vb * vb; sab += va * vb;
    }
  }
  const n = WINDOW * WINDOW;
  const ma = sa / n, mb = sb / n;
  const c1 = 6.5025, c2 = 58.5225;
  return ((2 * ma * mb + c1) * ((2 * (sab - n * ma * mb)) / (n - 1) + c2)) /
    ((ma * ma + mb * mb + c1) * ((saa - n * ma * ma + sbb - n * mb * mb) / (n - 1) + c2));
}

/** Mean SSIM of two parts of a picture; skips windows for which `isOutside` is true. */
export function ssim(a, b, { width, height }, isOutside = () => false) {
  let total = 0, count = 0;
  for (let top = 0; top + WINDOW <= height; top += STEP) {
    for (let left = 0; left + WINDOW <= width; left += STEP) {
      if (isOutside(left, top)) continue;
      total += windowSsim(a, b, width, left, top);
      count++;
    }
  }
  return total / count;
}

/** Finds the picture that a sample shows, and compares. */
export class Comparer {
  #picture;
  #crop;
  #probes;

  constructor(picture, crop) {
    this.#picture = picture;
    this.#crop = crop;
    this.#probes = Array.from({ length: PROBES }, (_, i) => ({
      x: Math.floor(((i * 0.754877666) % 1) * crop.width), y: Math.floor(((i * 0.569840296) % 1) * crop.height),
    }));
  }

  #distance(luma, number) {
    const { x, y, width } = this.#crop;
    let total = 0;
    for (const probe of this.#probes) {
      total += Math.abs(luma[probe.y * width + probe.x] - this.#picture.lumaAt(number, x + probe.x, y + probe.y));
    }
    return total / PROBES;
  }

  #find(luma, about) {
    const search = (from, to) => {
      let best = { number: from, distance: Infinity };
      for (let number = Math.max(0, from); number < to; number++) {
        const distance = this.#distance(luma, number);
        if (distance < best.distance) best = { number, distance };
      }
      return best;
    };
    const likely = about === null ? search(0, 60 * 30) : search(about - 40, about + 40);
    return likely.distance < 14 ? likely : search(0, PERIOD);
  }

  /** SSIM of each sample ({stamp, width, height, stride, bytes}), oldest first; NaN if it does not show the busy picture. */
  compare(samples) {
    let last = null;
    return samples.map((sample) => {
      const luma = enlarged(sample, this.#crop);
      const about = last && last.number + Math.round(((sample.stamp - last.stamp) * 30) / 1000);
      const { number, distance } = this.#find(luma, about);
      if (distance > STRANGER) return { stamp: sample.stamp, number: null, ssim: NaN };
      last = { number, stamp: sample.stamp };
      const ball = this.#picture.ballAt(number);
      const isBall = (left, top) => Math.hypot(left + 4 + this.#crop.x - ball.x, top + 4 + this.#crop.y - ball.y) < ball.radius + 12;
      return { stamp: sample.stamp, number, ssim: ssim(luma, this.#picture.lumaOf(number, this.#crop), this.#crop, isBall) };
    });
  }
}

export const comparer = (crop) => new Comparer(new BusyPicture(1280, 720), crop);
