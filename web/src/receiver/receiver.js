import { RTCBotError } from "../errors.js";
import { PictureChoice } from "./choice.js";
import { StageFigures } from "./stages.js";
import { WATCH_INTERVAL, Watchdog } from "./watchdog.js";

/** A worker whose script has not run after this time, ms, is not waited for longer. */
const LOAD_TIMEOUT = 5000;

/**
 * @typedef {{rtp: number, arrivedAt: number, decodedAt: number, drawnAt: number}} ShownFrame times by the page's clock, ms
 * @typedef {{decoded: number, drawn: number, late: number, undecodable: number}} ReceiverCounters
 *
 * @typedef {object} ReceiverOptions
 * @property {string} [worker] address of rtcbot-receiver.js; at the server that served rtcbot.js, otherwise beside the page
 * @property {() => void} [onChange] called when the other of the two pictures becomes visible
 * @property {(frame: ShownFrame) => void} [onFrame] called when the visible canvas has a new picture
 */

/** @type {any} */
const browser = globalThis;

/** The address of the worker: at the server that served rtcbot.js, otherwise beside the page. */
function defaultUrl() {
  return browser.rtcbotBase ? new URL("rtcbot-receiver.js", browser.rtcbotBase).href : "rtcbot-receiver.js";
}

/** Why this browser cannot have a receiver of the page's own; empty if it can. */
export function lackingFor(page = browser) {
  if (!page.Worker || !page.RTCRtpScriptTransform) return "no access to encoded frames";
  return page.VideoDecoder ? "" : "no WebCodecs";
}

/** One of the two workers. */
class WatchedWorker {
  /** @param {string} url @param {(data: any) => void} onMessage @param {(reason: string) => void} onFailed */
  constructor(url, onMessage, onFailed) {
    this._watchdog = new Watchdog();
    this._isReady = false;
    this._madeAt = performance.now();
    this._onFailed = onFailed;
    /** @type {Worker} */
    this.worker = new browser.Worker(url);
    this.worker.onerror = (event) => this._isReady || onFailed(`its worker does not run: ${event.message ?? url}`);
    this.worker.onmessage = ({ data }) => {
      this._isReady = true;
      this._watchdog.onAnswer();
      if (data.type !== "pong" && data.type !== "ready") onMessage(data);
    };
  }

  /** @param {number} now */
  watch(now) {
    if (!this._isReady) {
      if (now - this._madeAt > LOAD_TIMEOUT) this._onFailed("its worker does not load");
      return;
    }
    if (this._watchdog.onTick(now)) this._onFailed("its worker hangs");
    else this.worker.postMessage({ type: "ping" });
  }
}

/**
 * The page's own video receiver: decodes each frame as soon as it has arrived, without the browser's jitter buffer, and draws it into a
 * canvas over the <video>. The <video> receives all frames too, and is what is visible whenever something is wrong with this.
 */
export class VideoReceiver {
  /** @param {HTMLCanvasElement} canvas over the <video> @param {ReceiverOptions} [options] */
  constructor(canvas, { worker = defaultUrl(), onChange = () => {}, onFrame = () => {} } = {}) {
    /** Why it is not used; empty while it is. */
    this.failure = lackingFor();
    this._canvas = canvas;
    this._context = canvas.getContext("2d", { alpha: false, desynchronized: true });
    this._onChange = onChange;
    this._onFrame = onFrame;
    this._choice = new PictureChoice();
    /** @type {Map<number, Feed>} */
    this._feeds = new Map();
    /** @type {Feed | null} */
    this._shown = null;
    this._nextId = 1;
    this._onVisibility = () => this._send({ type: "hidden", isHidden: document.visibilityState === "hidden" });
    canvas.hidden = true;
    if (this.failure === "") this._start(worker);
  }

  /** True while the canvas is what is visible. */
  get isVisible() {
    return this._choice.isCanvas;
  }

