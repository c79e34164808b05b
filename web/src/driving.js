import { asFunction } from "./consumer.js";
import { COMMAND_INTERVAL, DriveSession } from "./drive_session.js";
import { RTCBotError } from "./errors.js";

/**
 * @typedef {object} DrivingOptions
 * @property {string} [name] this viewer's name for others, up to 40 characters
 * @property {Controls} [controls] sent while this viewer drives
 *
 * Any object that returns the state of the controls: `Controls`, or a page's own.
 * @typedef {{read(): {axes?: readonly number[], buttons?: number, mode?: string}}} Controls
 *
 * @typedef {"change" | "status" | "telemetry"} Topic
 */

/** @type {import("./drive_session.js").RobotFacts} */
const NOTHING = { welcome: null, state: null, status: null, statusAt: null, driver: null, stop: null, roundTrip: null };

/**
 * Drives a robot, over successive connections. When a connection ends, the driver stops driving, and must request the lease
 * again. An emergency stop is repeated until the robot confirms it, also on the next connection.
 */
export class Driving {
  /**
   * @param {import("./environment.js").Environment} env
   * @param {DrivingOptions} [options]
   */
  constructor(env, options = {}) {
    this._env = env;
    this._name = options.name ?? "";
    /** Sent while this viewer drives; neutral without it. @type {Controls | null} */
    this.controls = options.controls ?? null;
    /** @type {DriveSession | null} */
    this._session = null;
    /** @type {import("./drive_channel.js").DriveChannels | null} */
    this._channels = null;
    /** @type {() => number | null} */
    this._pictureAge = () => null;
    /** @type {any} */
    this._timer = null;
    this._dueAt = 0;
    this._isStopping = false;
    /** The pending stop. @type {{promise: Promise<void>, resolve: () => void} | null} */
    this._stopped = null;
    /** @type {Record<Topic, ((value: any) => void)[]>} */
    this._listeners = { change: [], status: [], telemetry: [] };
    this._said = "";
    /** The robot's last telemetry. @type {any} */
    this.telemetry = null;
  }

  /** Changes this viewer's name for others, also on later connections. @param {string} name up to 40 characters */
  rename(name) {
    this._name = name;
    this._session?.rename(name);
  }

  /** The known state of the robot on this connection. @returns {Readonly<import("./drive_session.js").RobotFacts>} */
  get facts() {
    return this._session?.facts ?? NOTHING;
  }

  /** True if the robot has announced that it can be driven. */
  get isAvailable() {
    return this.facts.welcome !== null;
  }

  /** This viewer's number; null before the welcome. */
  get viewer() {
    return this.facts.welcome?.viewer ?? null;
  }

  /** True if this viewer's credential permits driving. */
  get mayDrive() {
    return this.facts.welcome?.may_drive ?? false;
  }

  get isDriver() {
    return this._session?.isDriver ?? false;
  }

  /** True if an emergency stop was requested here and the robot has not confirmed it. */
  get isStopping() {
    return this._session?.isStopping ?? this._isStopping;
  }

  /** From the reading of the controls to the actuator, ms; null unless this viewer drives and the robot reports it. */
  get latency() {
    return this.isDriver ? this.facts.status?.age ?? null : null;
  }

  /** ms since the newest status arrived; null before the first. */
  get statusAge() {
    const at = this.facts.statusAt;
    return at === null ? null : this._env.now() - at;
  }

  /** Of this connection: commands and stops sent, commands skipped because the channel was full, unreadable messages of the robot. */
  get counters() {
    return { commands: 0, skipped: 0, stops: 0, unreadable: 0, ...this._session?.counters };
  }

  take() {
    return this._request("take");
  }

  give() {
    return this._request("give");
  }

  grant() {
    return this._request("grant");
  }

  refuse() {
    return this._request("refuse");
  }

  /** Releases the emergency stop. */
  release() {
    this._isStopping = false;
    return this._request("release");
  }

  /** Limits the speed to this share, 0 to 1. @param {number} share */
  setLimit(share) {
    return this._request("limit", share);
  }

  /** @param {string} name */
  showCamera(name) {
    return this._request("camera", name);
  }

  /** The available directions of sound: whether the robot can be heard, and whether this viewer may talk through it. */
  get audioWays() {
    return { listen: this.facts.welcome?.audio?.listen ?? false, talk: this.facts.welcome?.audio?.talk ?? false };
  }

  /** Turns the robot's sound on or off. Off at first. @param {boolean} on */
  listen(on) {
    return this._request("listen", on);
  }

  /** Turns the playing of this page's sound on or off. Off at first. @param {boolean} on */
  talk(on) {
    return this._request("talk", on);
  }

