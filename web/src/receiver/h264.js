import { BitReader } from "./bits.js";

/** The bytes of a parameter set or a slice that are read; all fields that matter are at its start. */
const ENOUGH = 256;
/** A frame with more units before its first slice is not read on. */
const MOST_UNITS = 32;
const SLICE = 1;
const IDR_SLICE = 5;
const SPS = 7;
/** The profiles whose parameter sets describe the colour format (H.264 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * @typedef {object} Sps the part of a sequence parameter set that the receiver needs
 * @property {string} codec "avc1.PPCCLL", as VideoDecoder takes it
 * @property {number} frameNumBits length of a slice's frame_num
 * @property {boolean} hasColourPlanes slices name a colour plane
 * @property {boolean} allowsGaps frame_num may skip values without a loss
 *
 * @typedef {object} FrameNumber the number in a frame's slices: each one counts the reference frames before it
 * @property {number} value
 * @property {number} modulus
 * @property {boolean} isReference later frames may refer to this one
 */

/**
 * The NAL units of an Annex B byte string up to the first slice, each without its start code.
 * @param {Uint8Array} bytes @returns {Uint8Array[]}
 */
export function unitsOf(bytes) {
  const units = [];
  let from = startCode(bytes, 0);
  while (from >= 0 && from < bytes.length && units.length < MOST_UNITS) {
    const type = bytes[from] & 31;
    const isSlice = type === SLICE || type === IDR_SLICE;
    // The end of a slice does not matter, and the search for it would read the whole frame.
    const next = isSlice ? -1 : startCode(bytes, from);
    units.push(bytes.subarray(from, next < 0 ? bytes.length : next - 3));
    from = next;
  }
  return units;
}

/** The position after the next 00 00 01; -1 for none. @param {Uint8Array} bytes @param {number} from */
function startCode(bytes, from) {
  for (let i = from; i + 2 < bytes.length; i++) if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1) return i + 3;
  return -1;
}

/** The start of a unit's payload without its header and its emulation prevention bytes. @param {Uint8Array} unit */
function payloadOf(unit) {
  const out = [];
  let zeros = 0;
  for (const byte of unit.subarray(1, ENOUGH)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
}

/** @param {BitReader} bits @param {number} size of a scaling list */
function skipScalingList(bits, size) {
  let next = 8;
  for (let i = 0, last = 8; i < size && next !== 0 && !bits.isOver; i++) {
    next = (last + bits.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

/** @param {BitReader} bits @returns {boolean} slices name a colour plane */
function skipColourFormat(bits) {
  const format = bits.unsigned();
  const hasPlanes = format === 3 && bits.bits(1) === 1;
  bits.unsigned();
  bits.unsigned();
  bits.bits(1);
  if (bits.bits(1) === 1) {
    for (let i = 0; i < (format === 3 ? 12 : 8); i++) if (bits.bits(1) === 1) skipScalingList(bits, i < 6 ? 16 : 64);
  }
  return hasPlanes;
}

/** @param {BitReader} bits */
function skipPictureOrder(bits) {
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.bits(1);
  bits.signed();
  bits.signed();
  for (let left = bits.unsigned(); left > 0 && !bits.isOver; left--) bits.signed();
}

/** @param {Uint8Array} unit a NAL unit of type 7 @returns {Sps | null} null if it is damaged */
export function readSps(unit) {
  const bits = new BitReader(payloadOf(unit));
  const [profile, constraints, level] = [bits.bits(8), bits.bits(8), bits.bits(8)];
  bits.unsigned();
  const hasColourPlanes = HIGH_PROFILES.has(profile) && skipColourFormat(bits);
  const frameNumBits = bits.unsigned() + 4;
  skipPictureOrder(bits);
  bits.unsigned();
  const allowsGaps = bits.bits(1) === 1;
  if (bits.isOver || frameNumBits > 16) return null;
  const codec = `avc1.${[profile, constraints, level].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { codec, frameNumBits, hasColourPlanes, allowsGaps };
}

/** @param {Uint8Array} unit a slice @param {Sps} sps @returns {FrameNumber | null} */
function readNumber(unit, sps) {
  const bits = new BitReader(payloadOf(unit));
  for (let i = 0; i < 3; i++) bits.unsigned();
  if (sps.hasColourPlanes) bits.bits(2);
  const value = bits.bits(sps.frameNumBits);
  return bits.isOver ? null : { value, modulus: 2 ** sps.frameNumBits, isReference: ((unit[0] >> 5) & 3) !== 0 };
}

/** Reads the headers of one stream's frames, in their order of arrival. Pure; any bytes are accepted. */
export class H264Reader {
  constructor() {
    /** The newest parameter set. @type {Sps | null} */
    this._sps = null;
  }

  /**
   * @param {Uint8Array} bytes a whole frame, Annex B
   * @returns {{isKey: boolean, codec: string | null, number: FrameNumber | null}} isKey: decoding can begin here; number: null if unknown
   */
  read(bytes) {
    let isKey = false;
    let number = null;
    let hasSps = false;
    for (const unit of unitsOf(bytes)) {
      const type = unit[0] & 31;
      if (type === SPS) {
        this._sps = readSps(unit);
        hasSps = this._sps !== null;
      }
      if (type !== SLICE && type !== IDR_SLICE) continue;
      isKey = type === IDR_SLICE && hasSps;
      number = this._sps && !this._sps.allowsGaps ? readNumber(unit, this._sps) : null;
    }
    return { isKey, codec: this._sps?.codec ?? null, number };
  }
}
