import { asFunction } from "./consumer.js";
import { RTCConnection } from "./connection.js";
import { defaultConfiguration, defaultUrl, serverHasPageSocket } from "./defaults.js";
import { exchange } from "./dial.js";
import { Driving } from "./driving.js";
import { environment } from "./environment.js";
import { RTCBotError, asRTCBotError } from "./errors.js";
import { LinkState } from "./link_state.js";
import { PageCertificate } from "./page_certificate.js";
import { PageSocket } from "./page_socket.js";
import { backoffPolicy } from "./reconnect_policy.js";
import { Screen } from "./screen.js";
import { Traffic } from "./traffic.js";

/**
 * @typedef {object} LinkOptions
 * @property {string} [url] where offers are posted; "connect" at the server that served this script, or the robot's own path ("/NAME")
 * @property {string} [token] a credential of the server, for pages without its cookie, such as those of another origin
 * @property {HTMLMediaElement | import("./consumer.js").Consumer<MediaStream>} [video] an element that shows it, or a callback for each new stream;
 *   without it no video is requested
 * @property {HTMLMediaElement | import("./consumer.js").Consumer<MediaStream>} [audio]
 * @property {import("./consumer.js").Consumer<Link>} [onState] called at every change of `state`, `error`, `isDialling`, `presence` or the time of
 *   the next attempt
 * @property {() => void} [onEnding] called when the connection in use has ended and is about to be closed: its last picture is still available
 * @property {import("./consumer.js").Consumer<string>} [onMessage] the text of each message from the robot
 * @property {import("./consumer.js").Consumer<Readonly<import("./connection_stats.js").ConnectionStats>>} [onStats] the statistics of the connection
 *   in use, every second
 * @property {import("./receiver/receiver.js").VideoReceiver} [receiver] the page's own video receiver, over the video's element; without it the
 *   element alone shows the video
 * @property {boolean} [socket] whether to use a websocket at `url` beside POST, for presence and candidates; by default if the server that served
 *   this script has announced one
 * @property {Partial<import("./page_socket.js").PageSocketLimits>} [socketLimits]
 * @property {boolean | import("./driving.js").DrivingOptions} [driving] whether to drive the robot, by docs/control.md
 * @property {boolean} [sound] whether sound in both directions can be turned on later (`connection.audio.send`, `driving.listen`); none is on at
 *   first
 * @property {RTCConfiguration} [rtcConfiguration]
 * @property {import("./reconnect_policy.js").ReconnectPolicy} [reconnect]
 * @property {boolean} [ordered] whether messages keep their order; true
 * @property {number} [answerTimeout] ms
 * @property {Partial<import("./link_state.js").LinkLimits>} [limits]
 * @property {Omit<import("./connection.js").ConnectionOptions, "environment" | "driving" | "token">} [connection]
 * @property {Partial<import("./environment.js").Environment>} [environment]
 */

/**
 * A link to a robot that reconnects automatically: after a killed robot, a restarted server, a lost network, also hours later.
 * Makes one RTCConnection after the other, and keeps the last picture until the next one delivers.
 */
export class Link {
  /** @param {LinkOptions} options */
  constructor(options) {
    this._options = options;
    this._env = environment(options.environment);
    this._core = new LinkState(options.reconnect ?? backoffPolicy({ random: this._env.random }), options.limits);
    /** @type {Map<number, RTCConnection>} */
    this._connections = new Map();
    this._certificate = new PageCertificate(this._env);
    /** Attempts that wait for the certificate. @type {Set<number>} */
    this._waiting = new Set();
    /** Why an attempt was given up before its connection had an error. @type {WeakMap<RTCConnection, RTCBotError>} */
    this._endings = new WeakMap();
    /** @type {Map<"video" | "audio", (stream: MediaStream) => void>} */
    this._outputs = new Map();
    /** @type {Screen[]} */
    this._screens = [];
    /** The connection in use, for its statistics; null before the first. @type {RTCConnection | null} */
    this.connection = null;
    const { driving } = options;
    /** Drives the robot, over the connection in use; null unless requested. @type {Driving | null} */
    this.driving = driving ? new Driving(this._env, driving === true ? {} : driving) : null;
    this._traffic = new Traffic();
    /** Capture time of the picture on screen, if it comes from an earlier connection. @type {number | null} */
    this._takenAt = null;
    /** @type {any} */
    this._timer = null;
    this._told = "";
    /** The page's own video receiver; null without one. */
    this.receiver = options.receiver ?? null;
    this._url = options.url ?? defaultUrl;
    this._socket = options.socket ?? serverHasPageSocket ? this._openSocket() : null;
    this._addOutput("video", options.video);
    this._addOutput("audio", options.audio);
    this._listen();
    this._act(this._core.start());
    // Notifies after the constructor has returned, when the caller has the link.
    Promise.resolve().then(() => this._tell());
  }

  /** @returns {import("./link_state.js").LinkStateName} */
  get state() {
    return this._core.name;
  }

