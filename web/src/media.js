import { asFunction } from "./consumer.js";

/**
 * The video formats that a robot names in an answer that refuses the video, as this browser plays none of them; null in any other answer.
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
    /** What the robot sends, once it does. @type {MediaStream | null} */
    this.incomingStream = null;
    /** The track that was put. @type {MediaStreamTrack | null} */
    this.outgoingStream = null;
    /** What the robot could send and this browser plays none of; null where that is not so. @type {string[] | null} */
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
   * Asks for this kind and gives its stream to `consumer`, once, when the answer has been set. Call it before
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

  /** Asks for this kind without a callback: `incomingStream` has it. */
  offerToReceive() {
    this._wanted = true;
  }

  /**
   * Makes the offer say that this kind may go both ways later, without another negotiation. Nothing does yet: there is no track, and the
   * robot is asked for its own by other means.
   */
  offerBothWays() {
    this._bothWays = true;
  }

  /** Sends this from now on; null: nothing. After `offerBothWays`. @param {MediaStreamTrack | null} track */
  async send(track) {
    await this._transceiver?.sender.replaceTrack(track);
    this.outgoingStream = track;
  }

  /** Makes the offer say what is wanted: no section for a kind that is neither sent nor asked for. */
  _prepareOffer() {
    const sending = this._peer.getTransceivers().find((each) => each.sender.track?.kind === this.kind);
    if (sending) sending.direction = this._wanted ? "sendrecv" : "sendonly";
    else if (this._bothWays) this._transceiver = this._peer.addTransceiver(this.kind, { direction: "sendrecv" });
    else if (this._wanted) this._peer.addTransceiver(this.kind, { direction: "recvonly" });
  }

  /** @param {RTCTrackEvent} event */
  _onTrack(event) {
    if (this.kind === "video") neverWait(event.receiver);
    // A robot may leave the stream's name out of its answer; the track is enough.
    this.incomingStream = event.streams[0] ?? new MediaStream([event.track]);
    this._callback?.(this.incomingStream);
  }
}

/**
 * A driver needs the newest picture, not a smooth one: no frame is held back for evenness.
 * @param {any} receiver
 */
function neverWait(receiver) {
  if (!receiver) return;
  receiver.jitterBufferTarget = 0;
  // What it was called before.
  receiver.playoutDelayHint = 0;
}
