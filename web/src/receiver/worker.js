// The two workers of the page's own receiver, from one file: the tap, which gets the connections' frames, and the decoder. In a page the
// same file defines `rtcbotReceiver`, beside rtcbot.js.
import { Decoding } from "./decoding.js";
import { VideoReceiver } from "./receiver.js";
import { tap } from "./tap.js";

/** @type {any} */
const scope = globalThis;

function beWorker() {
  /** @type {Decoding | null} */
  let decoding = null;
  scope.onrtctransform = (/** @type {any} */ { transformer }) => {
    // Ends with its connection, in whichever way the browser reports that.
    tap(transformer).catch(() => {});
  };
  scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
    if (data.type === "ping") scope.postMessage({ type: "pong" });
    else if (data.type === "begin") decoding = new Decoding(data.pageOrigin);
    else decoding?.onMessage(data);
  };
  scope.postMessage({ type: "ready" });
}

if (scope.document) scope.rtcbotReceiver = { VideoReceiver };
else beWorker();
