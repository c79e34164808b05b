// A robot in a browser page: answers offers with a stamped moving picture and echoes messages. Loaded as a script; the
// functions of stamp.js are in front of it. Tests call window.answer(offer).

/* global drawStamp */
const canvas = document.createElement("canvas");
canvas.width = 640;
canvas.height = 480;
const context = canvas.getContext("2d");

function draw() {
  const now = Date.now();
  const sky = context.createLinearGradient(0, 0, 0, 480);
  sky.addColorStop(0, "#7fb2e5");
  sky.addColorStop(0.55, "#dbe9f4");
  sky.addColorStop(0.56, "#6f8f5f");
  sky.addColorStop(1, "#3f5a37");
  context.fillStyle = sky;
  context.fillRect(0, 0, 640, 480);
  context.fillStyle = "#4a4a4a";
  context.beginPath();
  context.moveTo(290, 268);
  context.lineTo(350, 268);
  context.lineTo(640, 480);
  context.lineTo(0, 480);
  context.fill();
  context.fillStyle = "#f5c518";
  for (let i = 0; i < 5; i++) {
    const depth = ((now / 1200 + i / 5) % 1) ** 2;
    context.fillRect(320 - 2 - 6 * depth, 268 + 212 * depth, 4 + 12 * depth, 4 + 30 * depth);
  }
  drawStamp(context, now);
}
draw();
let isHeld = false;
setInterval(() => isHeld || draw(), 33);
/** A camera that stands still. */
window.holdPicture = (is) => (isHeld = is);
const stream = canvas.captureStream(30);

const peers = new Set();
window.peers = peers;
window.messages = [];
window.endings = [];

window.answer = async (offer, options = {}) => {
  const peer = new RTCPeerConnection();
  peers.add(peer);
  peer.ondatachannel = ({ channel }) => {
    if (channel.label === "rtcbot.clock") {
      channel.onmessage = ({ data }) => data.startsWith("clock ") && channel.send(`${data} ${Date.now()}`);
      return;
    }
    if (window.driven && /^rtcbot[.](drive|control)$/.test(channel.label)) return window.adopt(channel, peer);
    window.channel = channel;
    channel.onmessage = (event) => {
      window.messages.push(event.data);
      channel.send(event.data);
    };
    channel.onclose = () => window.endings.push({ at: Date.now(), state: peer.connectionState });
  };
  await peer.setRemoteDescription(offer);
  if (options.video !== false && offer.sdp.includes("m=video")) peer.addTrack(stream.getVideoTracks()[0], stream);
  await peer.setLocalDescription(await peer.createAnswer());
  // As a robot does: what has been found by then is enough, whatever a busy browser is still looking for.
  await new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve();
    peer.onicegatheringstatechange = check;
    setTimeout(resolve, 2000);
    check();
  });
  return { type: peer.localDescription.type, sdp: peer.localDescription.sdp };
};

window.hangUp = () => {
  for (const peer of peers) peer.close();
  peers.clear();
};
