// Runs in the viewer's page, the same for every sender: a plain RTCPeerConnection without a jitter buffer delay, and a record of
// every shown picture.
(() => {
  const WIDTH = 1280; // of the robot's picture, at every sent size
  const HEIGHT = 720;
  const CROP = { x: 384, y: 424, width: 512, height: 288 }; // the part of a picture that is stored for comparison with its source
  const BITS = 32;
  const BLOCK = 16;

  const canvas = document.createElement("canvas");
  canvas.width = BITS * BLOCK;
  canvas.height = BLOCK;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const seen = [];
  const samples = [];
  let peer = null;
  let sampleEvery = 0; // ms; 0: never
  let lastSample = 0;

  /** The stamp of the shown video, of any size. */
  function stampOf(video) {
    const scale = video.videoWidth / WIDTH;
    context.drawImage(video, 0, 0, canvas.width * scale, BLOCK * scale, 0, 0, canvas.width, BLOCK);
    const stamp = window.readStamp(context.getImageData(0, 0, canvas.width, BLOCK));
    return stamp === 0 ? null : stamp; // completely black: not a robot's picture
  }

  /** Stores the luma of the picture's centre, as decoded. */
  async function sample(video, stamp) {
    const picture = new VideoFrame(video);
    try {
      const even = (value) => Math.round(value / 2) * 2;
      const [across, down] = [picture.codedWidth / WIDTH, picture.codedHeight / HEIGHT];
      const rect = { x: even(CROP.x * across), y: even(CROP.y * down), width: even(CROP.width * across),
        height: even(CROP.height * down) };
      if (!/^(I420|NV12)/.test(picture.format)) return;
      const bytes = new Uint8Array(picture.allocationSize({ rect }));
      const [luma] = await picture.copyTo(bytes, { rect });
      const { width, height } = rect;
      const { offset, stride } = luma;
      samples.push({ at: Date.now(), stamp, width, height, stride, bytes: bytes.slice(offset, offset + stride * height) });
    } finally {
      picture.close();
    }
  }

  function watch(video) {
    const onFrame = (now, meta) => {
      const at = Date.now(); // before the pixels are read, which takes a while
      const stamp = stampOf(video);
      seen.push({ at, stamp, width: video.videoWidth, height: video.videoHeight, presented: meta.presentedFrames });
      if (sampleEvery > 0 && stamp !== null && at - lastSample >= sampleEvery) {
        lastSample = at;
        sample(video, stamp).catch((error) => console.error(String(error)));
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  function show(event) {
    if (event.track.kind !== "video") return;
    event.receiver.jitterBufferTarget = 0;
    const video = document.querySelector("video");
    video.srcObject = new MediaStream([event.track]);
  }

  function prefer(transceiver, codec) {
    const { codecs } = RTCRtpReceiver.getCapabilities("video");
    const wanted = codecs.filter(({ mimeType }) => mimeType === `video/${codec}`);
    transceiver.setCodecPreferences([...wanted, ...codecs.filter(({ mimeType }) => /rtx|red|ulpfec|flexfec/i.test(mimeType))]);
  }

  /** An offer with its candidates, for one video and the channel that robots expect. `codec`: only this one. */
  async function offer(codec) {
    peer = new RTCPeerConnection();
    peer.ontrack = show;
    peer.createDataChannel("default");
    const transceiver = peer.addTransceiver("video", { direction: "recvonly" });
    if (codec) prefer(transceiver, codec);
    return describe(await peer.createOffer());
  }

  async function describe(description) {
    // Not the gathering state: after a restart it is still "complete" for a while.
    const gathered = new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) => candidate === null && resolve();
      setTimeout(resolve, 2000);
    });
    await peer.setLocalDescription(description);
    await gathered;
    return { type: peer.localDescription.type, sdp: peer.localDescription.sdp };
  }

  /** A new offer on the same connection, with fresh candidates. */
  async function restart() {
    return describe(await peer.createOffer({ iceRestart: true }));
  }

  /** Restarts whenever the connection is lost. `answerOf`: returns the robot's answer */
  function keepConnected(answerOf) {
    let busy = false;
    peer.onconnectionstatechange = async () => {
      if (busy || !/disconnected|failed/.test(peer.connectionState)) return;
      busy = true;
      try {
        await accept(await answerOf(await restart()));
      } finally {
        busy = false;
      }
    };
  }

  const accept = (answer) => peer.setRemoteDescription(answer);

  /** The browser's statistics of the received video, and the addresses of the path. */
  async function received() {
    const report = [...(await peer.getStats()).values()];
    const video = report.find((entry) => entry.type === "inbound-rtp" && entry.kind === "video") ?? {};
    const transport = report.find((entry) => entry.type === "transport") ?? {};
    const pair = report.find((entry) => entry.id === transport.selectedCandidatePairId);
    const address = (id) => report.find((entry) => entry.id === id)?.address ?? null;
    const codec = report.find((entry) => entry.id === video.codecId)?.mimeType ?? null;
    return { at: Date.now(), video, codec, state: peer.connectionState, local: address(pair?.localCandidateId),
      remote: address(pair?.remoteCandidateId) };
  }

  function asText(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  }

  /** The pictures stored since the last call; their bytes as base64. */
  const takeSamples = () => samples.splice(0).map((one) => ({ ...one, bytes: asText(one.bytes) }));

  watch(document.querySelector("video"));
  window.radio = {
    offer, accept, keepConnected, received, takeSamples, crop: CROP,
    seen: () => seen, forget: () => seen.splice(0), connection: () => peer, sampleEach: (ms) => (sampleEvery = ms),
  };
})();
