import { pageTime } from "./page_time.js";
import { Pipeline } from "./pipeline.js";

/** @type {any} */
const worker = globalThis;

/** Pictures that may be on their way to the page at once. With more, the page is busy, and only the newest waits for it. */
const MOST_SENT = 2;

/**
 * Decodes the frames of all connections of one page, and sends the pictures of the one that is shown to the page, which draws them. Runs in
 * a worker. (A canvas that the worker draws itself took longer: docs/measurements.md.)
 */
export class Decoding {
  /** @param {number} pageOrigin */
  constructor(pageOrigin) {
    this._sent = 0;
    /** @type {any} */
    this._waiting = null;
    this._now = () => pageTime(pageOrigin);
    /** @type {Map<number, Pipeline>} */
    this._pipelines = new Map();
    this._shown = -1;
    this._isHidden = false;
  }

  /** @param {any} message of the page */
  onMessage({ type, id, port, rtp, anchor, isHidden }) {
    if (type === "open") this._open(id, port);
    if (type === "close") this._close(id);
    if (type === "presented") this._pipelines.get(id)?.onProven(rtp);
    if (type === "anchor") this._pipelines.get(id)?.age.setAnchor(anchor);
    if (type === "show") this._shown = id;
    if (type === "drawn") this._onDrawn();
    if (type === "hidden") this._isHidden = isHidden;
    for (const [each, pipeline] of this._pipelines) pipeline.isHidden = this._isHidden || each !== this._shown;
  }

  /** @param {number} id @param {MessagePort} port to the connection's tap */
  _open(id, port) {
    const pipeline = new Pipeline({
      now: this._now,
      makeDecoder: (init) => new VideoDecoder(init),
      makeChunk: (init) => new EncodedVideoChunk(init),
      isSupported: (config) => VideoDecoder.isConfigSupported(config),
      requestKeyFrame: () => port.postMessage("key"),
      wakeAt: (time) => setTimeout(() => pipeline.onTick(this._now()), Math.max(0, time - this._now()) + 1),
      draw: (picture, frame) => this._draw(id, picture, frame),
      onFailed: (reason) => {
        port.postMessage("stop");
        worker.postMessage({ type: "failed", id, reason });
      },
    });
    this._pipelines.set(id, pipeline);
    port.onmessage = ({ data }) => pipeline.onFrame(this._now(), data);
  }

  /** @param {number} id */
  _close(id) {
    this._pipelines.get(id)?.close();
    this._pipelines.delete(id);
  }

  /** @param {number} id @param {VideoFrame} picture @param {import("./pipeline.js").DrawnFrame} frame */
  _draw(id, picture, frame) {
    const { counters, undecodable } = /** @type {Pipeline} */ (this._pipelines.get(id));
    if (this._waiting) {
      this._waiting.picture.close();
      counters.drawn--;
      counters.late++;
    }
    this._waiting = { type: "picture", id, frame, picture: picture.clone(), counters: { ...counters, undecodable } };
    this._send();
  }

  /** The page has drawn a picture. */
  _onDrawn() {
    this._sent--;
    this._send();
  }

  _send() {
    if (!this._waiting || this._sent >= MOST_SENT) return;
    this._sent++;
    worker.postMessage(this._waiting, [this._waiting.picture]);
    this._waiting = null;
  }
}
