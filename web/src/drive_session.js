import { commandOf, readRobot, writeCommand, writeHello, writeRequest, writeStop } from "./control_messages.js";
import { RTCBotError } from "./errors.js";

/** Interval of commands, ms. */
export const COMMAND_INTERVAL = 20;
/** Interval of repeated stops, ms. */
export const STOP_INTERVAL = 50;
/** Limit for an acknowledgement, ms. */
const ACK_WITHIN = 3000;
/** Maximum number of unacknowledged requests. */
const MOST_REQUESTS = 32;
/** Window for the minimum round trip, ms. A status waits for its turn, and the minimum includes the shortest wait. */
const ROUND_TRIP_OVER = 1500;

/**
 * @typedef {object} SessionEvents
 * @property {(channel: import("./control_messages.js").ChannelName, text: string) => boolean} send true if it was sent
 * @property {(message: import("./control_messages.js").RobotMessage) => void} onMessage after the session has handled it
 */

/**
 * The known state of the robot.
 * @typedef {object} RobotFacts
 * @property {import("./control_messages.js").Welcome | null} welcome null before the robot has announced that it can be driven
 * @property {import("./control_messages.js").State | null} state the newest
 * @property {import("./control_messages.js").Status | null} status the newest
 * @property {number | null} statusAt when it arrived, ms
 * @property {number | null} driver a viewer's number
 * @property {{by: number | null | undefined} | null} stop the emergency stop; by undefined: not known yet
 * @property {number | null} roundTrip of commands, ms; null without recent ones
 */

/**
 * The page's end of the control protocol within one connection. Gets the time; sends nothing before the robot's welcome.
 */
export class DriveSession {
  /** @param {string} name shown to others @param {SessionEvents} events */
  constructor(name, events) {
    this._name = name;
    this._events = events;
    /** @type {RobotFacts} */
    this.facts = { welcome: null, state: null, status: null, statusAt: null, driver: null, stop: null, roundTrip: null };
    this.counters = { commands: 0, skipped: 0, stops: 0, unreadable: 0 };
    /** True while `stop` is repeated: until the robot confirms that it is latched. */
    this.isStopping = false;
    this._stopAt = -Infinity;
    this._number = 0;
    this._id = 0;
    /** @type {Map<number, {until: number, resolve: (ack: import("./control_messages.js").Ack) => void, reject: (error: Error) => void}>} */
    this._requests = new Map();
    /** Send times of the newest commands, by number modulo 256. @type {{n: number, t: number}[]} */
    this._sent = [];
    /** @type {{at: number, ms: number}[]} */
    this._roundTrips = [];
  }

  /** True if this viewer is the driver. */
  get isDriver() {
    const { welcome, driver } = this.facts;
    return welcome !== null && driver === welcome.viewer;
  }

  /** True if `tick` must be called every `COMMAND_INTERVAL`. */
  get isBusy() {
    return this.facts.welcome !== null && (this.isDriver || this.isStopping || this._requests.size > 0);
  }

  /**
   * @param {number} now ms @param {import("./control_messages.js").ChannelName} channel @param {unknown} text
   */
  onText(now, channel, text) {
    const message = readRobot(channel, text);
    if (message === null) this.counters.unreadable++;
    if (!message) return;
    // The welcome is the robot's first message, but another channel's message may overtake it, and has no context then.
    if (message.type !== "welcome" && !this.facts.welcome) return;
    if (message.type === "welcome") this._onWelcome(now, message);
    else if (message.type === "state") this._onState(message);
    else if (message.type === "ack") this._onAck(message);
    else if (message.type === "status" && !this._onStatus(now, message)) return;
    this._events.onMessage(message);
  }

  /**
   * Sends the messages that are due. Drops those that the channel does not take, because the next ones are newer.
   * @param {number} now ms
   * @param {() => {axes?: readonly number[], buttons?: number, mode?: string}} controls read only if a command is due
   * @param {number | null} pictureAge ms
   */
  tick(now, controls, pictureAge) {
    if (!this.facts.welcome) return;
    this._expire(now);
    if (this.isStopping) this._repeatStop(now);
    if (this.isDriver) this._command(now, controls, pictureAge);
  }

  /** Requests an emergency stop and repeats it until the robot confirms it. Before the welcome the request is stored. @param {number} now ms */
  stop(now) {
    if (this.isStopping) return;
    this.isStopping = true;
    this._stopAt = -Infinity;
    if (this.facts.welcome) this._sayStop(now);
  }

  /** Changes the name that others see. @param {string} name */
  rename(name) {
    this._name = name;
    if (this.facts.welcome) this._events.send("control", writeHello(name));
  }

