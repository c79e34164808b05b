/**
 * The time coded into the test picture: the low 32 bits of Unix time in ms, least significant bit first, as 32 blocks of
 * 16x16 px from the top left corner to the right, white for 1. Self-contained, so that it can be given to `page.evaluate`.
 */

/**
 * @param {{width: number, data: Uint8ClampedArray | number[]}} image as of `getImageData(0, 0, width, at least 16)`
 * @param {number} [scale] pixels of the image for one pixel of the robot's picture
 * @returns {number | null} the low 32 bits of Unix time in ms; null where a block is neither black nor white
 */
export function readStamp(image, scale = 1) {
  let stamp = 0;
  for (let bit = 0; bit < 32; bit++) {
    let sum = 0;
    let count = 0;
    // The middle of the block: its edges are what compression blurs.
    for (let y = 5; y < 11; y++) {
      for (let x = 5; x < 11; x++) {
        const at = 4 * (Math.floor(y * scale) * image.width + Math.floor((bit * 16 + x) * scale));
        sum += image.data[at] + image.data[at + 1] + image.data[at + 2];
        count += 3;
      }
    }
    const mean = sum / count;
    if (mean > 100 && mean < 155) return null;
    if (mean >= 155) stamp += 2 ** bit;
  }
  return stamp;
}

/**
 * Reads the stamp of a picture that the robot may have made smaller for a thin link: at each size that it uses, until
 * what is read is a time within an hour of now, which chance makes of noise once in six hundred times.
 * @param {{width: number, data: Uint8ClampedArray | number[]}} image as for `readStamp`
 * @param {number} [now] Unix time in ms
 * @returns {number | null} as of `readStamp`
 */
export function readStampOfAnySize(image, now = Date.now()) {
  for (const scale of [1, 0.75, 0.5, 0.375]) {
    const stamp = 512 * scale <= image.width ? readStamp(image, scale) : null;
    if (stamp !== null && Math.abs(stampAge(stamp, now)) < 3_600_000) return stamp;
  }
  return null;
}

/**
 * How old the stamped picture is.
 * @param {number} stamp @param {number} [now] Unix time in ms
 * @returns {number} ms; negative for a stamp of the future
 */
export function stampAge(stamp, now = Date.now()) {
  const age = (Math.floor(now) - stamp) % 2 ** 32;
  const wrapped = age < 0 ? age + 2 ** 32 : age;
  return wrapped >= 2 ** 31 ? wrapped - 2 ** 32 : wrapped;
}

/**
 * Writes a stamp into a canvas, for tests that are the robot themselves.
 * @param {CanvasRenderingContext2D} context
 * @param {number} time Unix time in ms
 */
export function drawStamp(context, time) {
  const bits = Math.floor(time) % 2 ** 32;
  for (let bit = 0; bit < 32; bit++) {
    context.fillStyle = Math.floor(bits / 2 ** bit) % 2 === 1 ? "#fff" : "#000";
    context.fillRect(bit * 16, 0, 16, 16);
  }
}
