/**
 * The header of a VP8 frame (RFC 6386 section 9.1). Pure; any bytes are accepted.
 * @param {Uint8Array} bytes @returns {{isKey: boolean, width: number, height: number} | null} null if it is none; a size only in key frames
 */
export function readVp8(bytes) {
  if (bytes.length < 3) return null;
  const isKey = (bytes[0] & 1) === 0;
  if (!isKey) return { isKey, width: 0, height: 0 };
  if (bytes.length < 10 || bytes[3] !== 0x9d || bytes[4] !== 0x01 || bytes[5] !== 0x2a) return null;
  const [width, height] = [bytes[6] + 256 * (bytes[7] & 63), bytes[8] + 256 * (bytes[9] & 63)];
  return width > 0 && height > 0 ? { isKey, width, height } : null;
}
