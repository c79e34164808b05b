import { asFunction } from "./consumer.js";

/**
 * The video formats in an answer that refuses the video because this browser plays none of them; null for any other answer.
 * @param {unknown} sdp @returns {string[] | null}
 */
export function formatsRefused(sdp) {
  const named = /^a=x-rtcbot-formats:(.+)/m.exec(`${sdp}`);
  return named && named[1].split(" ");
}

/** One kind of media of a connection: `conn.video` and `conn.audio`. */
export class ConnectionMedia {
  /**
   * @param {RTCPeerConnection} peer
   * @param {"video" | "audio"} kind
   */
  constructor(peer, kind) {
    this.kind = kind;
    /** The robot's stream, when it exists. @type {MediaStream | null} */
    this.incomingStream = null;
    /** The outgoing track. @type {MediaStreamTrack | null} */
    this.outgoingStream = null;
    /** The robot's formats, if this browser plays none of them; otherwise null. @type {string[] | null} */
    this.unplayable = null;
    this._peer = peer;
    this._wanted = false;
    this._bothWays = false;
    /** @type {RTCRtpTransceiver | null} */
    this._transceiver = null;
    /** @type {((stream: MediaStream) => void) | null} */
    this._callback = null;
  }

  /**
   * Requests this kind and calls `consumer` with its stream, once, when the answer has been set. Call it before
   * `getLocalDescription`.
   * @param {import("./consumer.js").Consumer<MediaStream>} consumer
   */
  subscribe(consumer) {
    this._callback = asFunction(consumer);
    this.offerToReceive();
    if (this.incomingStream) this._callback(this.incomingStream);
  }

  /** Sends `track` to the robot. Call it before `getLocalDescription`. @param {MediaStreamTrack} track */
  putSubscription(track) {
    this.outgoingStream = track;
    this._peer.addTrack(track);
  }

  /** Requests this kind without a callback: see `incomingStream`. */
  offerToReceive() {
    this._wanted = true;
  }

  /**
   * Makes the offer permit this kind in both directions later, without another negotiation. Nothing is sent yet: there is no
   * track, and the robot's sound is requested separately.
   */
  offerBothWays() {
    this._bothWays = true;
  }

  /** Sends this track from now on; null: none. Call it after `offerBothWays`. @param {MediaStreamTrack | null} track */
  async send(track) {
    await this._transceiver?.sender.replaceTrack(track);
    this.outgoingStream = track;
  }

  /** Adds the requested directions to the offer: no section for a kind that is neither sent nor requested. */
  _prepareOffer() {
    const sending = this._peer.getTransceivers().find((each) => each.sender.track?.kind === this.kind);
    if (sending) sending.direction = this._wanted ? "sendrecv" : "sendonly";
    else if (this._bothWays) this._transceiver = this._peer.addTransceiver(this.kind, { direction: "sendrecv" });
    else if (this._wanted) this._peer.addTransceiver(this.kind, { direction: "recvonly" });
  }

  /** @param {RTCTrackEvent} event */
  _onTrack(event) {
    if (this.kind === "video") neverWait(event.receiver);
    // A robot may omit the stream's name in its answer; the track is enough.
    this.incomingStream = event.streams[0] ?? new MediaStream([event.track]);
    this._callback?.(this.incomingStream);
  }
}

/**
 * Disables the jitter buffer's delay: a driver needs the newest picture, not smooth motion.
 * @param {any} receiver
 */
function neverWait(receiver) {
  if (!receiver) return;
  receiver.jitterBufferTarget = 0;
  // Its former name.
  receiver.playoutDelayHint = 0;
}
