// How a robot reads what a page says on the channels of the control protocol: for stand-in robots in tests.

const isNumber = Number.isFinite;
const isCount = (value) => Number.isInteger(value) && value >= 1;
const isBetween = (value, low, high) => isNumber(value) && value >= low && value <= high;

const READ = {
  drive: {
    command: ({ n, t, r, h, p, axes, buttons, mode }) => isCount(n) && isNumber(t) && isNumber(r) && isBetween(h, 0, Infinity) &&
      (p === null || isBetween(p, 0, Infinity)) && Array.isArray(axes) && isBetween(axes.length, 1, 8) &&
      axes.every((axis) => isBetween(axis, -1, 1)) && Number.isInteger(buttons) && isBetween(buttons, 0, 2 ** 32 - 1) &&
      typeof mode === "string" && /^[ -~]{0,16}$/.test(mode),
    stop: ({ n }) => isCount(n),
  },
  control: {
    hello: ({ name }) => typeof name === "string" && [...name].length <= 40,
    request: ({ id, what, value }) => isCount(id) && (["take", "give", "grant", "refuse", "stop", "release"].includes(what) ||
      (["listen", "talk"].includes(what) && typeof value === "boolean") ||
      (what === "limit" && isBetween(value, 0, 1)) || (what === "camera" && typeof value === "string")),
  },
};

/** The message, or null if it is refused. @param {"drive" | "control"} channel @param {string} text */
export function readPage(channel, text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  return message?.v === 1 && Object.hasOwn(READ[channel], message.type) && READ[channel][message.type](message) ? message : null;
}
