import { H264Reader } from "./h264.js";
import { readVp8 } from "./vp8.js";

/**
 * @typedef {object} FrameHeader
 * @property {boolean} isKey decoding can begin with this frame
 * @property {VideoDecoderConfig | null} config of a decoder for this stream; null if unknown
 * @property {import("./h264.js").FrameNumber | null} number shows whether a frame is missing before this one; null if unknown
 */

/** Reads the headers of one stream's encoded frames, H.264 or VP8. Pure; any bytes are accepted. */
export class HeaderReader {
  constructor() {
    this._h264 = new H264Reader();
  }

  /**
   * @param {string} format as RTCEncodedVideoFrame's metadata name it ("video/H264"); empty if the browser does not
   * @param {Uint8Array} bytes of the whole frame @returns {FrameHeader | null} null if the format is another one, or the frame is damaged
   */
  read(format, bytes) {
    const name = format.toLowerCase().replace("video/", "") || guess(bytes);
    if (name === "h264") {
      const { isKey, codec, number } = this._h264.read(bytes);
      return { isKey, number, config: codec === null ? null : configOf(codec, { avc: { format: "annexb" } }) };
    }
    const header = name === "vp8" ? readVp8(bytes) : null;
    return header && { isKey: header.isKey, number: null, config: configOf("vp8", {}) };
  }
}

/** @param {Uint8Array} bytes */
function guess(bytes) {
  return bytes[0] === 0 && bytes[1] === 0 && (bytes[2] === 1 || (bytes[2] === 0 && bytes[3] === 1)) ? "h264" : "vp8";
}

/** @param {string} codec @param {object} more @returns {VideoDecoderConfig} */
function configOf(codec, more) {
  return /** @type {any} */ ({ codec, optimizeForLatency: true, ...more });
}
