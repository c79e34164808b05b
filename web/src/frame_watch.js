/** NTP counts from 1900, Unix from 1970; the difference in ms. */
const NTP_EPOCH = 2208988800000;
/** The header extension of video packets with the robot's capture time. */
const CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
/** Interval for reading the relation of RTP time stamps to capture times, ms. */
const ANCHOR_REFRESH = 1000;

/**
 * Makes the offer request capture times. Only Chromium supports this; other browsers show no latency.
 * @param {any} transceiver
 */
export function askForCaptureTime(transceiver) {
  if (!transceiver.setHeaderExtensionsToNegotiate) return;
  const extensions = transceiver.getHeaderExtensionsToNegotiate();
  for (const each of extensions) if (each.uri === CAPTURE_TIME) each.direction = "sendrecv";
  transceiver.setHeaderExtensionsToNegotiate(extensions);
}

/** Observes each frame of one track that is displayed, in any element of the page. */
export class FrameWatch {
  /**
   * @param {MediaStreamTrack} track
   * @param {any} receiver its RTCRtpReceiver
   * @param {import("./environment.js").Environment} env
   * @param {(shownAt: number, takenAt: number | null, rtp: number | undefined) => void} onFrame when the browser passed it to the screen, by the
   *   page's clock, and when it was captured, by the robot's, ms; its RTP time stamp
   */
  constructor(track, receiver, env, onFrame) {
    this._track = track;
    this._receiver = receiver;
    this._env = env;
    this._onFrame = onFrame;
    /** @type {any} */
    this._element = null;
    this._request = 0;
    /** An RTP time stamp and its time. @type {{rtp: number, takenAt: number, readAt: number} | null} */
    this._anchor = null;
  }

  /** Looks for the element, unless it is known. Cheap; call it periodically, because no event reports that an element gets a stream. */
  look() {
    if (this._element || !this._env.document) return;
    this._element = [...this._env.document.querySelectorAll("video")].find((each) => this._isShownBy(each)) ?? null;
    this._next();
  }

  stop() {
    this._element?.cancelVideoFrameCallback?.(this._request);
    this._element = null;
  }

  _next() {
    this._request = this._element?.requestVideoFrameCallback?.((/** @type {number} */ now, /** @type {any} */ frame) => this._see(now, frame));
  }

  /** @param {any} element */
  _isShownBy(element) {
    return element.srcObject?.getVideoTracks?.().includes(this._track);
  }

  /** @param {number} now @param {any} frame its VideoFrameCallbackMetadata */
  _see(now, frame) {
    if (!this._isShownBy(this._element)) {
      this._element = null;
      return;
    }
    this._next();
    // Not `expectedDisplayTime`: that is an estimate, which varies by two screen refreshes while nothing else changes.
    this._onFrame(frame.presentationTime ?? now, this.takenAt(now, frame.rtpTimestamp), frame.rtpTimestamp);
  }

  /** When the frame of that time stamp was captured, by the robot's clock, ms. @param {number} now @param {number | undefined} rtp */
  takenAt(now, rtp) {
    if (rtp === undefined) return null;
    if (!this._anchor || now - this._anchor.readAt > ANCHOR_REFRESH) this._readAnchor(now);
    // 32 bits, 90 units per millisecond; they wrap.
    return this._anchor && this._anchor.takenAt + ((rtp - this._anchor.rtp) | 0) / 90;
  }

  /** @param {number} now */
  _readAnchor(now) {
    const source = this._receiver.getSynchronizationSources?.().find((/** @type {any} */ each) => each.captureTimestamp);
    if (source) this._anchor = { rtp: source.rtpTimestamp, takenAt: source.captureTimestamp - NTP_EPOCH, readAt: now };
  }
}
