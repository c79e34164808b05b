// Damages offers, in the same way for the same seed. The result is the bytes of a request body.

const LINE_END = "\r\n";

/** Numbers below 1, the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random, limit) => Math.floor(random() * limit);
const oneOf = (random, list) => list[below(random, list.length)];

/** Applies `change(lines, at)` to the lines of a description. */
const onLines = (change) => (sdp, random) => {
  const lines = sdp.split(LINE_END);
  change(lines, below(random, lines.length), random);
  return lines.join(LINE_END);
};

/** Applies a change to the list of the session part and the media sections. */
const onSections = (change) => (sdp, random) => {
  const sections = sdp.split(/(?=^m=)/m);
  change(sections, random);
  return sections.join("");
};

const replaceAt = (text, at, length, by) => text.slice(0, at) + by + text.slice(at + length);

/** Replaces one of the matches of `pattern`. */
const onMatch = (pattern, change) => (sdp, random) => {
  const found = [...sdp.matchAll(pattern)];
  if (found.length === 0) return sdp;
  const match = oneOf(random, found);
  return replaceAt(sdp, match.index, match[0].length, change(random, match[0]));
};

const NUMBERS = ["0", "-1", "65535", "65536", "4294967296", "99999999999999999999", "1e9", "", " ", "0x7f"];
const JUNK = ["\0", "\u{1F916}", "\uFFFD", "\r", "\n", "%s%n", "\u202E", "\x7F", "::", "=", " ", "../", "\uD800"];

const sdpMutations = {
  dropLine: onLines((lines, at) => lines.splice(at, 1)),
  swapLines: onLines((lines, at, random) => {
    const other = below(random, lines.length);
    [lines[at], lines[other]] = [lines[other], lines[at]];
  }),
  repeatLine: onLines((lines, at, random) => lines.splice(at, 0, ...Array(1 + below(random, 40)).fill(lines[at]))),
  moveLine: onLines((lines, at, random) => lines.splice(below(random, lines.length), 0, ...lines.splice(at, 1))),
  emptyLine: onLines((lines, at) => lines.splice(at, 0, "")),
  longLine: onLines((lines, at, random) =>
    lines.splice(at, 0, `a=x-${"long ".repeat(oneOf(random, [100, 1600, 1700, 20_000, 60_000]))}`)),
  changeDigit: onMatch(/\d/g, (random) => String(below(random, 10))),
  changeNumber: onMatch(/\d+/g, (random) => oneOf(random, NUMBERS)),
  changeCharacter: onMatch(/[^\r\n]/g, (random) => String.fromCharCode(32 + below(random, 95))),
  changeWord: onMatch(/[\w-]+/g, (random, word) => oneOf(random, [word.toUpperCase(), word.repeat(20), "", [...word].reverse().join("")])),
  insertJunk: (sdp, random) => replaceAt(sdp, below(random, sdp.length), 0, oneOf(random, JUNK)),
  lineEnds: onMatch(/\r\n/g, (random) => oneOf(random, ["\n", "\r", "\n\r", "\r\n\r\n", " \r\n"])),
  truncate: (sdp, random) => sdp.slice(0, below(random, sdp.length)),
  moveSection: onSections((sections, random) =>
    sections.splice(below(random, sections.length), 0, ...sections.splice(below(random, sections.length), 1))),
  dropSection: onSections((sections, random) => sections.splice(below(random, sections.length), 1)),
  repeatSection: onSections((sections, random) => {
    const section = oneOf(random, sections);
    sections.push(...Array(1 + below(random, 3)).fill(section));
  }),
  mixSections: onSections((sections, random) => {
    const lines = oneOf(random, sections).split(LINE_END);
    sections[below(random, sections.length)] += lines.slice(below(random, lines.length)).join(LINE_END);
  }),
  direction: onMatch(/a=(sendrecv|sendonly|recvonly|inactive)/g, (random) =>
    `a=${oneOf(random, ["sendrecv", "sendonly", "recvonly", "inactive", "sideways"])}`),
  setup: onMatch(/a=setup:\w+/g, (random) => `a=setup:${oneOf(random, ["active", "passive", "holdconn", "actpass", ""])}`),
  kind: onMatch(/m=(audio|video|application)/g, (random) => `m=${oneOf(random, ["audio", "video", "application", "text", "image"])}`),
  candidates: onMatch(/a=ice-options[^\r]*/g, (random, line) => [line, ...Array.from({ length: 1 + below(random, 300) }, (_, i) =>
    `a=candidate:${i} 1 udp 2113937151 127.0.0.1 ${1 + below(random, 65_535)} typ host`)].join(LINE_END)),
};

const bodyMutations = {
  typeOfOffer: (offer, random) => JSON.stringify({ ...offer, type: oneOf(random, ["answer", "rollback", "pranswer", "", 1, null, "OFFER"]) }),
  typeOfSdp: (offer, random) => JSON.stringify({ ...offer, sdp: oneOf(random, [null, 1, true, [offer.sdp], { sdp: offer.sdp }, ""]) }),
  withoutField: (offer, random) => JSON.stringify(oneOf(random, [{ sdp: offer.sdp }, { type: offer.type }, {}])),
  moreFields: (offer, random) => JSON.stringify({ id: 7, ...offer, type2: "offer", more: Array(below(random, 600)).fill({ a: 1 }) }),
  repeatedField: (offer) => `{"sdp":"v=0","type":"answer",${JSON.stringify(offer).slice(1)}`,
  otherShape: (offer, random) => JSON.stringify(oneOf(random, [[offer], offer.sdp, null, 7, { offer }, [], [[[[[[[[[[[]]]]]]]]]]]])),
  deep: (offer, random) => "[".repeat(1 + below(random, 100_000)),
  cutText: (offer, random) => JSON.stringify(offer).slice(0, below(random, 4000)),
  trailing: (offer, random) => JSON.stringify(offer) + oneOf(random, ["}", " {}", "\0", "x", "\n\n"]),
  notUtf8: (offer, random) => {
    const bytes = Buffer.from(JSON.stringify(offer));
    for (let i = 0; i <= below(random, 4); i++) bytes[below(random, bytes.length)] = 128 + below(random, 128);
    return bytes;
  },
  large: (offer, random) => JSON.stringify({ ...offer, padding: "p".repeat(oneOf(random, [100_000, 300_000, 900_000])) }),
};

const ofSdp = Object.values(sdpMutations);
const ofBody = Object.values(bodyMutations);

/** The number of kinds of damage. */
export const kinds = ofSdp.length + ofBody.length;

/**
 * Damages `offer` in one to four ways; the first is kind `number`, so that every kind occurs.
 * @param {{type: string, sdp: string}} offer @param {number} number @param {() => number} random
 * @returns {string | Buffer}
 */
export function damaged(offer, number, random) {
  const first = number % kinds;
  if (first >= ofSdp.length) return ofBody[first - ofSdp.length](offer, random);
  let { sdp } = offer;
  const more = below(random, 4);
  sdp = ofSdp[first](sdp, random);
  for (let i = 0; i < more && sdp.length > 0; i++) sdp = oneOf(random, ofSdp)(sdp, random);
  return JSON.stringify({ type: offer.type, sdp });
}
