/**
 * What went over all connections of a page, bytes: each counts from 0, and so does each path within one. With the headers of SRTP, DTLS and
 * SCTP, without those of UDP and IP, as browsers count. Pure.
 */
export class Traffic {
  constructor() {
    this._total = { received: 0, sent: 0 };
  }

  /** So far. @returns {Readonly<{received: number, sent: number}>} */
  get total() {
    return { ...this._total };
  }

  /** For one connection: what is to be told each reading of it. @returns {(reading: Pick<import("./reading.js").Reading, "pair">) => void} */
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