  /** Why the last attempt or connection ended; null while connected. @returns {RTCBotError | null} */
  get error() {
    return this._core.error;
  }

  /** ms until the next attempt; null while one is in progress or none is needed. */
  get retryIn() {
    return this._core.retryAt === null ? null : Math.max(0, this._core.retryAt - this._env.now());
  }

  /** True while an attempt is in progress. */
  get isDialling() {
    return this._core.isDialling;
  }

  /**
   * The server's last report about the robot, and its age in ms; null if it reports nothing.
   * @returns {import("./page_messages.js").RobotPresence & {age: number} | null}
   */
  get presence() {
    const presence = this._socket?.presence ?? null;
    return presence && this._socket ? { ...presence, age: this._env.now() - this._socket.presenceAt } : null;
  }

  /** The latest statistics of the connection in use, or of the last one; null before the first. */
  get stats() {
    return this.connection?.stats ?? null;
  }

  /** Bytes so far over all connections of this link, each counted from its start. */
  get traffic() {
    return this._traffic.total;
  }

  /** Present age of the picture on screen since its capture, ms, on any connection; null before the first. @returns {number | null} */
  get pictureAge() {
    const kept = this._takenAt === null ? null : this._env.now() - this._takenAt;
    return this.connection?.pictureAge ?? kept;
  }

  /**
   * Sends to the robot: a string unchanged, anything else as JSON. Stores nothing for later, because a command that is a minute
   * late is useless.
   * @param {unknown} message
   * @returns {boolean} true if it was sent; false without a connection
   */
  send(message) {
    if (this.state !== "live" || !this.connection) return false;
    this.connection.put_nowait(message);
    return true;
  }

  /** Tries immediately, unless connected or asked by the server to wait. */
  retry() {
    this._perform(this._core.onEncouraged(this._env.now()));
  }

  /** Ends it for good and notifies the robot immediately. */
  close() {
    this._perform(this._core.close());
    this._unlisten();
    this._socket?.close();
    this.receiver?.close();
    this._screens.forEach((screen) => screen.clear());
  }

  /**
   * @param {"video" | "audio"} kind
   * @param {HTMLMediaElement | import("./consumer.js").Consumer<MediaStream> | undefined} target
   */
  _addOutput(kind, target) {
    if (!target) return;
    if (typeof target === "function" || "put_nowait" in target) {
      this._outputs.set(kind, asFunction(target));
      return;
    }
    const screen = new Screen(target);
    this._screens.push(screen);
    this._outputs.set(kind, (stream) => screen.show(stream));
  }

  _listen() {
    // The page is visible again, or the network is back: both justify an immediate attempt.
    this._onVisibility = () => this.retry();
    this._onOnline = () => {
      this._socket?.restart();
      this._perform(this._core.onOnline(this._env.now()));
    };
    // A page kept for the back button has lost its connections, and reconnects when it is shown again.
    this._onPageShow = (/** @type {any} */ event) => {
      if (!event.persisted) return;
      this._socket?.restart();
      this.retry();
    };
    this._env.window?.addEventListener("visibilitychange", this._onVisibility);
    this._env.window?.addEventListener("online", this._onOnline);
    this._env.window?.addEventListener("pageshow", this._onPageShow);
  }

  _unlisten() {
    this._env.clearTimeout(this._timer);
    this._env.window?.removeEventListener("visibilitychange", /** @type {any} */ (this._onVisibility));
    this._env.window?.removeEventListener("online", /** @type {any} */ (this._onOnline));
    this._env.window?.removeEventListener("pageshow", /** @type {any} */ (this._onPageShow));
  }

  /** @param {import("./link_state.js").LinkAction[]} actions */
  _perform(actions) {
    this._act(actions);
    this._tell();
  }

  /** @param {import("./link_state.js").LinkAction[]} actions */
  _act(actions) {
    for (const action of actions) {
      if (action.do === "dial") this._dial(action.id);
      else if (action.do === "drop") this._drop(action.id);
      else this._show(action.id);
    }
    this._plan();
  }

  _plan() {
    this._env.clearTimeout(this._timer);
    const wakeAt = this._core.wakeAt;
    if (wakeAt === Infinity) return;
    const wait = Math.max(1, wakeAt - this._env.now());
    this._timer = this._env.setTimeout(() => this._perform(this._core.onTick(this._env.now())), wait);
  }

  _tell() {
    const core = this._core;
    const { online = null, viewers = null } = this._socket?.presence ?? {};
    const now = [core.name, core.error?.code, core.error?.message, core.retryAt, core.isDialling, online, viewers].join("|");
    if (now === this._told) return;
    this._told = now;
    if (this._options.onState) asFunction(this._options.onState)(this);
  }

  /** @returns {PageSocket} */
  _openSocket() {
    return new PageSocket(this._url, this._env, {
      onPresence: ([robot]) => {
        if (robot) this._perform(this._core.onPresence(this._env.now(), robot.online));
      },
      onChange: () => this._perform(this._core.onPresence(this._env.now(), this._socket?.presence?.online ?? null)),
      onEnded: (refusal) => {
        // An attempt may have been refused without effect on the connection in use, for example because of too many pages.
        if (refusal?.reason === "unauthorized") this._perform(this._core.onCredentialEnded(this._env.now(), refusal));
      },
    }, this._options.socketLimits, this._options.token);
  }

