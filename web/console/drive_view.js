/**
 * Computes the console's text about driving from the known facts. Pure.
 *
 * @typedef {object} DriveFacts
 * @property {import("../src/link_state.js").LinkStateName} link
 * @property {Readonly<import("../src/drive_session.js").RobotFacts>} robot
 * @property {boolean} isStopping a stop was requested here and is not confirmed
 * @property {boolean} isLocked the controls must be released first
 * @property {boolean} isAttended the page has the focus and is visible
 * @property {boolean} isTooSmall the picture is too small to drive by
 * @property {boolean} hasNoVideo this browser plays none of the robot's video formats
 * @property {number | null} statusAge ms
 * @property {readonly string[]} held the inputs that are not neutral
 * @property {boolean} canTellAge the browser can report the picture's age
 * @property {boolean} wasDriver this page drove when its last connection ended
 *
 * - `drive`: commands are carried out. - `hold`: this viewer drives, and the robot is stopped. - `watch`: another viewer drives.
 * - `free`: nobody drives. - `stop`: emergency stop. - `away`: no connection.
 * @typedef {"drive" | "hold" | "watch" | "free" | "stop" | "away"} DriveLook
 * @typedef {"take" | "give" | "release"} ActionName
 *
 * @typedef {object} DriveView
 * @property {DriveLook} look
 * @property {string} title short
 * @property {string} detail
 * @property {{name: ActionName, label: string} | null} action
 * @property {string} asker the viewer that asks this driver for the lease; empty for nobody
 */

/** The dead man's limit of a robot whose limits are unknown, ms: the default. */
const DEAD_MAN = 250;
/** A driver gets a status every 100 ms. One may be lost before the robot counts as silent, ms. */
const STATUS_GRACE = 150;

/**
 * Time without a status after which it is unknown whether a driven robot moves: its dead man's switch may have stopped it by
 * then, ms.
 * @param {import("../src/control_messages.js").Limits | null | undefined} limits
 */
export function silentAfter(limits) {
  return (limits?.dead_man_ms ?? DEAD_MAN) + STATUS_GRACE;
}

/** A longer name is shortened, except in the list of people. */
const LONGEST = 20;

/** Texts for the reasons why a robot is stopped while this viewer drives. @type {Record<string, [string, string]>} */
const STANDS = {
  dead_man: ["Commands are arriving too late", "The robot is holding until the link recovers."],
  clocks: ["One moment", "The robot is measuring how old your commands are."],
  neutral: ["Release all controls", "The robot moves again once all controls have been released."],
  picture: ["Video is delayed", "The robot is holding until you see live video."],
  camera: ["Camera failure", "The robot is holding until its camera works again."],
  local: ["Held by the robot's software", "It continues when the software releases it."],
  actuator: ["The robot's motors do not answer", "The motor controller is unplugged or not responding. See the robot's log."],
};

/** Used in place of `picture` if the browser never reports the picture's age. @type {[string, string]} */
const AGELESS = ["The video's delay is unknown", "This browser cannot measure it, so the robot is holding. Use a newer browser."];

/** @type {[string, string]} */
const TOO_SMALL = ["Video is too small to drive by", "Turn the phone, or make the window larger."];

/** All labels of the button for driving. */
export const ACTIONS = ["Drive", "Ask to drive", "Cancel request", "Stop driving"];

/** @param {DriveFacts} facts @returns {DriveView} */
export function driveViewOf(facts) {
  const { robot } = facts;
  const { welcome, stop } = robot;
  if (facts.isStopping) return stopping(facts);
  if (facts.link !== "live" || !welcome) return away();
  if (stop) return stopped(facts);
  if (robot.driver === welcome.viewer) return { ...driving(facts), asker: askerOf(robot) };
  return { ...watching(facts), asker: "" };
}

/**
 * The text for screen readers: immediately if the robot was stopped, with the cause; otherwise when there is time. Omits values
 * that change each second, such as the share of the speed.
 * @param {DriveView} view @returns {{alert: string, status: string}}
 */
