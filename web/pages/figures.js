/**
 * Figures for the overlay, from two readings of `getStats`. Pure.
 *
 * @typedef {{time: number, video: any, pair: any, codec: any, remote: any}} Reading time in ms
 */

/**
 * @param {Iterable<[string, any]>} report
 * @param {number} time ms
 * @returns {Reading}
 */
export function readingOf(report, time) {
  /** @type {Map<string, any>} */
  const entries = new Map(report);
  const all = [...entries.values()];
  const video = all.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  const pair = transport && entries.get(transport.selectedCandidatePairId);
  return { time, video, pair, codec: video && entries.get(video.codecId), remote: pair && entries.get(pair.remoteCandidateId) };
}

/**
 * @param {Reading | null} before the reading before, of the same connection; null for none
 * @param {Reading} after
 * @returns {[string, string][]} label and figure, in order of display
 */
export function figuresOf(before, after) {
  const { video, pair, codec, remote } = after;
  if (!video) return [["Video", "none"]];
  const elapsed = before ? (after.time - before.time) / 1000 : 0;
  const since = (/** @type {string} */ key) => video[key] - (before?.video?.[key] ?? 0);
  /** @type {[string, string][]} */
  const figures = [["Size", video.frameWidth ? `${video.frameWidth} × ${video.frameHeight}` : "–"]];
  figures.push(["Frames", elapsed > 0 ? `${(since("framesDecoded") / elapsed).toFixed(0)} /s` : "–"]);
  figures.push(["Rate", elapsed > 0 ? bitRate((since("bytesReceived") * 8) / elapsed) : "–"]);
  figures.push(["Lost", lost(since("packetsLost"), since("packetsReceived"))]);
  if (pair?.currentRoundTripTime !== undefined) figures.push(["Round trip", `${(pair.currentRoundTripTime * 1000).toFixed(0)} ms`]);
  if (codec?.mimeType) figures.push(["Codec", codec.mimeType.replace("video/", "")]);
  if (remote?.candidateType) figures.push(["Path", remote.candidateType === "relay" ? "relayed" : "direct"]);
  return figures;
}

/** @param {number} bitsPerSecond @returns {string} */
function bitRate(bitsPerSecond) {
  return bitsPerSecond >= 1e6 ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s` : `${(bitsPerSecond / 1e3).toFixed(0)} kbit/s`;
}

/** @param {number} packetsLost @param {number} packetsReceived @returns {string} */
function lost(packetsLost, packetsReceived) {
  const total = packetsLost + packetsReceived;
  return total > 0 ? `${((100 * Math.max(0, packetsLost)) / total).toFixed(1)} %` : "–";
}
