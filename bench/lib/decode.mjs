// Measures how long Chromium's decoder takes for each frame of an encode_bare stream, fed at the camera's rate.
import { readFileSync } from "node:fs";

/** The frames of a file written by `encode_bare --write`: microseconds of encoding, key frame or not, the bytes. */
function readStream(file) {
  const bytes = readFileSync(file);
  const frames = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const word = bytes.readUInt32LE(at + 4);
    if (at + 8 + size > bytes.length) break;
    frames.push({ encode: (word & 0x7fffffff) / 1000, key: word >>> 31 === 1, data: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size;
  }
  return frames;
}

/** Runs in the page: decodes the frames one by one; returns the ms of each, null for a frame that never came out. */
async function decodeInPage(frames) {
  const began = new Map();
  const took = frames.map(() => null);
  const decoder = new VideoDecoder({
    output: (picture) => {
      took[picture.timestamp] = performance.now() - began.get(picture.timestamp);
      picture.close();
    },
    error: (error) => console.error(error),
  });
  decoder.configure({ codec: "avc1.42e01f", optimizeForLatency: true });
  const start = performance.now();
  for (const [number, { key, data }] of frames.entries()) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    await new Promise((resolve) => setTimeout(resolve, start + (number * 1000) / 30 - performance.now()));
    began.set(number, performance.now());
    decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp: number, data: bytes }));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  decoder.close();
  return took;
}

/**
 * Returns ms of encoding and of decoding for each decoded frame of the file.
 * @param page of an origin where WebCodecs is permitted
 */
export async function encodeAndDecode(page, file) {
  const frames = readStream(file);
  const plain = frames.map(({ key, data }) => ({ key, data: data.toString("base64") }));
  const decode = await page.evaluate(decodeInPage, plain);
  return frames.map(({ encode }, i) => ({ encode, decode: decode[i] })).filter((both) => both.decode !== null);
}
