import { DrawPolicy } from "./draw_policy.js";
import { FrameAge } from "./frame_age.js";
import { HeaderReader } from "./frame_header.js";
import { FrameOrder } from "./frame_order.js";
import { KeyFrameRequests } from "./key_frame_requests.js";

/** Decoders that may fail on one connection before the receiver gives up. */
const MOST_FAULTS = 3;
/** A decoder that has this many frames in it is too slow. */
const MOST_IN_DECODER = 30;

/**
 * @typedef {object} EncodedFrame as the tap sends it
 * @property {number} rtp
 * @property {string} format
 * @property {ArrayBuffer} data
 * @property {number} arrivedAt ms
 *
 * @typedef {EncodedFrame & {isKey: boolean, number: import("./h264.js").FrameNumber | null, config: VideoDecoderConfig, bytes: Uint8Array}} Frame
 *
 * @typedef {object} DrawnFrame
 * @property {number} rtp
 * @property {number} arrivedAt ms
 * @property {number} decodedAt ms
 *
 * @typedef {object} PipelineCallbacks
 * @property {() => number} now ms
 * @property {(init: VideoDecoderInit) => VideoDecoder} makeDecoder
 * @property {(config: VideoDecoderConfig) => Promise<VideoDecoderSupport>} isSupported
 * @property {(chunk: {type: EncodedVideoChunkType, timestamp: number, data: Uint8Array}) => EncodedVideoChunk} makeChunk
 * @property {() => void} requestKeyFrame
 * @property {(time: number) => void} wakeAt call `onTick` at that time
 * @property {(picture: VideoFrame, frame: DrawnFrame) => void} draw must not keep the picture
 * @property {(reason: string) => void} onFailed the receiver cannot continue on this connection
 */

/** One connection's frames from arrival to the canvas. The decoder and the time are its caller's. */
export class Pipeline {
  /** @param {PipelineCallbacks} callbacks */
  constructor(callbacks) {
    this._callbacks = callbacks;
    this._headers = new HeaderReader();
    /** @type {FrameOrder<Frame>} */
    this._order = new FrameOrder();
    this.age = new FrameAge();
    this._policy = new DrawPolicy();
    this._requests = new KeyFrameRequests();
    /** @type {VideoDecoder | null} */
    this._decoder = null;
    this._codec = "";
    /** The frames in the decoder, by the time stamp that it was given. @type {Map<number, Frame>} */
    this._inDecoder = new Map();
    this._submitted = 0;
    /** @type {{picture: VideoFrame, frame: DrawnFrame} | null} */
    this._held = null;
    this._faults = 0;
    this._hasFailed = false;
    /** True while nobody can see the canvas: frames are decoded and not drawn. */
    this.isHidden = false;
    this.counters = { decoded: 0, drawn: 0, late: 0 };
  }

  /** Frames that could not be decoded, as the ones before them were missing. */
  get undecodable() {
    return this._order.dropped;
  }

  /** @param {number} now @param {EncodedFrame} encoded */
  onFrame(now, encoded) {
    if (this._hasFailed) return;
    this.age.onArrival(encoded.rtp, encoded.arrivedAt);
    this._policy.onArrival(now);
    const bytes = new Uint8Array(encoded.data);
    const header = this._headers.read(encoded.format, bytes);
    if (header === null) this._fault(`a frame of ${encoded.format || "unknown format"} that cannot be read`);
    else if (header.config) this._decode(this._order.onFrame({ ...encoded, ...header, config: header.config, bytes }));
    const isNeeded = this._order.needsKey && !this.isHidden && !this._hasFailed;
    if (this._requests.isDue(now, isNeeded)) this._callbacks.requestKeyFrame();
  }

  /** The browser's own receiver has shown this frame. @param {number} rtp */
  onProven(rtp) {
    if (!this._hasFailed) this._decode(this._order.onProven(rtp));
  }

  /** @param {number} now */
  onTick(now) {
    if (now < this._policy.holdsUntil) return;
    this._policy.onHoldOver(now);
    const held = this._held;
    this._held = null;
    if (held) this._draw(held.picture, held.frame);
  }

