import { RTCBotError } from "./errors.js";
import { Gathering } from "./gathering.js";

/**
 * Waits until the connection has enough candidates for its offer or answer, never longer than the limits.
 * Call it right after `setLocalDescription`, before anything else is awaited, so that no candidate is missed.
 * @param {RTCPeerConnection} peer
 * @param {RTCConfiguration} configuration
 * @param {Pick<import("./environment.js").Environment, "now" | "setTimeout" | "clearTimeout">} env
 * @param {Partial<import("./gathering.js").GatheringLimits>} [limits]
 * @param {Promise<void> | null} [until] ends the wait: later candidates are sent separately
 * @returns {Promise<void>} rejects with reason "gathering_failed" if only relays are permitted and there was none
 */
export function gather(peer, configuration, env, limits, until = null) {
  return new Promise((resolve, reject) => {
    const gathering = new Gathering(env.now(), configuration, limits);
    /** @type {any} */
    let timer = null;
    const onCandidate = (/** @type {RTCPeerConnectionIceEvent} */ event) => {
      // Before the answer each section of the offer gathers separately; all will use the first one's candidates (BUNDLE).
      if (event.candidate && !event.candidate.sdpMLineIndex) gathering.onCandidate(env.now(), event.candidate.type);
      proceed();
    };
    const onState = () => {
      if (peer.iceGatheringState === "complete") gathering.onComplete(env.now());
      proceed();
    };
    let over = false;
    function proceed() {
      env.clearTimeout(timer);
      if (over) return;
      if (!gathering.isDone(env.now())) {
        timer = env.setTimeout(proceed, Math.max(1, gathering.doneAt - env.now()));
        return;
      }
      over = true;
      peer.removeEventListener("icecandidate", onCandidate);
      peer.removeEventListener("icegatheringstatechange", onState);
      if (gathering.failed) reject(noRelay());
      else resolve();
    }
    until?.then(() => {
      gathering.onEnough(env.now());
      proceed();
    });
    peer.addEventListener("icecandidate", onCandidate);
    peer.addEventListener("icegatheringstatechange", onState);
    onState();
  });
}

/** @returns {RTCBotError} */
function noRelay() {
  return new RTCBotError("gathering_failed",
    "Only relays are allowed (iceTransportPolicy is \"relay\"), but no TURN server provided one. Check its address and credentials.");
}
