/**
 * Bytes over all connections of a page. Each connection, and each path within one, counts from 0. Includes the headers of SRTP,
 * DTLS and SCTP, but not those of UDP and IP, as browsers count. Pure.
 */
export class Traffic {
  constructor() {
    this._total = { received: 0, sent: 0 };
  }

  /** The total so far. @returns {Readonly<{received: number, sent: number}>} */
  get total() {
    return { ...this._total };
  }

  /** A function for one connection; call it with each reading. @returns {(reading: Pick<import("./reading.js").Reading, "pair">) => void} */
  meter() {
    /** @type {Map<string, {received: number, sent: number}>} */
    const known = new Map();
    return ({ pair }) => {
      if (!pair) return;
      const before = known.get(pair.id) ?? { received: 0, sent: 0 };
      const now = { received: pair.bytesReceived ?? 0, sent: pair.bytesSent ?? 0 };
      known.set(pair.id, now);
      for (const way of /** @type {const} */ (["received", "sent"])) this._total[way] += Math.max(0, now[way] - before[way]);
    };
  }
}
