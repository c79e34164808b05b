// Runs in the page: viewers that connect like the tutorial's page, with the time of each step.
(() => {
  const LIMIT = 20_000;
  const watching = [];

  const within = (promise, what) => {
    let timer;
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`no ${what} within ${LIMIT} ms`)), LIMIT)));
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };

  function videoElement() {
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true, playsInline: true });
    document.body.append(video);
    return video;
  }

  async function connectOne() {
    const video = videoElement();
    const start = performance.now();
    const marks = {};
    const mark = (name) => (marks[name] = performance.now() - start);
    const conn = new window.rtcbot.RTCConnection();
    watching.push({ conn, video });
    const frame = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(mark("frame"))));
    const connected = new Promise((resolve) => conn.onReady(() => resolve(mark("connected"))));
    conn.video.subscribe((stream) => (video.srcObject = stream));
    const offer = await conn.getLocalDescription();
    mark("offer");
    const response = await fetch("/connect", { method: "POST", body: JSON.stringify(offer) });
    const answer = await response.json();
    mark("answer");
    await conn.setRemoteDescription(answer);
    await within(frame, "frame");
    await within(connected, "connection");
    return marks;
  }

  async function connect(count) {
    const all = [];
    for (let i = 0; i < count; i++) all.push(await connectOne());
    return all;
  }

  function close() {
    for (const { conn, video } of watching.splice(0)) {
      conn.close();
      video.srcObject = null;
      video.remove();
    }
  }

  /** The browser's statistics of the first viewer's video. */
  async function received() {
    const report = await watching[0].conn.getStats();
    return [...report.values()].find((entry) => entry.type === "inbound-rtp" && entry.kind === "video");
  }

  window.viewers = { connect, close, received };
})();
