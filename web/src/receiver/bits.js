/** An exponential Golomb code of more leading zeros than this is no number of 32 bits. */
const MOST_ZEROS = 31;

/** Reads bits of a byte string, most significant first. Reading past the end makes `isOver` true and returns zeros. Pure. */
export class BitReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this._bytes = bytes;
    this._at = 0;
    /** True if more was read than there is, or an impossible code: all values read so far are then in doubt. */
    this.isOver = false;
  }

  /** @param {number} count of bits, at most 32 @returns {number} */
  bits(count) {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const byte = this._bytes[this._at >> 3];
      if (byte === undefined) {
        this.isOver = true;
        return 0;
      }
      value = value * 2 + ((byte >> (7 - (this._at & 7))) & 1);
      this._at++;
    }
    return value;
  }

  /** An unsigned exponential Golomb code, ue(v) of H.264 9.1. */
  unsigned() {
    let zeros = 0;
    while (this.bits(1) === 0) {
      if (this.isOver || ++zeros > MOST_ZEROS) {
        this.isOver = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed one, se(v). */
  signed() {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
