/**
 * What the console says of driving, from what is known. Pure.
 *
 * @typedef {object} DriveFacts
 * @property {import("../src/link_state.js").LinkStateName} link
 * @property {Readonly<import("../src/drive_session.js").RobotFacts>} robot
 * @property {boolean} isStopping a stop was asked for here and is not confirmed
 * @property {boolean} isLocked the controls have to be let go of
 * @property {boolean} isAttended the page has the focus and can be seen
 * @property {number | null} statusAge ms
 * @property {readonly string[]} held the inputs that are not at rest
 * @property {boolean} canTellAge whether the browser can tell how old the picture is
 * @property {boolean} wasDriver this page drove when its last connection ended
 *
 * - `drive`: commands are carried out. - `hold`: this viewer drives, and the robot stands. - `watch`: somebody else drives.
 * - `free`: nobody does. - `stop`: emergency stop. - `away`: no connection.
 * @typedef {"drive" | "hold" | "watch" | "free" | "stop" | "away"} DriveLook
 * @typedef {"take" | "give" | "release"} ActionName
 *
 * @typedef {object} DriveView
 * @property {DriveLook} look
 * @property {string} title short
 * @property {string} detail
 * @property {{name: ActionName, label: string} | null} action
 * @property {string} asker who asks this driver for the controls; empty for nobody
 */

/** A robot whose limits are not known has this one, ms: its default. */
const DEAD_MAN = 250;
/** Who drives hears of the robot every 100 ms. One status may be lost before nothing is said of the robot any more, ms. */
const STATUS_GRACE = 150;

/**
 * After how long without a status it is not known whether a driven robot stands: by then its dead-man may have stopped it, ms.
 * @param {import("../src/control_messages.js").Limits | null | undefined} limits
 */
export function silentAfter(limits) {
  return (limits?.dead_man_ms ?? DEAD_MAN) + STATUS_GRACE;
}

/** Why a robot stands that this viewer drives. @type {Record<string, [string, string]>} */
const STANDS = {
  dead_man: ["Commands come too late", "The robot stands until they arrive in time."],
  clocks: ["One moment", "The robot is finding out how old your commands are."],
  neutral: ["Let go of the controls", "The robot moves again when they have been at rest once."],
  picture: ["Picture too old to drive by", "The robot stands until you see where it is."],
  camera: ["Camera fails", "The robot stands until its camera works again."],
  local: ["Stopped by the robot's own program", "It goes on when the program lets it."],
  actuator: ["The robot's motors do not answer", "What should move is unplugged, has ended or hangs; the robot's log names it."],
};

/** Said instead, where no picture would be young enough. @type {[string, string]} */
const AGELESS = ["This browser cannot tell how old the picture is", "The robot stands, as nobody drives it blind. A newer browser can tell."];

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
 * What is read aloud: at once where the robot was stopped, who did it and why it stands among it; otherwise when there is time. What
 * changes by the second, as the share of the speed, is not.
 * @param {DriveView} view @returns {{alert: string, status: string}}
 */
export function spokenOf({ look, title, detail, action }) {
  const words = look === "drive" || !detail ? title : `${title}. ${detail}`;
  if (look !== "stop") return { alert: "", status: words };
  return { alert: action ? `${words} ${action.label}.` : words, status: "" };
}

/** @param {DriveFacts} facts @returns {DriveView} */
function stopping({ link, robot }) {
  const lacking = link !== "live" ? "No connection" : robot.welcome === null ? "The robot has not answered yet" : "";
  return {
    look: "stop", title: "Stopping", action: null, asker: "",
    detail: lacking ? `${lacking}. It stands by itself without commands; the stop follows as soon as it can be reached.`
      : "Asking the robot again and again, until it says that it stands.",
  };
}

/** @returns {DriveView} */
function away() {
  return { look: "away", title: "Reconnecting", detail: "The robot is not heard. If you drove it, it stands by itself.", action: null, asker: "" };
}

/** @param {DriveFacts} facts @returns {DriveView} */
function stopped({ robot }) {
  const by = robot.stop?.by;
  const who = by === null ? "Pressed at the robot, or by its program." : by === undefined ? "" : `Pressed by ${nameOf(robot, by)}.`;
  const mayDrive = robot.welcome?.may_drive ?? false;
  const after = mayDrive ? "Nothing moves before you release it on purpose." : "Only who may drive can release it.";
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
  if (!facts.isAttended) return hold("Controls are off", "This page is not in front. Click into it to drive on.");
  if (!status) return hold("One moment", "The robot has not said yet how it stands.");
  if ((facts.statusAge ?? 0) > silentAfter(facts.robot.welcome?.limits)) {
    return hold("Robot is silent", "Nothing is heard from it. Without your commands it stands.");
  }
  if (facts.isLocked) return hold(STANDS.neutral[0], notAtRest(facts.held));
  if (status.moving) return { look: "drive", title: "You drive", detail: slower(facts.robot), action };
  if (status.why === "picture" && !facts.canTellAge) return hold(...AGELESS);
  return hold(...(STANDS[status.why] ?? ["Robot stands", status.why]));
}

