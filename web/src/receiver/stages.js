/** Window of the figures, ms, and the most frames in it. */
const WINDOW = 5000;
const MOST_FRAMES = 600;

/**
 * Medians of the time in each stage, ms; null if unknown.
 * @typedef {object} Stages
 * @property {number | null} arrival from the capture to the frame's last packet: encoding, the robot's queue, the network
 * @property {number} decode from there to the decoded picture
 * @property {number} draw from there to the canvas
 */

/** Where the time of a frame goes. Pure: gets the time. */
export class StageFigures {
  constructor() {
    /** @type {{at: number, arrival: number | null, decode: number, draw: number}[]} */
    this._window = [];
  }

  /** @param {number | null} capturedAt by this page's clock, ms @param {import("./receiver.js").ShownFrame} frame */
  onFrame(capturedAt, { arrivedAt, decodedAt, drawnAt }) {
    const arrival = capturedAt === null ? null : arrivedAt - capturedAt;
    this._window.push({ at: drawnAt, arrival, decode: decodedAt - arrivedAt, draw: drawnAt - decodedAt });
    if (this._window.length > MOST_FRAMES) this._window.shift();
  }

  /** @param {number} now @returns {Stages | null} null if no frame was drawn in the last seconds */
  figures(now) {
    this._window = this._window.filter(({ at }) => at > now - WINDOW);
    if (this._window.length === 0) return null;
    const arrivals = this._window.flatMap(({ arrival }) => (arrival === null ? [] : [arrival]));
    return {
      arrival: arrivals.length > 0 ? median(arrivals) : null,
      decode: median(this._window.map(({ decode }) => decode)), draw: median(this._window.map(({ draw }) => draw)),
    };
  }
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
