/** This thread's clock, or a time of it, as ms since the time origin of the page. @param {number} pageOrigin @param {number} [time] */
export function pageTime(pageOrigin, time = performance.now()) {
  return time + performance.timeOrigin - pageOrigin;
}
