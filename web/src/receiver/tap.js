import { pageTime } from "./page_time.js";

/**
 * Passes each encoded frame on to the browser's own receiver, and a copy to the decoder's worker. Runs in a worker of its own, so that
 * nothing that happens in the decoder can stop the <video>.
 * @param {any} transformer an RTCRtpScriptTransformer; its options: `port` to the decoder, `pageOrigin`
 */
export async function tap(transformer) {
  const { port, pageOrigin } = transformer.options;
  let isCopying = true;
  port.onmessage = (/** @type {MessageEvent} */ { data }) => {
    if (data === "stop") isCopying = false;
    // Refused if the connection has ended, or the sender takes no requests: both show by the missing key frame.
    else transformer.sendKeyFrameRequest().catch(() => {});
  };
  const [reader, writer] = [transformer.readable.getReader(), transformer.writable.getWriter()];
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) return;
    if (isCopying) isCopying = sendCopy(port, frame, pageOrigin);
    // Not awaited: the browser's own receiver has a queue, and the copies must not wait for it.
    writer.write(frame).catch(() => {});
  }
}

/** @param {MessagePort} port @param {any} frame an RTCEncodedVideoFrame @param {number} pageOrigin @returns {boolean} false if it cannot be copied */
function sendCopy(port, frame, pageOrigin) {
  try {
    const { rtpTimestamp, mimeType, receiveTime } = frame.getMetadata();
    const data = frame.data.slice(0);
    port.postMessage({ rtp: rtpTimestamp ?? frame.timestamp, format: mimeType ?? "", data, arrivedAt: pageTime(pageOrigin, receiveTime) }, [data]);
    return true;
  } catch {
    return false;
  }
}
