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
 * - `connecting`: the descriptions are being exchanged, or a path is being sought.
 * - `connected`: media and messages flow.
 * - `interrupted`: nothing was received from the robot for over a second; the connection may recover.
 * - `failed`: ended, `error` says why.
 * - `closed`: ended by this page.
 * @typedef {"new" | "connecting" | "connected" | "interrupted" | "failed" | "closed"} ConnectionState
 */

/**
 * @typedef {object} ConnectionOptions
 * @property {number} [connectTimeout] ms from when both descriptions are known to a working connection; 15,000
 * @property {Partial<import("./gathering.js").GatheringLimits>} [gathering]
 * @property {Partial<import("./liveness.js").LivenessLimits>} [liveness]
 * @property {Partial<import("./outbox.js").OutboxLimits>} [outbox]
 * @property {boolean | import("./driving.js").DrivingOptions} [driving] whether to drive the robot, by docs/control.md
 * @property {string} [token] a credential for `iceServersUrl` of the configuration
 * @property {Partial<import("./environment.js").Environment>} [environment]
 */

/** A connection to one robot, from its first description to its end. For single use: make another one for another attempt. */
export class RTCConnection {
  /**
   * @param {boolean} [defaultOrdered] whether messages of the default channel keep their order
   * @param {RTCConfiguration} [rtcConfiguration] passed unchanged to RTCPeerConnection
   * @param {ConnectionOptions} [options]
   */
  constructor(defaultOrdered = true, rtcConfiguration = defaultConfiguration, options = {}) {
    /** @type {ConnectionState} */
    this.state = "new";
    /** Reason of the failure. @type {RTCBotError | null} */
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
    /** Drives the robot; null unless requested. @type {Driving | null} */
    this.driving = options.driving ? new Driving(this._env, options.driving === true ? {} : options.driving) : null;
    /** A link supplies its own `Driving`, and needs only the channels. */
    this._wantsDriveChannels = this.driving !== null;
    /** @type {DriveChannels | null} */
    this._driveChannels = null;
    this.put_nowait = this.put_nowait.bind(this);
    this._onPageHide = () => this.close();
    /** The underlying peer connection, for features that this library does not cover. */
    this._rtc = new this._env.RTCPeerConnection(this._configuration);
    this._trickle = new Trickle(this._rtc);
    this.video = new ConnectionMedia(this._rtc, "video");
    this.audio = new ConnectionMedia(this._rtc, "audio");
    /** A link gets each reading. @type {(reading: import("./reading.js").Reading) => void} */
    this._onReading = () => {};
    /** A round trip measured elsewhere, for example by a link's commands, ms. @type {() => number | null} */
    this._roundTripToo = () => this.driving?.facts.roundTrip ?? null;
    /** The page's own video receiver, of a link. @type {import("./receiver/receiver.js").VideoReceiver | null} */
    this._receiver = null;
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

  /** The offer, or the answer to a given offer, with candidates. Takes at most the gathering limit.
   * @param {RTCSessionDescriptionInit | null} [description]
   * @param {{until?: Promise<void> | null}} [options] `until`: when this resolves, the wait for candidates ends; later ones go to `onCandidate`
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
      throw this._fail(asRTCBotError(thrown, "gathering_failed", `The browser could not make a session description: ${thrown}`));
    }
    this._requireAlive();
    this._trickle.onDescribed();
    return this._described();
  }

  /** The same description with enough candidates, for a transport on which none can follow.
   * @returns {Promise<RTCSessionDescriptionInit>} */
  async getLocalDescriptionAgain() {
    this._requireAlive();
    if (!this._rtc.localDescription) throw new RTCBotError("bad_use", "This connection has no session description yet.");
    await gather(this._rtc, this._configuration, this._env, this._options.gathering);
    this._requireAlive();
    return this._described();
  }

  /** This end's present description, with all candidates so far. @returns {RTCSessionDescriptionInit} */
  _described() {
    const local = /** @type {RTCSessionDescription} */ (this._rtc.localDescription);
    return { type: local.type, sdp: local.sdp };
  }

  /** Calls `consumer` with each candidate that is found after the description was returned, as RTCIceCandidateInit, and with null after the last.
   * @param {import("./consumer.js").Consumer<RTCIceCandidateInit | null>} consumer @returns {any} */
  onCandidate(consumer) {
    this._trickle.subscribe(asFunction(consumer));
    return consumer;
  }

  /** Adds a candidate of the other side that came after its description. Ignores one that the browser cannot use.
   * @param {RTCIceCandidateInit} candidate */
  addCandidate(candidate) {
    if (!this.closed) this._trickle.add(candidate);
  }

  /**
   * Takes the robot's answer, or the server's refusal in its place.
   * @param {any} description {type, sdp}, or a refusal {error, message}; with a refusal the connection fails for that reason
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
        `The browser cannot use the session description that the server sent: ${thrown}`, { cause: thrown }));
    }
    this.video.unplayable = formatsRefused(description.sdp);
    this._trickle.onRemote();
    if (this._rtc.signalingState === "stable") this._monitor.expectConnection();
  }

  /** Calls `consumer` with every message of every channel, as unparsed text.
   * @param {import("./consumer.js").Consumer<string>} consumer */
  subscribe(consumer) {
    this._deliver = asFunction(consumer);
  }

  /**
   * Sends a string unchanged, anything else as JSON. Before the connection is open, messages wait. Bound, so that it can be
   * passed as a callback.
   * @param {unknown} message
   * @throws {RTCBotError} "queue_full", "closed"
   */
  put_nowait(message) {
    this._requireAlive();
    this._outbox.put(message);
  }

  /** True if it was ever connected. */
  get ready() {
    return this._ready._happened !== null;
  }

  /** True if it has ended, for any reason. */
  get closed() {
    return this.state === "failed" || this.state === "closed";
  }

  /** Calls `consumer` when first connected. Without a callback returns a promise, which rejects with the reason if that never happens.
   * @param {import("./consumer.js").Consumer<RTCConnection> | null} [consumer] @returns {any} */
  onReady(consumer = null) {
    return this._ready.subscribe(consumer);
  }

  /** Calls `consumer` with the reason if it fails. @param {import("./consumer.js").Consumer<RTCBotError> | null} [consumer] @returns {any} */
  onError(consumer = null) {
    return this._failure.subscribe(consumer);
  }

  /** Calls `consumer` when it has ended, for any reason. @param {import("./consumer.js").Consumer<RTCConnection> | null} [consumer] @returns {any} */
  onClose(consumer = null) {
    return this._end.subscribe(consumer);
  }

  /** Calls `consumer` with each later state. @param {import("./consumer.js").Consumer<ConnectionState>} consumer @returns {any} */
  onStateChange(consumer) {
    this._stateListeners.push(asFunction(consumer));
    return consumer;
  }

  /** Its statistics, new every second while it is connected; null before. Latency and frames need an element of the page that shows the video.
   * @returns {Readonly<import("./connection_stats.js").ConnectionStats> | null} */
  get stats() {
    return this._statistics.latest;
  }

  /** Calls `consumer` with the statistics every second from now on.
   * @param {import("./consumer.js").Consumer<Readonly<import("./connection_stats.js").ConnectionStats>>} consumer
   * @returns {any} */
  onStats(consumer) {
    this._statistics.subscribe(consumer);
    return consumer;
  }

  /** Present age of the picture on screen since its capture, ms; if that is unknown, since it was shown, plus the minimum delay; null before the
   * first.
   * @returns {number | null} */
  get pictureAge() {
    return this._statistics.pictureAge;
  }

  /** The browser's own statistics of this connection. @returns {Promise<RTCStatsReport>} */
  getStats() {
    return this._rtc.getStats();
  }

  /** Ends it and notifies the robot immediately. */
  close() {
    if (!this.closed) this._finish("closed");
  }

  /** If the server's TURN credentials expire, each connection gets new ones first. */
  async _refreshIceServers() {
    if (!(/** @type {any} */ (this._configuration)?.iceServersUrl)) return;
    this._enter("connecting");
    try {
      this._configuration = await freshConfiguration(this._configuration, this._env, this._token);
    } catch (thrown) {
      throw this._fail(asRTCBotError(thrown, "network", `The page could not get the server's STUN and TURN servers: ${thrown}`));
    }
    this._requireAlive();
    this._rtc.setConfiguration(this._configuration);
  }

  _prepareOffer() {
    if (this._offered) {
      throw new RTCBotError("bad_use", "This connection has already made its offer. To try again, make a new RTCConnection.");
    }
    this._offered = true;
    this._adopt(this._rtc.createDataChannel("default", { ordered: this._ordered }));
    if (this._wantsDriveChannels) this._driveChannels = new DriveChannels(this._rtc);
    if (this._driveChannels) this.driving?.attach(this._driveChannels, () => this.pictureAge);
    // A section for later sound comes after the video, which stays the first section.
    if (!this.audio._bothWays) this.audio._prepareOffer();
    this.video._prepareOffer();
    if (this.audio._bothWays) this.audio._prepareOffer();
    if (this.video._wanted) this._statistics.prepareOffer(this._rtc);
    this._receiver?.open(this);
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
    // The first and immediate sign that the other end closed the connection.
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
    this._ready.miss(this.error ?? new RTCBotError("closed", "The connection was closed before it was established."));
    this._end.happen(this);
  }
}
