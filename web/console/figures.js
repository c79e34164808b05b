/**
 * The statistics for the overlay. Pure.
 * @param {Readonly<import("../src/connection_stats.js").ConnectionStats>} stats
 * @param {{received: number, sent: number}} traffic of this page so far, bytes
 * @returns {[string, string][]} label and value, in order of display
 */
export function figuresOf(stats, traffic) {
  if (!stats.width) return [["Video", "none yet"]];
  const stages = stats.receiver?.isVisible ? stats.receiver.stages : null;
  /** @type {[string, string | null][]} */
  const figures = [
    ["Latency", stats.latency && `${ms(stats.latency.p50)} · 95 % ${ms(stats.latency.p95)}`],
    ["Frames", `${stats.framesPerSecond.toFixed(0)} /s`],
    ["Freezes", stats.freezes ? `${stats.freezes} · ${(stats.frozen / 1000).toFixed(1)} s` : "none"],
    ["Rate", stats.bitrate === null ? null : bitRate(stats.bitrate)],
    ["Packet loss", stats.loss === null ? null : `${(stats.loss * 100).toFixed(1)} %`],
    ["Retransmitted", stats.packetsRepeated ? `${stats.packetsRepeated}` : null],
    ["Round trip", stats.roundTrip === null ? null : ms(stats.roundTrip)],
    ["Buffer", stats.jitterBuffer === null ? null : ms(stats.jitterBuffer)],
    ["Receiver", stats.receiver ? receiverText(stats.receiver) : null],
    ["Capture to arrival", stages?.arrival == null ? null : ms(stages.arrival)],
    ["Decode · draw", stages ? `${ms(stages.decode)} · ${ms(stages.draw)}` : null],
    ["Dropped as late", stats.receiver?.late ? `${stats.receiver.late}` : null],
    ["Size", `${stats.width} × ${stats.height}`],
    ["Codec", stats.codec || null],
    ["Key frames", `${stats.keyFrames}`],
    ["This tab", `${amount(traffic.received)} in · ${amount(traffic.sent)} out`],
    ["Path", stats.path || null],
    ["Clock", stats.clock && `± ${stats.clock.error.toFixed(stats.clock.error < 10 ? 1 : 0)} ms`],
  ];
  return /** @type {[string, string][]} */ (figures.filter(([, figure]) => figure !== null));
}

/** @param {NonNullable<import("../src/connection_stats.js").ConnectionStats["receiver"]>} receiver @returns {string} */
function receiverText({ isVisible, failure }) {
  return isVisible ? "page" : failure ? `browser: ${failure}` : "browser";
}

/** @param {number} time ms @returns {string} */
function ms(time) {
  return `${time.toFixed(0)} ms`;
}

/** @param {number} bitsPerSecond @returns {string} */
function bitRate(bitsPerSecond) {
  return bitsPerSecond >= 1e6 ? `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s` : `${(bitsPerSecond / 1e3).toFixed(0)} kbit/s`;
}

/** @param {number} bytes @returns {string} */
function amount(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
