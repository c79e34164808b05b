import { asFunction } from "./consumer.js";
import { defaultConfiguration } from "./defaults.js";
import { DriveChannels } from "./drive_channel.js";
import { Driving } from "./driving.js";
import { environment } from "./environment.js";
import { RTCBotError, asRTCBotError, refusalIn } from "./errors.js";
import { gather } from "./gather.js";
import { freshConfiguration } from "./ice_servers.js";
import { ConnectionMedia, formatsRefused } from "./media.js";
import { Occasion } from "./occasion.js";
import { Outbox } from "./outbox.js";
import { PeerMonitor } from "./peer_monitor.js";
import { Statistics } from "./statistics.js";
import { Trickle } from "./trickle.js";

/**
 * - `new`: nothing done yet.
 * - `connecting`: an offer or an answer is being made, exchanged or tried.
 * - `connected`: media and messages flow.
 * - `interrupted`: nothing has been heard from the robot for over a second; it may come back.
 * - `failed`: ended, `error` says why.
 * - `closed`: ended by this page.
 * @typedef {"new" | "connecting" | "connected" | "interrupted" | "failed" | "closed"} ConnectionState
 */

/**
 * @typedef {object} ConnectionOptions
 * @property {number} [connectTimeout] ms from when offer and answer are both known to a working connection; 15,000
 * @property {Partial<import("./gathering.js").GatheringLimits>} [gathering]
 * @property {Partial<import("./liveness.js").LivenessLimits>} [liveness]
 * @property {Partial<import("./outbox.js").OutboxLimits>} [outbox]
 * @property {boolean | import("./driving.js").DrivingOptions} [driving] whether the robot is to be driven, by docs/control.md
 * @property {string} [token] a credential for `iceServersUrl` of the configuration
 * @property {Partial<import("./environment.js").Environment>} [environment]
 */

/** A connection to one robot, from its first description to its end. Single use: for another try, make another. */
export class RTCConnection {
  /**
   * @param {boolean} [defaultOrdered] whether messages of the default channel keep their order
   * @param {RTCConfiguration} [rtcConfiguration] passed to RTCPeerConnection as it is
   * @param {ConnectionOptions} [options]
   */
  constructor(defaultOrdered = true, rtcConfiguration = defaultConfiguration, options = {}) {
    /** @type {ConnectionState} */
    this.state = "new";
    /** Why it failed. @type {RTCBotError | null} */
    this.error = null;
    this._ordered = defaultOrdered;
    this._configuration = rtcConfiguration;
    this._options = options;
    this._token = options.token;
    this._env = environment(options.environment);
    /** @type {((text: string) => void)} */
    this._deliver = (text) => console.log(text);
    /** @type {((state: ConnectionState) => void)[]} */
    this._stateListeners = [];
    /** @type {Occasion<RTCConnection>} */
    this._ready = new Occasion();
    /** @type {Occasion<RTCBotError>} */
    this._failure = new Occasion();
    /** @type {Occasion<RTCConnection>} */
    this._end = new Occasion();
    this._outbox = new Outbox(options.outbox);
    /** @type {RTCDataChannel[]} */
    this._channels = [];
    this._offered = false;
    /** To drive the robot; null unless that was asked for. @type {Driving | null} */
    this.driving = options.driving ? new Driving(this._env, options.driving === true ? {} : options.driving) : null;
    /** A link brings a `Driving` of its own, and asks for the channels only. */
    this._wantsDriveChannels = this.driving !== null;
    /** @type {DriveChannels | null} */
    this._driveChannels = null;
    this.put_nowait = this.put_nowait.bind(this);
    this._onPageHide = () => this.close();
    /** The peer connection below, for what this library does not cover. */
    this._rtc = new this._env.RTCPeerConnection(this._configuration);
    this._trickle = new Trickle(this._rtc);
    this.video = new ConnectionMedia(this._rtc, "video");
    this.audio = new ConnectionMedia(this._rtc, "audio");
    /** A link hears of each reading. @type {(reading: import("./reading.js").Reading) => void} */
    this._onReading = () => {};
    /** A round trip that somebody else has measured, ms; a link's commands do. @type {() => number | null} */
    this._roundTripToo = () => this.driving?.facts.roundTrip ?? null;
    this._statistics = new Statistics(this._env, () => this._roundTripToo());
    this._monitor = new PeerMonitor(this._rtc, this._env, this._options, {
      onConnected: () => this._enter("connected"),
      onInterrupted: () => this._enter("interrupted"),
      onFailed: (error) => this._fail(error),
      onReading: (reading) => {
        this._statistics.onReading(reading);
        this._onReading(reading);
      },
    });
    this._rtc.ontrack = (event) => this._onTrack(event);
    this._rtc.ondatachannel = (event) => this._adopt(event.channel);
    this._env.window?.addEventListener("pagehide", this._onPageHide);
  }

