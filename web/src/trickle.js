/** The candidates of one connection that are sent apart from its descriptions, in both directions (RFC 8838). */
export class Trickle {
  /** @param {RTCPeerConnection} peer */
  constructor(peer) {
    this._peer = peer;
    /** @type {((candidate: RTCIceCandidateInit | null) => void) | null} */
    this._deliver = null;
    this._described = false;
    this._complete = false;
    /** Candidates found after the description, before there was a listener. @type {(RTCIceCandidateInit | null)[]} */
    this._found = [];
    /** The other side's candidates that came before its description. @type {RTCIceCandidateInit[]} */
    this._early = [];
    this._hasRemote = false;
    peer.addEventListener("icecandidate", (event) => this._onCandidate(event.candidate));
    peer.addEventListener("icegatheringstatechange", () => this._onState());
  }

  /** The description has been returned; later candidates are not in it. */
  onDescribed() {
    this._described = true;
    this._onState();
  }

  /** The other side's description is set. */
  onRemote() {
    this._hasRemote = true;
    this._early.splice(0).forEach((candidate) => this.add(candidate));
  }

  /** @param {(candidate: RTCIceCandidateInit | null) => void} deliver */
  subscribe(deliver) {
    this._deliver = deliver;
    this._found.splice(0).forEach(deliver);
  }

  /** @param {RTCIceCandidateInit} candidate */
  add(candidate) {
    if (!this._hasRemote) {
      if (this._early.length < 64) this._early.push(candidate);
      return;
    }
    // One unusable candidate must not end a connection that others may make.
    this._peer.addIceCandidate(candidate).catch(() => {});
  }

  /** @param {RTCIceCandidate | null} candidate */
  _onCandidate(candidate) {
    // Before the answer each section of the offer gathers separately; all will use the first one's candidates (BUNDLE).
    if (!this._described || !candidate || candidate.candidate === "" || candidate.sdpMLineIndex) return;
    this._tell({ candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex });
  }

  _onState() {
    if (!this._described || this._peer.iceGatheringState !== "complete" || this._complete) return;
    this._complete = true;
    this._tell(null);
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  _tell(candidate) {
    if (this._deliver) this._deliver(candidate);
    else if (this._found.length < 64) this._found.push(candidate);
  }
}