/** @param {readonly string[]} held */
function notAtRest(held) {
  return held.length > 0 ? `Not at rest: ${held.join(", ")}.` : STANDS.neutral[1];
}

/** @param {DriveFacts["robot"]} robot */
function slower({ status, state }) {
  const speed = status?.speed ?? 1;
  if (speed >= 0.995) return "";
  const isOwn = state && state.limit <= speed + 0.005;
  return isOwn ? `At most ${percent(speed)} of the speed, as set.` : `Slowed to ${percent(speed)}: picture or commands are late.`;
}

/** @param {DriveFacts} facts @returns {Omit<DriveView, "asker">} */
function watching({ robot, wasDriver }) {
  const { welcome, state, driver } = robot;
  const mayDrive = welcome?.may_drive ?? false;
  if (driver === null && mayDrive && wasDriver) {
    return {
      look: "free", title: "Press Drive to go on", detail: "The connection was gone. Nobody drives, and nothing moves by itself.",
      action: { name: "take", label: "Drive" },
    };
  }
  if (driver === null) {
    return {
      look: "free", title: "Nobody drives", detail: mayDrive ? "You watch." : "You watch. Your sign-in does not let you drive.",
      action: mayDrive ? { name: "take", label: "Drive" } : null,
    };
  }
  const title = `${nameOf(robot, driver)} drives`;
  if (state?.asking === welcome?.viewer && state?.asking !== null) {
    const detail = `You have asked ${nameOf(robot, driver)} for the controls.`;
    return { look: "watch", title, detail, action: { name: "give", label: "Take back" } };
  }
  const isTaken = (state?.asking ?? null) !== null;
  const detail = isTaken && mayDrive ? `You watch. ${nameOf(robot, state?.asking ?? null)} has asked to drive.` : "You watch, you do not drive.";
  return { look: "watch", title, detail, action: mayDrive && !isTaken ? { name: "take", label: "Ask to drive" } : null };
}

/** @param {DriveFacts["robot"]} robot */
function askerOf(robot) {
  const asking = robot.state?.asking ?? null;
  return asking !== null && robot.driver === robot.welcome?.viewer ? nameOf(robot, asking) : "";
}

/** @param {DriveFacts["robot"]} robot @param {number | null} viewer */
export function nameOf({ welcome, state }, viewer) {
  if (viewer !== null && viewer === welcome?.viewer) return "you";
  return state?.people.find((each) => each.viewer === viewer)?.name || `Viewer ${viewer}`;
}

/**
 * Who is there, the driver first.
 * @param {DriveFacts["robot"]} robot @returns {{name: string, role: string}[]}
 */
export function peopleOf(robot) {
  const people = (robot.state?.people ?? []).map(({ viewer, name, may_drive }) => {
    const isSelf = viewer === robot.welcome?.viewer;
    const role = viewer === robot.driver ? "drives" : viewer === robot.state?.asking ? "asks to drive" : may_drive ? "watches" : "may only watch";
    return { name: `${name || `Viewer ${viewer}`}${isSelf ? " (you)" : ""}`, role };
  });
  return people.sort((a, b) => Number(b.role === "drives") - Number(a.role === "drives"));
}

/** Said of a camera beside its name; empty for one that works, or rests as nobody sees it. @type {Record<string, string>} */
const CAMERA_STATES = { running: "", closed: "", opening: "starting", frozen: "frozen", failed: "failed" };

/** @param {import("../src/control_messages.js").CameraOf} camera */
export function cameraLabel({ name, state }) {
  const said = CAMERA_STATES[state] ?? state;
  return said ? `${name} (${said})` : name;
}

/** What is wrong with the camera that this viewer sees; empty for nothing. @param {DriveFacts["robot"]} robot */
export function cameraTrouble({ state }) {
  const shown = state?.cameras.find(({ name }) => name === state.camera);
  const said = shown ? (CAMERA_STATES[shown.state] ?? shown.state) : "";
  return shown && said ? `Camera ${cameraLabel(shown)}` : "";
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)} %`;
}