  /**
   * @param {number} now ms @param {import("./control_messages.js").What} what @param {number | string | boolean} [value]
   * @returns {Promise<import("./control_messages.js").Ack>} rejects with the robot's reason, "timeout" or "closed"
   */
  request(now, what, value) {
    if (!this.facts.welcome) return Promise.reject(new RTCBotError("bad_use", "The robot cannot be driven, or has not yet reported that it can."));
    const id = ++this._id;
    if (this._requests.size >= MOST_REQUESTS || !this._events.send("control", writeRequest(id, what, value))) {
      return Promise.reject(new RTCBotError("queue_full", "Too many requests are waiting for the robot. Wait a moment."));
    }
    if (what === "release") this.isStopping = false;
    return new Promise((resolve, reject) => this._requests.set(id, { until: now + ACK_WITHIN, resolve, reject }));
  }

  /** Call it when the connection has ended. */
  close() {
    const requests = [...this._requests.values()];
    this._requests.clear();
    for (const { reject } of requests) reject(new RTCBotError("closed", "The connection ended before the robot answered."));
  }

  /** @param {number} now @param {import("./control_messages.js").Welcome} welcome */
  _onWelcome(now, welcome) {
    const isFirst = this.facts.welcome === null;
    this.facts.welcome = welcome;
    if (!isFirst) return;
    this._events.send("control", writeHello(this._name));
    if (this.isStopping) this._sayStop(now);
  }

  /** @param {import("./control_messages.js").State} state */
  _onState(state) {
    this.facts.state = state;
    this.facts.driver = state.driver;
    this.facts.stop = state.stop;
    if (state.stop) this.isStopping = false;
  }

  /** @param {number} now @param {import("./control_messages.js").Status} status @returns {boolean} true if it is the newest */
  _onStatus(now, status) {
    const { facts } = this;
    if (facts.status && status.r <= facts.status.r) return false;
    this._measure(now, status.n);
    facts.status = status;
    facts.statusAt = now;
    facts.driver = status.driver;
    if (!status.stop) facts.stop = null;
    else facts.stop ??= { by: undefined };
    if (status.stop) this.isStopping = false;
    return true;
  }

  /** @param {import("./control_messages.js").Ack} ack */
  _onAck(ack) {
    const request = this._requests.get(ack.id);
    this._requests.delete(ack.id);
    if (ack.ok) request?.resolve(ack);
    else request?.reject(new RTCBotError("refused", ack.message || `The robot refused: ${ack.error}.`, { code: ack.error }));
  }

  /** @param {number} now @param {number} n the newest of our commands that the robot has received */
  _measure(now, n) {
    const sent = this._sent[n % 256];
    if (sent?.n === n && n !== this.facts.status?.n) this._roundTrips.push({ at: now, ms: now - sent.t });
    this._roundTrips = this._roundTrips.filter(({ at }) => now - at < ROUND_TRIP_OVER);
    this.facts.roundTrip = this._roundTrips.length > 0 ? Math.min(...this._roundTrips.map(({ ms }) => ms)) : null;
  }

  /** @param {number} now */
  _expire(now) {
    for (const [id, { until, reject }] of this._requests) {
      if (now < until) continue;
      this._requests.delete(id);
      reject(new RTCBotError("timeout", "The robot did not answer in time. It may not have received this. Look at what it does, and try again."));
    }
  }

  /** @param {number} now */
  _sayStop(now) {
    this.request(now, "stop").catch(() => {});
    this._repeatStop(now);
  }

  /** @param {number} now */
  _repeatStop(now) {
    if (now < this._stopAt) return;
    // Keeps the mean interval, although this runs only every 20 ms.
    this._stopAt = Math.max(this._stopAt, now - COMMAND_INTERVAL) + STOP_INTERVAL;
    if (this._events.send("drive", writeStop(++this._number))) this.counters.stops++;
  }

  /** @param {number} now @param {() => {axes?: readonly number[], buttons?: number, mode?: string}} controls @param {number | null} pictureAge */
  _command(now, controls, pictureAge) {
    const { status, statusAt } = this.facts;
    // Without the robot's clock a command has no age and would be refused.
    if (!status || statusAt === null) return;
    const read = commandOf(controls());
    const command = this.isStopping ? { ...read, axes: read.axes.map(() => 0), buttons: 0 } : read;
    const n = ++this._number;
    const p = pictureAge === null ? null : Math.max(0, pictureAge);
    if (!this._events.send("drive", writeCommand({ n, t: now, r: status.r, h: now - statusAt, p }, command))) {
      this.counters.skipped++;
      return;
    }
    this.counters.commands++;
    this._sent[n % 256] = { n, t: now };
  }
}