  /**
   * Connects it to a connection's video, if it can. Call it when the transceiver is made: later the browser does not pass frames on.
   * @param {import("../connection.js").RTCConnection} connection its statistics get its part as `feed`
   */
  open(connection) {
    const transceiver = connection._rtc.getTransceivers().find((each) => each.receiver.track.kind === "video");
    if (this.failure !== "" || !transceiver) return;
    const { port1, port2 } = new MessageChannel();
    const options = { port: port1, pageOrigin: performance.timeOrigin };
    try {
      /** @type {any} */ (transceiver.receiver).transform = new browser.RTCRtpScriptTransform(this._tap?.worker, options, [port1]);
    } catch (error) {
      this._fail(String(error));
      return;
    }
    const feed = new Feed(this, this._nextId++, connection._statistics);
    // Frames reach a connection's <video> through the tap, as long as the connection lives: without it a new one is needed.
    feed.onStarved = (error) => connection._fail(error);
    connection._statistics.feed = feed;
    this._send({ type: "open", id: feed.id, port: port2 }, [port2]);
    this._feeds.set(feed.id, feed);
  }

  /** This connection is the one that is shown from now on. @param {Feed | null} feed null: one without the receiver */
  show(feed) {
    this._shown = feed;
    this._choose(() => {
      this._choice.reset();
      if (!feed || feed.failure !== "") this._choice.onFailed();
    });
    if (feed) this._send({ type: "show", id: feed.id });
  }

  close() {
    this._fail("closed");
    this._stopTap();
  }

  /** @param {string} url */
  _start(url) {
    try {
      this._tap = new WatchedWorker(url, () => {}, (reason) => this._onTapFailed(reason));
      this._decoder = new WatchedWorker(url, (data) => this._onMessage(data), (reason) => this._fail(reason));
      this._send({ type: "begin", pageOrigin: performance.timeOrigin });
    } catch (error) {
      this._fail(String(error));
      return;
    }
    document.addEventListener("visibilitychange", this._onVisibility);
    this._onVisibility();
    this._timer = setInterval(() => {
      const now = performance.now();
      this._tap?.watch(now);
      if (this.failure === "") this._decoder?.watch(now);
    }, WATCH_INTERVAL);
  }

  /** @param {any} message */
  _onMessage({ type, id, reason, ...drawn }) {
    const feed = this._feeds.get(id);
    if (type === "picture") this._onPicture(feed, drawn);
    if (type !== "failed" || !feed) return;
    feed._failure = reason;
    if (feed === this._shown) this._choose(() => this._choice.onFailed());
  }

  /** @param {Feed | undefined} feed @param {any} drawn */
  _onPicture(feed, { picture, frame, counters }) {
    const isShown = feed && feed === this._shown && this.failure === "";
    if (isShown) this._draw(picture);
    picture.close();
    this._send({ type: "drawn" });
    if (!isShown) return;
    const shown = { ...frame, drawnAt: performance.now() };
    feed.counters = counters;
    this._choose(() => this._choice.onDrawn(frame.rtp));
    feed.onDrawn(shown);
    if (this.isVisible) this._onFrame(shown);
  }

  /** @param {VideoFrame} picture */
  _draw(picture) {
    const { displayWidth: width, displayHeight: height } = picture;
    if (this._canvas.width !== width || this._canvas.height !== height) Object.assign(this._canvas, { width, height });
    this._context?.drawImage(picture, 0, 0);
  }

  /** @param {Feed} feed @param {number} now @param {number} rtp @param {number | null} age ms; null if unknown */
  _onPresented(feed, now, rtp, age) {
    if (this._shown === feed) this._choose(() => this._choice.onPresented(now, rtp, age));
  }

  /** @param {() => void} change */
  _choose(change) {
    const before = this._choice.isCanvas;
    change();
    if (before === this._choice.isCanvas) return;
    this._canvas.hidden = !this._choice.isCanvas;
    this._onChange();
  }

