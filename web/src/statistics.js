import { asFunction } from "./consumer.js";
import { ClockChannel } from "./clock_channel.js";
import { connectionStats } from "./connection_stats.js";
import { FrameFigures } from "./frame_figures.js";
import { FrameWatch, askForCaptureTime } from "./frame_watch.js";

/** Interval of the statistics, ms. */
export const STATS_INTERVAL = 1000;

/** The statistics of one connection: from the browser's counters, the displayed frames, and the robot's clock. */
export class Statistics {
  /** @param {import("./environment.js").Environment} env @param {() => number | null} roundTripToo a round trip measured elsewhere, ms */
  constructor(env, roundTripToo = () => null) {
    this._env = env;
    this._roundTripToo = roundTripToo;
    /** @type {Readonly<import("./connection_stats.js").ConnectionStats> | null} */
    this.latest = null;
    this._frames = new FrameFigures();
    /** The page's own receiver of this connection's video: the frames that its canvas shows count instead of the <video>'s while it is visible.
     * @type {import("./receiver/receiver.js").Feed | null} */
    this.feed = null;
    /** @type {ClockChannel | null} */
    this._clock = null;
    /** @type {FrameWatch | null} */
    this._watch = null;
    /** @type {{time: number, video: any} | null} */
    this._before = null;
    /** @type {((stats: Readonly<import("./connection_stats.js").ConnectionStats>) => void)[]} */
    this._listeners = [];
    this._onVisibility = () => this._frames.onHidden();
    env.window?.addEventListener("visibilitychange", this._onVisibility);
  }

  /** Call it before the offer of a connection that requests video. @param {RTCPeerConnection} peer */
  prepareOffer(peer) {
    this._clock = new ClockChannel(peer, this._env);
    for (const each of peer.getTransceivers()) if (each.receiver?.track?.kind === "video") askForCaptureTime(each);
  }

  /** The robot's video has arrived. @param {RTCTrackEvent} event */
  onTrack({ track, receiver }) {
    this._watch?.stop();
    this._watch = new FrameWatch(track, receiver, this._env, (shownAt, takenAt, rtp) => {
      if (!this.feed?.hides(shownAt, takenAt, rtp)) this._frames.onFrame(shownAt, takenAt);
    });
    this._watch.look();
  }

  /** @param {import("./reading.js").Reading} reading */
  onReading(reading) {
    this._watch?.look();
    const time = this._env.now();
    this.feed?.onReading(time);
    // The timer of the readings is a little late each time.
    if (this._before && time - this._before.time < STATS_INTERVAL - 50) return;
    const clock = this._clock?.estimate() ?? null;
    const offset = clock && clock.offset;
    const shown = { ...this._frames.figures(time, offset), pictureAge: this.pictureAge, clock, receiver: this.feed?.stats(time) ?? null };
    this.latest = connectionStats(this._before, { ...reading, time }, shown);
    this._before = { time, video: reading.video };
    this._clock?.report({ ...this.latest, frames: this.latest.framesDecoded });
    for (const tell of [...this._listeners]) tell(this.latest);
  }

  /** @returns {number | null} */
  get pictureAge() {
    return this._frames.pictureAge(this._env.now(), this._clock?.estimate()?.offset ?? null, this._underWay());
  }

  /** Minimum delay of a picture, as far as is known without its capture time, ms. */
  _underWay() {
    const { roundTrip = null, jitterBuffer = null } = this.latest ?? {};
    const known = [roundTrip, this._roundTripToo()].flatMap((each) => (each === null ? [] : [each]));
    // The maximum of the measured values, because they are recent. The clock's best answer may be old, so it is only the
    // fallback.
    const trip = known.length > 0 ? Math.max(...known) : 2 * (this._clock?.estimate()?.error ?? 0);
    return trip / 2 + (jitterBuffer ?? 0);
  }

  /** @param {import("./consumer.js").Consumer<Readonly<import("./connection_stats.js").ConnectionStats>>} consumer */
  subscribe(consumer) {
    this._listeners.push(asFunction(consumer));
  }

  close() {
    this._env.window?.removeEventListener("visibilitychange", this._onVisibility);
    this._watch?.stop();
    this._clock?.close();
    this.feed?.close();
  }
}