export function spokenOf({ look, title, detail, action }) {
  const words = look === "drive" || !detail ? title : `${title}. ${detail}`;
  if (look !== "stop") return { alert: "", status: words };
  return { alert: action ? `${words} ${action.label}.` : words, status: "" };
}

/** @param {DriveFacts} facts @returns {DriveView} */
function stopping({ link, robot }) {
  const lacking = link !== "live" ? "No connection" : robot.welcome === null ? "No answer from the robot yet" : "";
  return {
    look: "stop", title: "Stopping", action: null, asker: "",
    detail: lacking ? `${lacking}. Without commands the robot stops automatically. Your stop is sent as soon as possible.`
      : "The stop is repeated until the robot confirms it.",
  };
}

/** @returns {DriveView} */
function away() {
  return {
    look: "away", title: "Reconnecting", detail: "No contact with the robot. If you were driving, it has stopped automatically.",
    action: null, asker: "",
  };
}

/** @param {DriveFacts} facts @returns {DriveView} */
function stopped({ robot }) {
  const by = robot.stop?.by;
  const who = by === null ? "Pressed at the robot, or by its software." : by === undefined ? "" : `Pressed by ${nameOf(robot, by)}.`;
  const mayDrive = robot.welcome?.may_drive ?? false;
  const after = mayDrive ? "Nothing moves until it is released." : "Only someone with permission to drive can release it.";
  return {
    look: "stop", title: "Emergency stop", detail: `${who} ${after}`.trim(), asker: askerOf(robot),
    action: mayDrive ? { name: "release", label: "Hold to release" } : null,
  };
}

/** @param {DriveFacts} facts @returns {Omit<DriveView, "asker">} */
function driving(facts) {
  const { status } = facts.robot;
  const action = { name: /** @type {const} */ ("give"), label: "Stop driving" };
  const hold = (/** @type {string} */ title, /** @type {string} */ detail) => ({ look: /** @type {const} */ ("hold"), title, detail, action });
  if (!facts.isAttended) return hold("Controls are off", "This window isn't active. Click it to keep driving.");
  if (!status) return hold("One moment", "Waiting for the robot's first status.");
  if (facts.isTooSmall) return hold(...TOO_SMALL);
  if ((facts.statusAge ?? 0) > silentAfter(facts.robot.welcome?.limits)) {
    return hold("Robot is not responding", "Without your commands it stops automatically.");
  }
  if (facts.isLocked) return hold(STANDS.neutral[0], notAtRest(facts.held));
  if (status.moving) return { look: "drive", title: "You're driving", detail: slower(facts.robot), action };
  if (status.why === "picture" && !facts.canTellAge) return hold(...AGELESS);
  return hold(...(STANDS[status.why] ?? ["The robot is holding", status.why]));
}

/** @param {readonly string[]} held */
function notAtRest(held) {
  return held.length > 0 ? `Still pressed: ${held.join(", ")}.` : STANDS.neutral[1];
}

/** @param {DriveFacts["robot"]} robot */
function slower({ status, state }) {
  const speed = status?.speed ?? 1;
  if (speed >= 0.995) return "";
  const isOwn = state && state.limit <= speed + 0.005;
  return isOwn ? `Limited to ${percent(speed)} of full speed, as set.` : `Slowed to ${percent(speed)}: video or commands are late.`;
}