  /** The configuration of new connections: the page's own, otherwise the server's newest, otherwise the one served with this script. */
  _configuration() {
    const servers = this._socket?.iceServers ?? [];
    return this._options.rtcConfiguration ?? (servers.length > 0 ? { ...defaultConfiguration, iceServers: servers } : defaultConfiguration);
  }

  /** @param {number} id */
  _dial(id) {
    if (this._certificate.isSettled) {
      this._connect(id);
      return;
    }
    this._waiting.add(id);
    this._certificate.settle().then(() => {
      if (this._waiting.delete(id)) this._connect(id);
    });
  }

  /** @param {number} id */
  _connect(id) {
    const connection = new RTCConnection(this._options.ordered ?? true, this._certificate.within(this._configuration()),
      { ...this._options.connection, token: this._options.token, environment: this._options.environment });
    connection._receiver = this.receiver;
    connection._wantsDriveChannels = this.driving !== null;
    connection._onReading = this._traffic.meter();
    connection._roundTripToo = () => this.driving?.facts.roundTrip ?? null;
    if (this._options.sound && !this._outputs.has("audio")) connection.audio.offerBothWays();
    this._connections.set(id, connection);
    for (const kind of this._outputs.keys()) connection[kind].offerToReceive();
    connection.onStateChange((state) => {
      if (state === "connected") this._perform(this._core.onConnected(this._env.now(), id));
      // When it is closed, the element may be black.
      if (connection.closed && connection === this.connection) this._options.onEnding?.();
      if (state === "interrupted") this._perform(this._core.onInterrupted(this._env.now(), id));
    });
    connection.onClose(() => this._onEnd(id, connection));
    this._negotiate(connection).catch((/** @type {unknown} */ thrown) => {
      if (connection.closed) return;
      this._endings.set(connection, asRTCBotError(thrown, "connect_failed", `Connecting failed: ${thrown}`));
      connection.close();
    });
  }

  /** @param {RTCConnection} connection */
  async _negotiate(connection) {
    const socket = this._socket;
    const offer = await connection.getLocalDescription(null, { until: socket?.whenTrickling() });
    const answer = socket?.canOffer ? await this._offerBySocket(connection, socket, offer) : await this._post(offer);
    await connection.setRemoteDescription(answer);
  }

  /** @param {RTCSessionDescriptionInit} offer */
  _post(offer) {
    return exchange(this._url, offer, this._env, this._options.answerTimeout, this._options.token);
  }

  /**
   * @param {RTCConnection} connection @param {PageSocket} socket @param {RTCSessionDescriptionInit} offer
   * @returns {Promise<any>}
   */
  async _offerBySocket(connection, socket, offer) {
    const way = socket.offer(offer.sdp ?? "", socket.canTrickle, (candidate) => connection.addCandidate(candidate));
    if (socket.canTrickle) connection.onCandidate(way.addCandidate);
    connection.onClose(way.cancel);
    try {
      return await way.answer;
    } catch (thrown) {
      if (connection.closed || asRTCBotError(thrown, "network", "").reason !== "network") throw thrown;
      // The websocket broke: posts the offer with the candidates found meanwhile.
      return this._post(await connection.getLocalDescriptionAgain());
    }
  }

  /** @param {number} id @param {RTCConnection} connection */
  _onEnd(id, connection) {
    if (this._connections.get(id) !== connection) return;
    this._connections.delete(id);
    this.driving?.detach(connection._driveChannels);
    const error = this._endings.get(connection) ?? connection.error ?? new RTCBotError("closed", "The page was left.");
    this._perform(this._core.onEnded(this._env.now(), id, error));
  }

  /** @param {number} id */
  _drop(id) {
    this._waiting.delete(id);
    const connection = this._connections.get(id);
    this._connections.delete(id);
    if (connection) this.driving?.detach(connection._driveChannels);
    connection?.close();
  }

  /** @param {number} id */
  _show(id) {
    const connection = /** @type {RTCConnection} */ (this._connections.get(id));
    const age = this.pictureAge;
    this._takenAt = age === null ? null : this._env.now() - age;
    this.connection = connection;
    if (connection._driveChannels) this.driving?.attach(connection._driveChannels, () => this.pictureAge);
    if (this._options.onStats) connection.onStats(this._options.onStats);
    connection.subscribe((text) => {
      if (this._options.onMessage) asFunction(this._options.onMessage)(text);
    });
    this.receiver?.show(connection._statistics.feed);
    for (const [kind, show] of this._outputs) connection[kind].subscribe(show);
  }
}

/**
 * Connects to a robot and stays connected.
 * @param {LinkOptions} [options]
 * @returns {Link}
 */
export function connect(options = {}) {
  return new Link(options);
}