  /**
   * Emergency stop: requested on the reliable channel, and repeated 20 times a second on the other until the robot confirms it;
   * on the next connection if necessary.
   * @returns {Promise<void>} resolves when the robot has confirmed it
   */
  stop() {
    this._isStopping = true;
    this._stopped ??= pending();
    const { promise } = this._stopped;
    if (this._session) this._session.stop(this._env.now());
    this._tell("change", this);
    this._run();
    return promise;
  }

  /** Sends the controls immediately, for example when they became neutral. */
  flush() {
    this._session?.tick(this._env.now(), () => this.controls?.read() ?? {}, this._pictureAge());
  }

  /** Calls `consumer` after each change other than the status. @param {import("./consumer.js").Consumer<Driving>} consumer @returns {any} */
  onChange(consumer) {
    return this._listen("change", consumer);
  }

  /** Calls `consumer` with each status. @param {import("./consumer.js").Consumer<import("./control_messages.js").Status>} consumer @returns {any} */
  onStatus(consumer) {
    return this._listen("status", consumer);
  }

  /** Calls `consumer` with the robot's telemetry. @param {import("./consumer.js").Consumer<any>} consumer @returns {any} */
  onTelemetry(consumer) {
    return this._listen("telemetry", consumer);
  }

  /**
   * Uses this connection from now on.
   * @param {import("./drive_channel.js").DriveChannels} channels @param {() => number | null} pictureAge
   */
  attach(channels, pictureAge) {
    this.detach();
    this._channels = channels;
    this._pictureAge = pictureAge;
    this.telemetry = null;
    const session = new DriveSession(this._name, {
      send: (channel, text) => channels.send(channel, text),
      onMessage: (message) => this._onMessage(message),
    });
    this._session = session;
    if (this._isStopping) session.stop(this._env.now());
    channels.listen((channel, text) => session.onText(this._env.now(), channel, text));
    this._tell("change", this);
  }

  /**
   * Call it when a connection has ended.
   * @param {import("./drive_channel.js").DriveChannels | null} [channels] has no effect if these are not in use
   */
  detach(channels = this._channels) {
    if (!this._channels || channels !== this._channels) return;
    this._channels.listen(null);
    this._channels = null;
    const session = this._session;
    this._session = null;
    this._env.clearTimeout(this._timer);
    this._timer = null;
    session?.close();
    this._tell("change", this);
  }

  /** @param {import("./control_messages.js").What} what @param {number | string | boolean} [value] */
  _request(what, value) {
    if (!this._session) return Promise.reject(new RTCBotError("closed", "There is no connection to the robot at the moment."));
    const answered = this._session.request(this._env.now(), what, value);
    this._run();
    return answered;
  }

  /** @param {import("./control_messages.js").RobotMessage} message */
  _onMessage(message) {
    const { type } = message;
    if (type === "status") this._tell("status", message);
    if (type === "telemetry") {
      this.telemetry = message.data;
      this._tell("telemetry", message.data);
    }
    if (this.facts.stop) this._onStopped();
    // A status may be the first message with a new driver or a stop.
    const said = `${this.facts.driver}|${Boolean(this.facts.stop)}`;
    if (type === "welcome" || type === "state" || said !== this._said) this._tell("change", this);
    this._said = said;
    this._run();
  }

  _onStopped() {
    this._isStopping = false;
    this._stopped?.resolve();
    this._stopped = null;
  }

  /** Ticks while there is a message to repeat. */
  _run() {
    if (this._timer !== null || !this._session?.isBusy) return;
    this._dueAt = this._env.now();
    this._tick();
  }

  _tick() {
    this._timer = null;
    if (!this._session?.isBusy) return;
    this.flush();
    const now = this._env.now();
    // Keeps the interval although each timer is a little late. After a pause it does not catch up, and with a clock that stops it
    // is not delayed.
    this._dueAt = Math.min(Math.max(this._dueAt + COMMAND_INTERVAL, now - COMMAND_INTERVAL), now + COMMAND_INTERVAL);
    this._timer = this._env.setTimeout(() => this._tick(), Math.max(1, this._dueAt - now));
  }

  /** @param {Topic} topic @param {import("./consumer.js").Consumer<any>} consumer */
  _listen(topic, consumer) {
    this._listeners[topic].push(asFunction(consumer));
    return consumer;
  }

  /** @param {Topic} topic @param {any} value */
  _tell(topic, value) {
    for (const tell of [...this._listeners[topic]]) tell(value);
  }
}

function pending() {
  let resolve = () => {};
  const promise = new Promise((/** @type {(value: void) => void} */ settle) => (resolve = () => settle()));
  return { promise, resolve };
}