  /** The offer, or with an offer given the answer to it, with candidates inside. Never takes longer than the gathering limit.
   * @param {RTCSessionDescriptionInit | null} [description]
   * @param {{until?: Promise<void> | null}} [options] `until`: as soon as this resolves it waits for no further candidates; they are told
   *   to `onCandidate`
   * @returns {Promise<RTCSessionDescriptionInit>} */
  async getLocalDescription(description = null, options = {}) {
    this._requireAlive();
    await this._refreshIceServers();
    if (description !== null) await this.setRemoteDescription(description);
    const answering = this._rtc.signalingState === "have-remote-offer";
    if (!answering) this._prepareOffer();
    this._enter("connecting");
    try {
      const made = answering ? await this._rtc.createAnswer() : await this._rtc.createOffer();
      await this._rtc.setLocalDescription(made);
      if (answering) this._monitor.expectConnection();
      await gather(this._rtc, this._configuration, this._env, this._options.gathering, options.until);
    } catch (thrown) {
      throw this._fail(asRTCBotError(thrown, "gathering_failed", `The browser could not describe this end: ${thrown}`));
    }
    this._requireAlive();
    this._trickle.onDescribed();
    return this._described();
  }

  /** The same description, when it has candidates enough to go without more; for a way on which none can follow.
   * @returns {Promise<RTCSessionDescriptionInit>} */
  async getLocalDescriptionAgain() {
    this._requireAlive();
    if (!this._rtc.localDescription) throw new RTCBotError("bad_use", "This connection has not been described yet.");
    await gather(this._rtc, this._configuration, this._env, this._options.gathering);
    this._requireAlive();
    return this._described();
  }

  /** This end as it is described now, with all candidates so far. @returns {RTCSessionDescriptionInit} */
  _described() {
    const local = /** @type {RTCSessionDescription} */ (this._rtc.localDescription);
    return { type: local.type, sdp: local.sdp };
  }

  /** Told each candidate that is found after the description was given, as RTCIceCandidateInit, and null after the last.
   * @param {import("./consumer.js").Consumer<RTCIceCandidateInit | null>} consumer @returns {any} */
  onCandidate(consumer) {
    this._trickle.subscribe(asFunction(consumer));
    return consumer;
  }

  /** Takes a candidate of the other side that came after its description. One that the browser cannot use is left out.
   * @param {RTCIceCandidateInit} candidate */
  addCandidate(candidate) {
    if (!this.closed) this._trickle.add(candidate);
  }

  /**
   * Takes the robot's answer, or whatever else the server sent in its place.
   * @param {any} description {type, sdp}, or a refusal {error, message}, for which it fails with that reason
   * @returns {Promise<void>}
   */
  async setRemoteDescription(description) {
    this._requireAlive();
    const refusal = refusalIn(description);
    if (refusal) throw this._fail(refusal);
    try {
      await this._rtc.setRemoteDescription(description);
    } catch (thrown) {
      throw this._fail(new RTCBotError("bad_answer",
        `What the server sent is no session description that this browser can use: ${thrown}`, { cause: thrown }));
    }
    this.video.unplayable = formatsRefused(description.sdp);
    this._trickle.onRemote();
    if (this._rtc.signalingState === "stable") this._monitor.expectConnection();
  }

  /** Gives every message, of every channel, to `consumer`: the text as it was sent, not parsed.
   * @param {import("./consumer.js").Consumer<string>} consumer */
  subscribe(consumer) {
    this._deliver = asFunction(consumer);
  }

  /**
   * Sends a string as it is, anything else as JSON. Before the connection is there it waits. Bound: it can be given away as a callback.
   * @param {unknown} message
   * @throws {RTCBotError} "queue_full", "closed"
   */
  put_nowait(message) {
    this._requireAlive();
    this._outbox.put(message);
  }

  /** Whether it has been connected at some time. */
  get ready() {
    return this._ready._happened !== null;
  }

  /** Whether it has ended, in whatever way. */
  get closed() {
    return this.state === "failed" || this.state === "closed";
  }

  /** Told when first connected. Without a callback: a promise, which rejects with the reason if that never happens.
   * @param {import("./consumer.js").Consumer<RTCConnection> | null} [consumer] @returns {any} */
  onReady(consumer = null) {
    return this._ready.subscribe(consumer);
  }

  /** Told why it failed, if it does. @param {import("./consumer.js").Consumer<RTCBotError> | null} [consumer] @returns {any} */
  onError(consumer = null) {
    return this._failure.subscribe(consumer);
  }

