/** A data channel that a test opens and closes. */
export class FakeChannel {
  /** @param {string} label @param {any} options */
  constructor(label, options) {
    this.label = label;
    this.options = options;
    this.readyState = "connecting";
    this.bufferedAmount = 0;
    /** @type {string[]} */
    this.sent = [];
    /** @type {(() => void) | null} */
    this.onopen = null;
    /** @type {((event: {data: string}) => void) | null} */
    this.onmessage = null;
    /** @type {(() => void) | null} */
    this.onclose = null;
  }

  send(/** @type {string} */ text) {
    this.sent.push(text);
  }

  open() {
    this.readyState = "open";
    this.onopen?.();
  }

  close() {
    this.readyState = "closed";
  }
}

/** An RTCPeerConnection that does what a test says. `arrived` is what its statistics tell. */
export class FakePeer extends EventTarget {
  /** @type {FakePeer[]} */
  static made = [];

  /** @param {any} [configuration] */
  constructor(configuration) {
    super();
    FakePeer.made.push(this);
    this.configuration = configuration;
    this.signalingState = "stable";
    this.connectionState = "new";
    this.iceGatheringState = "new";
    /** @type {any} */
    this.localDescription = null;
    /** @type {any} */
    this.remoteDescription = null;
    /** @type {FakeChannel[]} */
    this.channels = [];
    /** @type {{kind: string, direction: string, sender: {track: any}}[]} */
    this.transceivers = [];
    this.arrived = { bytes: 0, checks: 0 };
    /** What more its statistics tell of the path, and of a video where there is one. @type {{pair?: any, video?: any}} */
    this.figures = {};
    /** Of the other side. @type {any[]} */
    this.remoteCandidates = [];
    this.closed = false;
    /** @type {any} */
    this.ontrack = null;
    /** @type {any} */
    this.ondatachannel = null;
  }

  createDataChannel(/** @type {string} */ label, /** @type {any} */ options) {
    const channel = new FakeChannel(label, options);
    this.channels.push(channel);
    return channel;
  }

  addTrack(/** @type {any} */ track) {
    this.transceivers.push({ kind: track.kind, direction: "sendrecv", sender: { track } });
  }

  addTransceiver(/** @type {string} */ kind, /** @type {{direction: string}} */ { direction }) {
    const sender = { track: null, replaceTrack: async (/** @type {any} */ track) => (sender.track = track) };
    const transceiver = { kind, direction, sender };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers() {
    return this.transceivers;
  }

  async createOffer() {
    return { type: "offer", sdp: this.transceivers.map((each) => `m=${each.kind} a=${each.direction}`).join(";") };
  }

  async createAnswer() {
    return { type: "answer", sdp: "v=0" };
  }

  async setLocalDescription(/** @type {any} */ description) {
    this.localDescription = description;
    this.signalingState = description.type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(/** @type {any} */ description) {
    if (typeof description?.sdp !== "string") throw new TypeError("no description");
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  async addIceCandidate(/** @type {any} */ candidate) {
    this.remoteCandidates.push(candidate);
  }

  async getStats() {
    const { bytes, checks } = this.arrived;
    return new Map(Object.entries({
      t: { type: "transport", selectedCandidatePairId: "p" },
      p: { type: "candidate-pair", bytesReceived: bytes, requestsReceived: checks, responsesReceived: 0, ...this.figures.pair },
      ...(this.figures.video && { v: { type: "inbound-rtp", kind: "video", ...this.figures.video } }),
    }));
  }

  close() {
    this.closed = true;
    this.connectionState = "closed";
  }

  /** Tells a candidate of this kind, of that section of the offer. @param {string} type @param {number} [section] */
  candidate(type, section = 0) {
    this.dispatchEvent(Object.assign(new Event("icecandidate"), {
      candidate: { type, candidate: `candidate:1 1 udp 1 192.0.2.1 9 typ ${type}`, sdpMid: String(section), sdpMLineIndex: section },
    }));
  }

  complete() {
    this.iceGatheringState = "complete";
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }

  become(/** @type {string} */ state) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
    if (state === "connected") this.channels.forEach((channel) => channel.open());
  }
}