/** @param {DriveFacts} facts @returns {Omit<DriveView, "asker">} */
function watching({ robot, wasDriver, hasNoVideo }) {
  const { welcome, state, driver } = robot;
  const mayDrive = welcome?.may_drive ?? false;
  if (driver === null && mayDrive && hasNoVideo) {
    return { look: "free", title: "No one is driving", detail: "This browser cannot play the robot's video, and so cannot drive.", action: null };
  }
  if (driver === null && mayDrive && wasDriver) {
    return {
      look: "free", title: "Press Drive to continue", detail: "The connection was lost. No one is driving, and the robot has stopped.",
      action: { name: "take", label: "Drive" },
    };
  }
  if (driver === null) {
    return {
      look: "free", title: "No one is driving", detail: mayDrive ? "You're watching." : "You're watching. Your sign-in does not let you drive.",
      action: mayDrive ? { name: "take", label: "Drive" } : null,
    };
  }
  const title = `${nameOf(robot, driver)} is driving`;
  if (state?.asking === welcome?.viewer && state?.asking !== null) {
    const detail = `You have asked ${nameOf(robot, driver)} to drive.`;
    return { look: "watch", title, detail, action: { name: "give", label: "Cancel request" } };
  }
  const isTaken = (state?.asking ?? null) !== null;
  const detail = isTaken && mayDrive ? `You're watching. ${nameOf(robot, state?.asking ?? null)} has asked to drive.` : "You're watching.";
  return { look: "watch", title, detail, action: mayDrive && !isTaken && !hasNoVideo ? { name: "take", label: "Ask to drive" } : null };
}

/** @param {DriveFacts["robot"]} robot */
function askerOf(robot) {
  const asking = robot.state?.asking ?? null;
  return asking !== null && robot.driver === robot.welcome?.viewer ? nameOf(robot, asking) : "";
}

/** @param {DriveFacts["robot"]} robot @param {number | null} viewer @returns {string} short enough for the banner */
export function nameOf({ welcome, state }, viewer) {
  if (viewer !== null && viewer === welcome?.viewer) return "you";
  const name = state?.people.find((each) => each.viewer === viewer)?.name || `Viewer ${viewer}`;
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1).trimEnd()}…` : name;
}

/**
 * The viewers, the driver first.
 * @param {DriveFacts["robot"]} robot @returns {{name: string, role: string}[]}
 */
export function peopleOf(robot) {
  const people = (robot.state?.people ?? []).map(({ viewer, name, may_drive }) => {
    const isSelf = viewer === robot.welcome?.viewer;
    const role = viewer === robot.driver ? "driving" : viewer === robot.state?.asking ? "asks to drive" : may_drive ? "watching" : "may only watch";
    return { name: `${name || `Viewer ${viewer}`}${isSelf ? " (you)" : ""}`, role };
  });
  return people.sort((a, b) => Number(b.role === "driving") - Number(a.role === "driving"));
}

/** The text beside a camera's name; empty for a camera that works, or is closed because nobody watches. @type {Record<string, string>} */
const CAMERA_STATES = { running: "", closed: "", opening: "starting", missing: "none found, test picture", frozen: "frozen", failed: "failed" };

/** @param {import("../src/control_messages.js").CameraOf} camera */
export function cameraLabel({ name, state, reason }) {
  const said = state === "missing" && reason ? "missing" : (CAMERA_STATES[state] ?? state);
  return said ? `${name} (${said})` : name;
}

/** The fault of the camera that this viewer sees; empty for none. @param {DriveFacts["robot"]} robot */
export function cameraTrouble({ state }) {
  const shown = state?.cameras.find(({ name }) => name === state.camera);
  if (shown?.reason) return `Camera ${shown.name}: ${shown.reason}`;
  const said = shown ? (CAMERA_STATES[shown.state] ?? shown.state) : "";
  return shown && said ? `Camera ${cameraLabel(shown)}` : "";
}

/** States in which a camera delivers no picture. */
const FAULTS = new Set(["missing", "frozen", "failed"]);

/**
 * Why no picture has come yet, as far as the camera is the cause; empty if it is not known to be.
 * @param {DriveFacts["robot"]} robot @param {string | undefined} reported the camera's state as the server reports it, for a robot without the
 *   control protocol
 */
export function noPictureBecause(robot, reported) {
  if (!robot.welcome) return FAULTS.has(reported ?? "") ? `The robot's camera is ${reported === "failed" ? "out of order" : reported}.` : "";
  const { state } = robot;
  const shown = state?.cameras.find(({ name }) => name === state.camera);
  return FAULTS.has(shown?.state ?? "") ? cameraTrouble(robot) : "";
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)} %`;
}
