// A robot that can be driven, in a page: the robot's side of docs/control.md, as far as a console can see it. Tests set and read window.driven.
// The functions of test-support/page_control.js are in front of it.

/* global readPage */
const LIMITS = { dead_man_ms: 250, stale_command_ms: 300, stale_picture_ms: 700 };

const driven = (window.driven = {
  /** Not before this is set is anybody welcomed. */ isOn: false,
  /** Its ears and its mouth, if any. @type {{listen: boolean, talk: boolean} | undefined} */ audio: undefined,
  mayDrive: true, modes: [], viewers: new Map(), driver: null, asking: null, stop: null, limit: 1, cameras: [], camera: "", telemetry: null,
  /** Set to make it stand for a reason of its own. */ why: "", age: 24, speed: 1,
  /** Does not answer, nor say anything. */ isSilent: false,
  refused: 0, commands: [], requests: [], stops: 0, isStopDeaf: false, tellState, addViewer, welcomeLate,
});
let next = 1;
/** Who came while nobody was welcomed. */
const strangers = new Set();

/** Welcomes them. */
function welcomeLate() {
  driven.isOn = true;
  for (const viewer of strangers) welcome(viewer);
  strangers.clear();
}

/** Somebody else, of whom only the name is there. */
function addViewer(name, may = true) {
  const viewer = next++;
  driven.viewers.set(viewer, { name, may, say: () => {} });
  tellState();
  return viewer;
}

window.adopt = (channel, peer) => {
  const kind = channel.label.replace("rtcbot.", "");
  peer.viewer ??= { name: "", may: driven.mayDrive, n: 0, arrivedAt: 0, channels: {}, number: null };
  const { viewer } = peer;
  viewer.channels[kind] = channel;
  viewer.say = (name, message) => !driven.isSilent && viewer.channels[name]?.readyState === "open" &&
    viewer.channels[name].send(JSON.stringify({ v: 1, ...message }));
  channel.onmessage = ({ data }) => {
    const message = readPage(kind, data);
    if (message === null) driven.refused++;
    else if (message.type === "command") onCommand(viewer, message);
    else if (message.type === "stop") onStop(viewer, true);
    else if (message.type === "hello") [viewer.name] = [message.name, tellState()];
    else onRequest(viewer, message);
    tellState();
  };
  channel.onopen = () => {
    if (kind !== "control") return;
    if (driven.isOn) welcome(viewer);
    else strangers.add(viewer);
  };
  channel.onclose = () => leave(viewer);
};

function welcome(viewer) {
  viewer.number = next++;
  driven.viewers.set(viewer.number, viewer);
  viewer.say("control", { type: "welcome", viewer: viewer.number, may_drive: viewer.may, limits: LIMITS, modes: driven.modes, audio: driven.audio });
  tellState();
}

function leave(viewer) {
  strangers.delete(viewer);
  if (viewer.number === null || !driven.viewers.delete(viewer.number)) return;
  if (driven.driver === viewer.number) driven.driver = null;
  if (driven.asking === viewer.number) driven.asking = null;
  tellState();
}

function onCommand(viewer, message) {
  driven.commands.push({ ...message, at: performance.now(), viewer: viewer.number });
  if (driven.commands.length > 2000) driven.commands.splice(0, 1000);
  Object.assign(viewer, { n: message.n, arrivedAt: performance.now(), command: message });
}

function onStop(viewer, isRepeated) {
  if (isRepeated) driven.stops++;
  if (!driven.isStopDeaf) driven.stop ??= { by: viewer.number };
}

const REFUSED = { may_not_drive: "Your credential lets you watch, not drive.", not_driver: "Only the driver may do that." };

function onRequest(viewer, { id, what, value }) {
  driven.requests.push(what);
  const answer = perform(viewer, what, value);
  const ack = typeof answer === "string" ? { ok: false, error: answer, message: REFUSED[answer] } : { ok: true, ...answer };
  viewer.say("control", { type: "ack", id, ...ack });
}

function perform(viewer, what, value) {
  const isDriver = driven.driver === viewer.number;
  if (what === "stop") return void onStop(viewer, false);
  if (what === "camera") return void (driven.camera = value);
  if (!viewer.may) return "may_not_drive";
  if (what === "release") return void (driven.stop = null);
  if (what === "take") {
    if (driven.driver === null) return void (driven.driver = viewer.number);
    driven.asking = viewer.number;
    return { asked: true };
  }
  if (what === "give" && driven.asking === viewer.number) return void (driven.asking = null);
  if (!isDriver) return "not_driver";
  if (what === "give") driven.driver = null;
  if (what === "grant") driven.driver = driven.asking;
  if (what === "grant" || what === "refuse") driven.asking = null;
  if (what === "limit") driven.limit = value;
}

let told = "";

/** To everybody, if it differs from what they know. */
function tellState() {
  const { driver, asking, stop, limit, cameras, camera } = driven;
  const people = [...driven.viewers].map(([viewer, { name, may }]) => ({ viewer, name, may_drive: may }));
  const state = { type: "state", driver, asking, people, stop, limit, cameras, camera };
  if (JSON.stringify(state) === told) return;
  told = JSON.stringify(state);
  for (const viewer of driven.viewers.values()) viewer.say("control", state);
}

setInterval(() => {
  const driver = driven.viewers.get(driven.driver);
  const isFresh = driver && performance.now() - driver.arrivedAt < LIMITS.dead_man_ms;
  const why = driven.stop ? "emergency_stop" : !driver ? "no_driver" : !isFresh ? "dead_man" : driven.why;
  const command = driver?.command;
  for (const viewer of driven.viewers.values()) {
    viewer.say("drive", {
      type: "status", r: performance.now(), n: viewer.n ?? 0, age: isFresh ? driven.age : null, moving: why === "", why,
      speed: Math.min(driven.limit, driven.speed), axes: why === "" ? command.axes : [0, 0], buttons: command?.buttons ?? 0,
      mode: command?.mode ?? "",
      stop: driven.stop !== null, driver: driven.driver, late: 0, stale: 0,
    });
    if (driven.telemetry) viewer.say("drive", { type: "telemetry", r: performance.now(), data: driven.telemetry });
  }
}, 50);
