// A WebSocket client (RFC 6455) that does only what a test demands: it can stay silent, send nonsense or vanish.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { request as requestTls } from "node:https";
import { PATIENCE, eventually } from "./programs.mjs";

const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

export class RawSocket {
  /**
   * Dials; rejects only without an HTTP response. `socket.status` is 101, or the refusal's status, with its text in
   * `socket.refusal`.
   * @param {{path?: string, headers?: object, protocol?: string, pongs?: boolean, tls?: {pem: string}, from?: string}} options pongs: whether to
   *   answer pings; tls: use TLS, to a server with this certificate; from: this end's address
   */
  static dial(port, { path = "/ws", headers = {}, protocol, pongs = true, tls, from } = {}) {
    const wanted = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"), ...(protocol && { "Sec-WebSocket-Protocol": protocol }), ...headers };
    return new Promise((resolve, reject) => {
      const to = { host: "127.0.0.1", port, path, headers: wanted, timeout: PATIENCE, localAddress: from };
      const asked = tls ? requestTls({ ...to, ca: tls.pem, servername: "localhost" }) : request(to);
      asked.on("error", reject);
      asked.on("timeout", () => asked.destroy(new Error("no answer to the upgrade")));
      asked.on("upgrade", (response, tcp, head) => resolve(new RawSocket(response, tcp, head, pongs)));
      asked.on("response", async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, headers: response.headers, refusal: JSON.parse(text) });
      });
      asked.end();
    });
  }

  constructor(response, tcp, head, pongs) {
    this.status = response.statusCode;
    this.protocol = response.headers["sec-websocket-protocol"] ?? "";
    /** Text frames, oldest first. */
    this.texts = [];
    /** How it ended: {code, reason}; null while it is open. 1006 without a close frame. */
    this.closed = null;
    this.pings = 0;
    /** Called immediately with each text frame. */
    this.onText = null;
    this._tcp = tcp;
    this._pongs = pongs;
    this._rest = Buffer.alloc(0);
    tcp.setTimeout(0);
    tcp.on("error", () => {});
    tcp.on("close", () => (this.closed ??= { code: 1006, reason: "" }));
    tcp.on("data", (chunk) => this.#read(chunk));
    if (head.length > 0) this.#read(head);
  }

  send(message) {
    this.#write(TEXT, Buffer.from(typeof message === "string" ? message : JSON.stringify(message)));
  }

  sendBinary(bytes) {
    this.#write(BINARY, bytes);
  }

  /** Sends bytes that are not a frame. */
  sendGarbage(bytes) {
    this._tcp.write(bytes);
  }

  /** Closes with a close frame. */
  close(code = 1000) {
    if (this.closed || this._tcp.destroyed) return;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(CLOSE, payload);
    this._tcp.end();
  }

  /** Vanishes like a dying process: a reset, without a close frame. */
  vanish() {
    this._tcp.resetAndDestroy();
  }

  /** The JSON of its text frame number `index`, past or future. */
  async message(index = 0, limit = PATIENCE) {
    await eventually(() => `text frame ${index} (of ${JSON.stringify(this.texts).slice(0, 200)}, ${JSON.stringify(this.closed)})`,
      () => this.texts.length > index, limit);
    return JSON.parse(this.texts[index]);
  }

  /** How it ended, past or future. */
  end(limit = PATIENCE) {
    return eventually("the end of the websocket", () => this.closed, limit);
  }

  stop() {
    this._tcp.destroy();
  }

  #write(opcode, payload) {
    const head = payload.length < 126 ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : payload.length < 65536 ? Buffer.from([0x80 | opcode, 0xfe, payload.length >> 8, payload.length & 255])
      : Buffer.concat([Buffer.from([0x80 | opcode, 0xff, 0, 0, 0, 0]), uint32(payload.length)]);
    const mask = randomBytes(4);
    this._tcp.write(Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i & 3])]));
  }

  #read(chunk) {
    this._rest = Buffer.concat([this._rest, chunk]);
    for (;;) {
      const frame = frameIn(this._rest);
      if (!frame) return;
      this._rest = this._rest.subarray(frame.end);
      this.#take(frame.opcode, frame.payload);
    }
  }

  #hear(text) {
    this.texts.push(text);
    this.onText?.(text);
  }

  #take(opcode, payload) {
    if (opcode === TEXT) this.#hear(payload.toString());
    if (opcode === PING) {
      this.pings++;
      if (this._pongs) this.#write(PONG, payload);
    }
    if (opcode !== CLOSE) return;
    this.closed ??= { code: payload.length < 2 ? 1005 : payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
    if (this._pongs) this.#write(CLOSE, payload.subarray(0, 2));
    this._tcp.end();
  }
}

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The first whole frame in a server's bytes (never masked or fragmented here); null if it is incomplete. */
function frameIn(bytes) {
  if (bytes.length < 2) return null;
  const short = bytes[1] & 127;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return null;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + length) return null;
  return { opcode: bytes[0] & 15, payload: bytes.subarray(start, start + length), end: start + length };
}
