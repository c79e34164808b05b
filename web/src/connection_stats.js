/**
 * Statistics of one connection at one time. Rates and means cover the last second, latency and frame rate the last five.
 *
 * @typedef {object} ConnectionStats
 * @property {number} time ms, by `performance.now()`
 * @property {{p50: number, p95: number, max: number} | null} latency glass to glass: ms from a picture's capture until it is on screen; null if the
 *   browser or the robot does not report it
 * @property {number | null} pictureAge ms since the picture on screen was captured (if that is unknown: since it was shown, plus the minimum delay)
 * @property {number} framesPerSecond on screen
 * @property {number} frames on screen so far
 * @property {number} freezes so far: no new frame for over 200 ms
 * @property {number} frozen ms in freezes so far
 * @property {ReceiverStats | null} receiver the page's own video receiver; null without one
 * @property {{offset: number, error: number} | null} clock the robot's Unix time minus `performance.now()`, and the possible error, ms
 * @property {number | null} roundTrip ms
 * @property {number | null} jitterBuffer mean ms that a frame waited before it was decoded
 * @property {number | null} bitrate of the video, bits/s
 * @property {number} bytes of video so far
 * @property {number} packets received so far
 * @property {number} packetsLost so far, without those that were retransmitted in time
 * @property {number | null} loss share of lost packets, 0 to 1
 * @property {number} packetsRepeated so far: received as a retransmission
 * @property {number} framesDecoded so far
 * @property {number} framesDropped so far: received and never shown
 * @property {number} keyFrames decoded so far
 * @property {number} width px; 0 before the first frame
 * @property {number} height px
 * @property {string} codec "H264", "VP8"; empty before the first frame
 * @property {"direct" | "relayed" | ""} path relayed: at least one of the two ends uses a TURN server; empty if unknown
 *
 * The page's own video receiver. Totals count from the start of the connection.
 * @typedef {object} ReceiverStats
 * @property {boolean} isVisible its canvas is what is visible, and not the <video>
 * @property {string} failure why the <video> is shown for the rest of the connection; empty for no reason
 * @property {number} decoded frames
 * @property {number} drawn frames
 * @property {number} late frames that were not drawn as a newer one could be had
 * @property {number} undecodable frames that came without the frames they refer to
 * @property {import("./receiver/stages.js").Stages | null} stages medians of the last seconds; null if nothing was drawn
 */

/**
 * A value of the video's entry, and its increase since the previous reading.
 * @param {{time: number, video: any} | null} before
 * @param {any} video
 */
function counters(before, video) {
  const total = (/** @type {string} */ key) => video?.[key] ?? 0;
  return { total, since: (/** @type {string} */ key) => total(key) - (before?.video?.[key] ?? 0) };
}

/**
 * @param {{time: number, video: any} | null} before an earlier reading of the same connection; null for none
 * @param {import("./reading.js").Reading & {time: number}} after
 * @param {import("./frame_figures.js").Frames & {pictureAge: number | null, clock: ConnectionStats["clock"],
 *   receiver: ConnectionStats["receiver"]}} shown
 * @returns {Readonly<ConnectionStats>}
 */
export function connectionStats(before, after, shown) {
  const { time, video, codec, pair, local, remote } = after;
  const { total, since } = counters(before, video);
  const elapsed = before ? time - before.time : 0;
  const ratio = (/** @type {number} */ part, /** @type {number} */ whole) => (whole > 0 ? Math.max(0, part) / whole : null);
  const ends = [local?.candidateType, remote?.candidateType].filter(Boolean);
  return Object.freeze({
    time,
    ...shown,
    roundTrip: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1000,
    jitterBuffer: ratio(since("jitterBufferDelay") * 1000, since("jitterBufferEmittedCount")),
    bitrate: ratio(since("bytesReceived") * 8000, elapsed),
    bytes: total("bytesReceived"),
    packets: total("packetsReceived"),
    packetsLost: Math.max(0, total("packetsLost")),
    loss: ratio(since("packetsLost"), since("packetsLost") + since("packetsReceived")),
    packetsRepeated: total("retransmittedPacketsReceived"),
    framesDecoded: total("framesDecoded"),
    framesDropped: total("framesDropped"),
    keyFrames: total("keyFramesDecoded"),
    width: total("frameWidth"),
    height: total("frameHeight"),
    codec: codec?.mimeType?.replace("video/", "") ?? "",
    path: ends.includes("relay") ? "relayed" : ends.length === 2 ? "direct" : "",
  });
}
