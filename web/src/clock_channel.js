import { ClockOffset } from "./clock_offset.js";

/** The library's own data channel, hidden from the users of both ends. */
export const CLOCK_CHANNEL = "rtcbot.clock";

/**
 * Asks the robot for its time, and reports what the driver sees. Words: "clock T" is answered by "clock T R" with R, the robot's
 * Unix time in ms; "seen FRAMES FREEZES P50 P95" is not answered. Lost messages are not repeated. A robot without this channel
 * does not answer.
 */
export class ClockChannel {
  /** @param {RTCPeerConnection} peer before its offer @param {import("./environment.js").Environment} env */
  constructor(peer, env) {
    this._env = env;
    this._offset = new ClockOffset();
    /** @type {any} */
    this._timer = null;
    this._channel = peer.createDataChannel(CLOCK_CHANNEL, { ordered: false, maxRetransmits: 0 });
    this._channel.onopen = () => this._ask();
    this._channel.onmessage = (event) => this._onMessage(String(event.data));
  }

  /** The robot's clock minus the page's, and the possible error, ms; null if unknown. */
  estimate() {
    return this._offset.estimate(this._env.now());
  }

  /** @param {{frames: number, freezes: number, latency: {p50: number, p95: number} | null}} seen */
  report({ frames, freezes, latency }) {
    // A robot that does not send its time does not read reports either.
    if (!this.estimate()) return;
    const [p50, p95] = latency ? [latency.p50, latency.p95].map((ms) => Math.max(0, ms).toFixed(1)) : ["-", "-"];
    this._send(`seen ${frames} ${freezes} ${p50} ${p95}`);
  }

  close() {
    this._env.clearTimeout(this._timer);
    this._channel.onopen = this._channel.onmessage = null;
    this._channel.close();
  }

  _ask() {
    const wait = this._offset.onQuestion();
    this._send(`clock ${this._env.now()}`);
    if (wait !== null) this._timer = this._env.setTimeout(() => this._ask(), wait);
  }

  /** @param {string} text */
  _onMessage(text) {
    const words = text.split(" ");
    if (words.length === 3 && words[0] === "clock") this._offset.onAnswer(Number(words[1]), Number(words[2]), this._env.now());
  }

  /** Sends the text now or not at all, because a late one is useless. @param {string} text */
  _send(text) {
    if (this._channel.readyState === "open" && this._channel.bufferedAmount === 0) this._channel.send(text);
  }
}
