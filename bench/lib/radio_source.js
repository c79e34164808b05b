// Runs in the page of the browser that is the robot: shows the busy picture 30 times a second through the browser's own sender.
(() => {
  let peer = null;
  const counted = { drawn: 0, late: 0, drawing: 0 };

  /** A camera: one picture every `1000 / rate` ms, never two to catch up. */
  function play({ width, height, rate }) {
    const picture = new window.BusyPicture(width, height);
    const bytes = new Uint8Array((width * height * 3) / 2);
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const writer = track.writable.getWriter();
    const start = performance.now();
    let number = 0;
    const draw = () => {
      const from = performance.now();
      picture.draw(bytes, number, Date.now());
      const frame = new VideoFrame(bytes, { format: "I420", codedWidth: width, codedHeight: height, timestamp: from * 1000 });
      writer.write(frame).catch(() => frame.close());
      counted.drawn++;
      counted.drawing += performance.now() - from;
      const due = Math.floor(((performance.now() - start) * rate) / 1000) + 1;
      counted.late += due - number - 1;
      number = due;
      setTimeout(draw, start + (number * 1000) / rate - performance.now());
    };
    draw();
    return track;
  }

  /** Answers a viewer's offer; the first one starts the camera.
   * @param {{width: number, height: number, rate: number, maxBitrate: number, degradation?: string}} options */
  async function answer(offer, options) {
    if (!peer) {
      const track = play(options);
      peer = new RTCPeerConnection();
      peer.addTrack(track, new MediaStream([track]));
    }
    await peer.setRemoteDescription(offer);
    const complete = gathered();
    await peer.setLocalDescription(await peer.createAnswer());
    await limit(peer.getSenders()[0], options);
    await complete;
    return { type: peer.localDescription.type, sdp: peer.localDescription.sdp };
  }

  function limit(sender, { maxBitrate, degradation }) {
    const parameters = sender.getParameters();
    parameters.encodings[0].maxBitrate = maxBitrate;
    if (degradation) parameters.degradationPreference = degradation;
    return sender.setParameters(parameters);
  }

  /** Call it before the description is set, because after an ICE restart the gathering state is still "complete" for a while. */
  function gathered() {
    return new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) => candidate === null && resolve();
      setTimeout(resolve, 2000);
    });
  }

  /** The browser's statistics of the sent video. */
  async function sent() {
    const report = [...(await peer.getStats()).values()];
    const video = report.find((entry) => entry.type === "outbound-rtp" && entry.kind === "video") ?? {};
    return { at: Date.now(), video, ...counted, degradation: peer.getSenders()[0].getParameters().degradationPreference ?? null };
  }

  window.robot = { answer, sent, connection: () => peer };
})();
