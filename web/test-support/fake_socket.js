/** A WebSocket to a server that says what a test says. */
export class FakeSocket {
  /** @type {FakeSocket[]} */
  static made = [];

  /** @param {string} url @param {string} [protocol] */
  constructor(url, protocol) {
    FakeSocket.made.push(this);
    this.url = url;
    this.protocol = protocol;
    this.readyState = 0;
    this.closed = false;
    /** @type {any[]} */
    this.sent = [];
    /** @type {((event: {data: string}) => void) | null} */
    this.onmessage = null;
    /** @type {((event: any) => void) | null} */
    this.onclose = null;
  }

  send(/** @type {string} */ text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
    this.readyState = 3;
  }

  /** Opens, as the server's first words say. @param {any} robot @param {any[]} [iceServers] */
  welcome(robot, iceServers) {
    this.readyState = 1;
    this.say({ type: "welcome", version: 1, ...(iceServers ? { ice_servers: iceServers } : {}) });
    this.say({ type: "presence", robots: [robot] });
  }

  say(/** @type {any} */ message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  end() {
    this.closed = true;
    this.readyState = 3;
    this.onclose?.({ code: 1012 });
  }
}
