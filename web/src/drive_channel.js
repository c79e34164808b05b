import { CONTROL_CHANNEL, DRIVE_CHANNEL, readRobot } from "./control_messages.js";
import { refusalIn } from "./errors.js";

/**
 * Maximum messages of each channel that are stored until there is a listener. Separate limits, so that frequent status messages
 * do not displace the welcome.
 */
const MOST_KEPT = 64;
/** Maximum unsent bytes of the reliable channel. */
const MOST_WAITING = 65536;

/** @typedef {(channel: import("./control_messages.js").ChannelName, text: unknown) => void} TextListener */

/** The two data channels of the control protocol, in the offer of one connection. */
export class DriveChannels {
  /** @param {RTCPeerConnection} peer before its offer */
  constructor(peer) {
    /** @type {TextListener | null} */
    this._listener = null;
    /** @type {[import("./control_messages.js").ChannelName, unknown][]} */
    this._kept = [];
    /** Called when the robot says why it ends the connection. @type {(error: import("./errors.js").RTCBotError) => void} */
    this.onEnd = () => {};
    this._drive = peer.createDataChannel(DRIVE_CHANNEL, { ordered: false, maxRetransmits: 0 });
    this._control = peer.createDataChannel(CONTROL_CHANNEL, { ordered: true });
    this._drive.onmessage = (event) => this._tell("drive", event.data);
    this._control.onmessage = (event) => this._isEnd(event.data) || this._tell("control", event.data);
  }

  /** Sets the listener, and gives it the stored messages; null: none. @param {TextListener | null} listener */
  listen(listener) {
    this._listener = listener;
    if (listener) for (const [channel, text] of this._kept.splice(0)) listener(channel, text);
  }

  /**
   * @param {import("./control_messages.js").ChannelName} channel @param {string} text
   * @returns {boolean} true if it was sent; a message that is useless when late does not wait behind others
   */
  send(channel, text) {
    const wire = channel === "drive" ? this._drive : this._control;
    if (wire.readyState !== "open" || wire.bufferedAmount > (channel === "drive" ? 0 : MOST_WAITING)) return false;
    wire.send(text);
    return true;
  }

  close() {
    this._listener = null;
    for (const channel of [this._drive, this._control]) {
      channel.onmessage = null;
      channel.close();
    }
  }

  /** True if this is the robot's last message, which is for the connection and not for its driver. @param {unknown} text */
  _isEnd(text) {
    const message = readRobot("control", text);
    if (message?.type !== "end") return false;
    const error = refusalIn(message, { retryAfter: (message.retry_after ?? 0) * 1000 || undefined });
    if (error) this.onEnd(error);
    return true;
  }

  /** @param {import("./control_messages.js").ChannelName} channel @param {unknown} text */
  _tell(channel, text) {
    if (this._listener) this._listener(channel, text);
    else if (this._kept.filter(([of]) => of === channel).length < MOST_KEPT) this._kept.push([channel, text]);
  }
}