  close() {
    this._hasFailed = true;
    this._reset();
  }

  /** @param {Frame[]} frames in order */
  _decode(frames) {
    for (const frame of frames) {
      if (this._hasFailed) return;
      try {
        this._submit(frame);
      } catch (error) {
        this._fault(String(error));
        return;
      }
    }
  }

  /** @param {Frame} frame */
  _submit(frame) {
    if (this._inDecoder.size >= MOST_IN_DECODER) throw new Error("the decoder is too slow");
    if (frame.isKey) this._configure(frame);
    const timestamp = 1000 * this._submitted++;
    this._inDecoder.set(timestamp, frame);
    const chunk = this._callbacks.makeChunk({ type: frame.isKey ? "key" : "delta", timestamp, data: frame.bytes });
    /** @type {VideoDecoder} */ (this._decoder).decode(chunk);
  }

  /**
   * Makes the decoder ready for a key frame. If it still has older frames, they are not worth waiting for.
   * @param {Frame} key
   */
  _configure(key) {
    const isSame = this._codec === key.config.codec;
    if (this._decoder && isSame && this._inDecoder.size < 2) return;
    this.counters.late += this._inDecoder.size;
    this._inDecoder.clear();
    if (!isSame) this._check(key.config);
    this._codec = key.config.codec;
    if (this._decoder) this._decoder.reset();
    else this._decoder = this._makeDecoder();
    this._decoder.configure(key.config);
  }

  /** @param {VideoDecoderConfig} config */
  _check(config) {
    this._callbacks.isSupported(config).then(({ supported }) => supported || this._fail(`this browser does not decode ${config.codec}`),
      (error) => this._fail(String(error)));
  }

  _makeDecoder() {
    /** @type {VideoDecoder} */
    const decoder = this._callbacks.makeDecoder({
      output: (picture) => (decoder === this._decoder ? this._onPicture(this._callbacks.now(), picture) : picture.close()),
      error: (error) => {
        if (decoder === this._decoder) this._fault(String(error));
      },
    });
    return decoder;
  }

  /** @param {number} now @param {VideoFrame} picture */
  _onPicture(now, picture) {
    const frame = this._inDecoder.get(picture.timestamp);
    for (const at of this._inDecoder.keys()) if (at <= picture.timestamp) this._inDecoder.delete(at);
    this.counters.decoded++;
    if (!frame || this.isHidden) {
      picture.close();
      return;
    }
    const drawn = { rtp: frame.rtp, arrivedAt: frame.arrivedAt, decodedAt: now };
    const what = this._policy.onDecoded(now, this.age.at(frame.rtp, now), this._inDecoder.size);
    if (what === "drop") {
      this.counters.late++;
      picture.close();
      return;
    }
    if (this._held) this.counters.late++;
    this._held?.picture.close();
    this._held = null;
    if (what === "draw") {
      this._draw(picture, drawn);
      return;
    }
    this._held = { picture, frame: drawn };
    this._callbacks.wakeAt(this._policy.holdsUntil);
  }

  /** @param {VideoFrame} picture @param {DrawnFrame} frame */
  _draw(picture, frame) {
    this.counters.drawn++;
    this._callbacks.draw(picture, frame);
    picture.close();
  }

  /** The decoder failed: tries again with the next key frame, but not for ever. @param {string} reason */
  _fault(reason) {
    this._reset();
    if (++this._faults >= MOST_FAULTS) this._fail(reason);
  }

  /** @param {string} reason */
  _fail(reason) {
    if (this._hasFailed) return;
    this.close();
    this._callbacks.onFailed(reason);
  }

  _reset() {
    this._closeDecoder();
    this._order.reset();
    this._held?.picture.close();
    this._held = null;
  }

  _closeDecoder() {
    const decoder = this._decoder;
    this._decoder = null;
    this._codec = "";
    this.counters.late += this._inDecoder.size;
    this._inDecoder.clear();
    if (decoder && decoder.state !== "closed") decoder.close();
  }
}
