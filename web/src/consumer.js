/**
 * Receives values: a function, or anything with `put_nowait` (a Queue, a connection), as everywhere in RTCBot.
 * @template T
 * @typedef {((value: T) => void) | {put_nowait(value: T): void}} Consumer
 */

/**
 * The consumer as a function.
 * @template T
 * @param {Consumer<T>} consumer
 * @returns {(value: T) => void}
 */
export function asFunction(consumer) {
  return typeof consumer === "function" ? consumer : (value) => consumer.put_nowait(value);
}
