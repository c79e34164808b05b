/**
 * The time from one RTP time stamp of video to another, ms: 32 bits that wrap, 90 units per millisecond.
 * @param {number} from @param {number} to @returns {number} negative if `to` is earlier
 */
export function rtpBetween(from, to) {
  return ((to - from) | 0) / 90;
}
