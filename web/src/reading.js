/**
 * The relevant entries of one reading of `getStats`: the received video, the path in use, and the entries that they refer to;
 * undefined if absent.
 * @typedef {{video: any, codec: any, pair: any, local: any, remote: any}} Reading
 */

/**
 * @param {Iterable<[string, any]>} report an RTCStatsReport, or a Map of the same shape
 * @returns {Reading}
 */
export function readingOf(report) {
  /** @type {Map<string, any>} */
  const entries = new Map(report);
  const all = [...entries.values()];
  const video = all.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
  const transport = all.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  const pair = transport ? entries.get(transport.selectedCandidatePairId)
    // Firefox has no selectedCandidatePairId.
    : all.find((entry) => entry.type === "candidate-pair" && (entry.selected || entry.nominated) && entry.state === "succeeded");
  const end = (/** @type {"localCandidateId" | "remoteCandidateId"} */ which) => pair && entries.get(pair[which]);
  return { video, codec: video && entries.get(video.codecId), pair, local: end("localCandidateId"), remote: end("remoteCandidateId") };
}