  /** @param {any} message @param {Transferable[]} [transfer] */
  _send(message, transfer = []) {
    this._decoder?.worker.postMessage(message, transfer);
  }

  /** @param {string} reason */
  _onTapFailed(reason) {
    this._stopTap();
    this._fail(reason);
    const error = new RTCBotError("peer_lost", `The video receiver failed: ${reason}`);
    for (const feed of [...this._feeds.values()]) feed.onStarved(error);
  }

  _stopTap() {
    clearInterval(this._timer);
    this._tap?.worker.terminate();
  }

  /** Not for this page any more. The tap passes the frames on to the <video>, as before. @param {string} reason */
  _fail(reason) {
    if (this.failure !== "") return;
    this.failure = reason;
    document.removeEventListener("visibilitychange", this._onVisibility);
    this._decoder?.worker.terminate();
    this._choose(() => this._choice.onFailed());
  }
}

/** One connection's part of the receiver. */
export class Feed {
  /** @param {VideoReceiver} receiver @param {number} id @param {import("../statistics.js").Statistics} statistics of the connection */
  constructor(receiver, id, statistics) {
    this.id = id;
    this.statistics = statistics;
    this._failure = "";
    /** @type {ReceiverCounters} */
    this.counters = { decoded: 0, drawn: 0, late: 0, undecodable: 0 };
    this.stages = new StageFigures();
    /** @type {(error: RTCBotError) => void} */
    this.onStarved = () => {};
    this._receiver = receiver;
  }

  /** Why this connection is shown by the <video> for good; empty if it is not. */
  get failure() {
    return this._failure || this._receiver.failure;
  }

  /** True while this connection's frames are visible in the canvas. */
  get isVisible() {
    return this._receiver.isVisible && this._receiver._shown === this;
  }

  /** @param {number} now @returns {import("../connection_stats.js").ReceiverStats} */
  stats(now) {
    return { isVisible: this.isVisible, failure: this.failure, ...this.counters, stages: this.stages.figures(now) };
  }

  /** The canvas has a new picture. @param {ShownFrame} frame */
  onDrawn(frame) {
    const takenAt = this.statistics._watch?.takenAt(frame.drawnAt, frame.rtp) ?? null;
    this.stages.onFrame(this._byThisClock(takenAt), frame);
    if (this.isVisible) this.statistics._frames.onFrame(frame.drawnAt, takenAt);
  }

  /**
   * The <video> shows this frame.
   * @param {number} shownAt @param {number | null} takenAt by the robot's clock, ms
   * @param {number | undefined} rtp undefined if the browser does not tell
   * @returns {boolean} true if the canvas is what is visible
   */
  hides(shownAt, takenAt, rtp) {
    if (rtp !== undefined) {
      const capturedAt = this._byThisClock(takenAt);
      this._receiver._send({ type: "presented", id: this.id, rtp });
      this._receiver._onPresented(this, shownAt, rtp, capturedAt === null ? null : shownAt - capturedAt);
    }
    return this.isVisible;
  }

  /** Call it several times a second: lets the decoder know how old its frames are. @param {number} now */
  onReading(now) {
    this.statistics._watch?._readAnchor(now);
    const anchor = this.statistics._watch?._anchor;
    const capturedAt = anchor ? this._byThisClock(anchor.takenAt) : null;
    if (anchor && capturedAt !== null) this._receiver._send({ type: "anchor", id: this.id, anchor: { rtp: anchor.rtp, capturedAt } });
  }

  /** @param {number | null} takenAt by the robot's clock, ms */
  _byThisClock(takenAt) {
    const clock = this.statistics._clock?.estimate();
    return takenAt === null || !clock ? null : takenAt - clock.offset;
  }

  close() {
    this._receiver._feeds.delete(this.id);
    this._receiver._send({ type: "close", id: this.id });
  }
}