  /** Told when it has ended, in whatever way. @param {import("./consumer.js").Consumer<RTCConnection> | null} [consumer] @returns {any} */
  onClose(consumer = null) {
    return this._end.subscribe(consumer);
  }

  /** Told each new state from now on. @param {import("./consumer.js").Consumer<ConnectionState>} consumer @returns {any} */
  onStateChange(consumer) {
    this._stateListeners.push(asFunction(consumer));
    return consumer;
  }

  /** Its figures, new every second while it is connected; null before. Latency and frames need an element of the page that shows the video.
   * @returns {Readonly<import("./connection_stats.js").ConnectionStats> | null} */
  get stats() {
    return this._statistics.latest;
  }

  /** Told the figures every second from now on.
   * @param {import("./consumer.js").Consumer<Readonly<import("./connection_stats.js").ConnectionStats>>} consumer
   * @returns {any} */
  onStats(consumer) {
    this._statistics.subscribe(consumer);
    return consumer;
  }

  /** ms since the picture on screen was taken, now; where that is not known, since it was shown and what it took at least; null before the first.
   * @returns {number | null} */
  get pictureAge() {
    return this._statistics.pictureAge;
  }

  /** The browser's own statistics of this connection. @returns {Promise<RTCStatsReport>} */
  getStats() {
    return this._rtc.getStats();
  }

  /** Ends it; the robot is told at once. */
  close() {
    if (!this.closed) this._finish("closed");
  }

  /** Where the server's TURN credentials end after a while, each connection begins with its own. */
  async _refreshIceServers() {
    if (!(/** @type {any} */ (this._configuration)?.iceServersUrl)) return;
    this._enter("connecting");
    try {
      this._configuration = await freshConfiguration(this._configuration, this._env, this._token);
    } catch (thrown) {
      throw this._fail(asRTCBotError(thrown, "network", `The server named no STUN and TURN servers: ${thrown}`));
    }
    this._requireAlive();
    this._rtc.setConfiguration(this._configuration);
  }

  _prepareOffer() {
    if (this._offered) {
      throw new RTCBotError("bad_use", "This connection has made its offer already. For another try, make a new RTCConnection.");
    }
    this._offered = true;
    this._adopt(this._rtc.createDataChannel("default", { ordered: this._ordered }));
    if (this._wantsDriveChannels) this._driveChannels = new DriveChannels(this._rtc);
    if (this._driveChannels) this.driving?.attach(this._driveChannels, () => this.pictureAge);
    // What may be wanted later comes after the picture, which stays the first section.
    if (!this.audio._bothWays) this.audio._prepareOffer();
    this.video._prepareOffer();
    if (this.audio._bothWays) this.audio._prepareOffer();
    if (this.video._wanted) this._statistics.prepareOffer(this._rtc);
  }

  /** @param {RTCTrackEvent} event */
  _onTrack(event) {
    const media = event.track.kind === "video" ? this.video : this.audio;
    media._onTrack(event);
    if (media === this.video) this._statistics.onTrack(event);
  }

  /** @param {RTCDataChannel} channel */
  _adopt(channel) {
    this._channels.push(channel);
    channel.onmessage = (event) => this._deliver(event.data);
    if (channel.label !== "default") return;
    const open = () => this._outbox.open(channel);
    if (channel.readyState === "open") open();
    else channel.onopen = open;
    // The other end's close of a connection is seen here first, and at once.
    channel.onclose = () => this._fail(new RTCBotError("robot_left", "The robot ended the connection."));
  }

  _requireAlive() {
    if (this.closed) throw this.error ?? new RTCBotError("closed", "This connection has been closed. Make a new one.");
  }

  /** @param {ConnectionState} state */
  _enter(state) {
    if (this.state === state || this.closed) return;
    this.state = state;
    if (state === "connected") this._ready.happen(this);
    for (const tell of [...this._stateListeners]) tell(state);
  }

  /** @param {RTCBotError} error @returns {RTCBotError} the same */
  _fail(error) {
    if (this.closed) return error;
    this.error = error;
    this._finish("failed");
    this._failure.happen(error);
    return error;
  }

  /** @param {"failed" | "closed"} state */
  _finish(state) {
    this._enter(state);
    this._monitor.stop();
    this._statistics.close();
    this.driving?.detach();
    this._driveChannels?.close();
    this._env.window?.removeEventListener("pagehide", this._onPageHide);
    for (const channel of this._channels) {
      channel.onclose = null;
      channel.close();
    }
    this._rtc.close();
    this._outbox.clear();
    this._ready.miss(this.error ?? new RTCBotError("closed", "The connection was closed before it was there."));
    this._end.happen(this);
  }
}
