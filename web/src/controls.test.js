import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Controls } from "./controls.js";
import { curve, padOf, readPad } from "./controls_gamepad.js";
import { KeyboardControls } from "./controls_keyboard.js";
import { ControlsMerge } from "./controls_merge.js";
import { TouchStick, stickAt } from "./controls_touch.js";

const REST = { axes: [0, 0, 0, 0], buttons: 0 };

test("a tap is gentle, a held key goes to the end, and its release is neutral at once", () => {
  const keys = new KeyboardControls();
  keys.press(1000, "KeyW");
  assert.deepEqual(keys.read(1000).axes, [0, 0.25]);
  assert.deepEqual(keys.read(1200).axes, [0, 0.625]);
  assert.deepEqual(keys.read(1400).axes, [0, 1]);
  assert.deepEqual(keys.read(9000).axes, [0, 1]);
  keys.release(9001, "KeyW");
  assert.deepEqual(keys.read(9001).axes, [0, 0]);
});

test("both directions together cancel out, and what remains begins gently", () => {
  const keys = new KeyboardControls();
  keys.press(0, "ArrowLeft");
  keys.press(500, "KeyD");
  assert.deepEqual(keys.read(500).axes, [0, 0]);
  keys.release(600, "ArrowLeft");
  assert.deepEqual(keys.read(600).axes, [0.25, 0]);
});

test("two keys of one direction are one, and digits are buttons", () => {
  const keys = new KeyboardControls();
  for (const code of ["KeyS", "ArrowDown", "Digit1", "Digit8", "KeyX"]) keys.press(0, code);
  keys.release(400, "KeyS");
  assert.deepEqual(keys.read(400), { axes: [0, -1], buttons: 0b10000001 });
  keys.clear(500);
  assert.deepEqual(keys.read(500), { axes: [0, 0], buttons: 0 });
});

test("a stick's rest is nothing, its middle gentle, its end the end", () => {
  assert.deepEqual([curve(0.1), curve(-0.12), curve(1), curve(-1), curve(1.5), curve(NaN)], [0, 0, 1, -1, 1, 0]);
  assert.ok(curve(0.13) < 0.02 && curve(0.5) < 0.3 && curve(0.5) > 0.2, `${curve(0.13)} ${curve(0.5)}`);
  for (let at = 0.13; at < 1; at += 0.01) assert.ok(curve(at + 0.01) > curve(at));
});

const buttons = (/** @type {Record<number, number>} */ values = {}) =>
  Array.from({ length: 17 }, (_, index) => ({ pressed: (values[index] ?? 0) > 0.5, value: values[index] ?? 0 }));
const pad = (/** @type {number[]} */ axes, /** @type {Record<number, number>} */ values = {}) =>
  ({ id: "Pad", connected: true, mapping: "standard", axes, buttons: buttons(values) });

test("a standard pad drives by its left stick, or by its triggers", () => {
  assert.deepEqual(readPad(pad([1, -1, 0, 0])), { axes: [1, 1, 0, -0], buttons: 0 });
  assert.equal(readPad(pad([0, 0, 0, 0], { 7: 1 })).axes[1], 1);
  assert.equal(readPad(pad([0, 0, 0, 0], { 6: 1 })).axes[1], -1);
  assert.equal(readPad(pad([0, 1, 0, 0], { 7: 1 })).axes[1], -1, "the stick comes first");
  assert.equal(readPad(pad([0, 0], { 0: 1, 3: 1 })).buttons, 0b1001);
  assert.deepEqual(readPad(null), REST);
});

test("of several pads the standard one drives; one that is gone is none", () => {
  const odd = { ...pad([0, 0]), mapping: "" };
  const standard = pad([0, 0]);
  assert.equal(padOf([null, odd, standard]), standard);
  assert.equal(padOf([odd]), odd);
  assert.equal(padOf([null, { ...odd, connected: false }]), null);
});

test("of a pad without the standard mapping only the first stick is read: triggers may rest at -1", () => {
  const odd = { ...pad([0.5, -1, -1, 0, 0, -1], { 3: 1 }), mapping: "" };
  const { axes, buttons: pressed } = readPad(odd);
  assert.deepEqual([axes.map((axis) => axis === 0), axes[1], pressed], [[false, false, true, true], 1, 0b1000]);
});

test("a finger beyond the stick's rim is at its end, in the same direction", () => {
  assert.deepEqual(stickAt(0, -300, 50), { axes: [0, 1], knob: [0, -1] });
  const { knob } = stickAt(300, 300, 50);
  assert.ok(Math.abs(knob[0] - Math.SQRT1_2) < 1e-9 && Math.abs(knob[1] - Math.SQRT1_2) < 1e-9);
  assert.deepEqual(stickAt(3, 3, 50).axes, [0, -0], "a thumb that trembles");
});

const forward = { axes: [0, 1], buttons: 0 };
const left = { axes: [-1, 0], buttons: 0 };

test("the input that left its rest last drives, and the other again when that rests", () => {
  const merge = new ControlsMerge();
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: REST }, true).axes, [0, 1, 0, 0]);
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: left }, true).axes, [-1, 0, 0, 0]);
  assert.equal(merge.source, "gamepad");
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: REST }, true).axes, [0, 1, 0, 0]);
});

test("after letting go all is neutral until every input has been at rest", () => {
  const merge = new ControlsMerge();
  merge.merge({ keyboard: forward, gamepad: left }, true);
  merge.letGo();
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: left }, true), REST);
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: REST }, true), REST);
  assert.equal(merge.isLocked, true);
  assert.deepEqual(merge.merge({ keyboard: REST, gamepad: REST }, true), REST);
  assert.deepEqual(merge.merge({ keyboard: forward, gamepad: REST }, true).axes, [0, 1, 0, 0]);
});

test("while nobody looks at the page all is neutral, and rest is no sign of anybody", () => {
  const merge = new ControlsMerge();
  assert.deepEqual(merge.merge({ gamepad: forward }, false), REST);
  merge.merge({ gamepad: REST }, false);
  assert.equal(merge.isLocked, true);
  assert.deepEqual(merge.merge({ gamepad: forward }, true), REST);
});

class Page {
  window = new EventTarget();
  document = Object.assign(new EventTarget(), { visibilityState: "visible", fullscreenElement: null, focused: true });
  time = 1000;
  /** @type {any[]} */
  pads = [];
  stops = 0;
  neutrals = 0;

  constructor() {
    /** @type {any} */ (this.document).hasFocus = () => this.document.focused;
    this.controls = new Controls({
      onStop: () => this.stops++, onNeutral: () => this.neutrals++,
      host: { window: this.window, document: /** @type {any} */ (this.document), now: () => this.time, getGamepads: () => this.pads },
    });
  }

  key(type, code, more = {}) {
    const event = Object.assign(new Event(type, { cancelable: true }), { code, ...more });
    // Node's EventTarget has no parent for bubbling, so the event's target is overwritten.
    if (more.on) Object.defineProperty(event, "target", { value: more.on });
    this.window.dispatchEvent(event);
    return event;
  }

  axes() {
    return this.controls.read().axes.slice(0, 2);
  }
}

/** @type {Page} */
let page;
beforeEach(() => {
  page = new Page();
});

test("keys drive, those of shortcuts and of text do not", () => {
  assert.equal(page.key("keydown", "KeyW").defaultPrevented, true);
  page.time += 1000;
  assert.deepEqual(page.axes(), [0, 1]);
  page.key("keyup", "KeyW");
  assert.deepEqual([page.axes(), page.neutrals], [[0, 0], 1]);
  assert.equal(page.key("keydown", "KeyW", { ctrlKey: true }).defaultPrevented, false);
  page.key("keydown", "KeyW", { on: { tagName: "INPUT", type: "text" } });
  page.key("keydown", "ArrowUp", { on: { tagName: "INPUT", type: "range" } });
  assert.deepEqual(page.axes(), [0, 0]);
  page.key("keydown", "KeyD", { on: { tagName: "INPUT", type: "range" } });
  assert.deepEqual(page.axes(), [0.25, 0], "letters are of no use to a slider");
});

const NAME = { tagName: "INPUT", type: "text" };
const LIST = { tagName: "SELECT", matches: () => false };

test("a key that comes up in a text field is up", () => {
  page.key("keydown", "KeyW");
  page.key("keyup", "KeyW", { on: NAME });
  assert.deepEqual([page.axes(), page.neutrals], [[0, 0], 1]);
  assert.equal(page.key("keyup", "KeyW", { on: NAME }).defaultPrevented, false);
  assert.equal(page.neutrals, 1, "one that was not down is no news");
});

for (const [name, type, more] of /** @type {[string, string, any][]} */ ([
  ["a text field takes the focus", "focusin", { on: NAME }],
  ["a list takes the focus", "focusin", { on: LIST }],
  ["a list is opened", "pointerdown", { on: LIST }],
  ["a list is opened by a key", "keydown", { on: LIST, code: "Enter" }],
  ["a list is opened by an arrow", "keydown", { on: LIST, code: "ArrowDown" }],
  ["a menu comes up", "contextmenu", { on: { tagName: "VIDEO" } }],
])) {
  test(`when ${name}, keys that are down are let go of: nobody may hear them come up`, () => {
    page.key("keydown", "KeyW");
    page.time += 1000;
    assert.deepEqual(page.axes(), [0, 1]);
    page.key(type, more.code ?? "", more);
    assert.deepEqual([page.axes(), page.neutrals], [[0, 0], 1]);
    page.key("keydown", "KeyW");
    assert.deepEqual(page.axes(), [0, 0.25], "pressed anew it drives");
  });
}

test("a button that takes the focus takes no keys", () => {
  page.key("keydown", "KeyW");
  page.key("focusin", "", { on: { tagName: "BUTTON" } });
  page.key("pointerdown", "", { on: { tagName: "BUTTON" } });
  assert.deepEqual(page.axes(), [0, 0.25]);
});

test("letters choose in a list that was reached by keys, and drive in one that was clicked", () => {
  assert.equal(page.key("keydown", "KeyD", { on: { ...LIST, matches: () => true } }).defaultPrevented, false);
  assert.deepEqual(page.axes(), [0, 0]);
  page.key("keydown", "KeyD", { on: LIST });
  assert.deepEqual(page.axes(), [0.25, 0]);
  page.key("keydown", "Space", { on: LIST });
  assert.equal(page.stops, 1);
});

test("the space bar stops and presses nothing else, but writes a space into text", () => {
  const onButton = page.key("keydown", "Space", { on: { tagName: "BUTTON" } });
  page.key("keydown", "Space", { repeat: true });
  const up = page.key("keyup", "Space", { on: { tagName: "BUTTON" } });
  assert.deepEqual([page.stops, onButton.defaultPrevented, up.defaultPrevented], [1, true, true]);
  assert.equal(page.key("keydown", "Space", { on: { tagName: "INPUT", type: "text" } }).defaultPrevented, false);
  assert.equal(page.stops, 1);
});

for (const [name, happen] of /** @type {[string, (page: Page) => void][]} */ ([
  ["another window", ({ window }) => window.dispatchEvent(new Event("blur"))],
  ["another tab, a closed lid", ({ document }) => {
    document.visibilityState = "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
    document.visibilityState = "visible";
  }],
  ["a page that is left", ({ window }) => window.dispatchEvent(new Event("pagehide"))],
  ["a page that is frozen", ({ document }) => document.dispatchEvent(new Event("freeze"))],
  ["the end of the full screen", ({ document }) => document.dispatchEvent(new Event("fullscreenchange"))],
  ["the system's key", (at) => at.key("keydown", "MetaLeft", { key: "Meta" })],
])) {
  test(`${name} makes the controls neutral at once, until all have been let go of`, () => {
    page.pads = [pad([0, 0])];
    page.controls.read();
    page.pads = [pad([0, -1])];
    page.key("keydown", "KeyD");
    assert.notDeepEqual(page.axes(), [0, 0]);
    happen(page);
    assert.equal(page.neutrals > 0, true, "the robot is told at once");
    assert.deepEqual(page.axes(), [0, 0]);
    page.key("keydown", "KeyD", { repeat: true });
    assert.deepEqual([page.axes(), page.controls.isLocked], [[0, 0], true]);
    page.pads = [pad([0, 0])];
    assert.deepEqual(page.axes(), [0, 0]);
    page.pads = [pad([0, -1])];
    assert.deepEqual(page.axes(), [0, 1]);
  });
}

test("a lost gamepad is neutral at once, told of or not", () => {
  page.pads = [pad([0, 0])];
  page.controls.read();
  page.pads = [pad([0, -1])];
  assert.deepEqual([page.axes(), page.controls.source, page.controls.gamepad], [[0, 1], "gamepad", "Pad"]);
  page.pads = [null];
  assert.deepEqual([page.axes(), page.controls.gamepad], [[0, 0], null]);
  page.pads = [pad([0, -1])];
  assert.deepEqual([page.axes(), page.axes()], [[0, 0], [0, 0]], "one that comes back while it is held");
  page.pads = [pad([0, 0])];
  page.controls.read();
  page.pads = [pad([0, -1])];
  assert.deepEqual(page.axes(), [0, 1]);
  page.window.dispatchEvent(new Event("gamepaddisconnected"));
  assert.deepEqual(page.axes(), [0, 0]);
});

test("a pad that was never seen at rest neither drives nor holds up the keys; one that was does after letting go", () => {
  page.pads = [{ ...pad([0, -1]), mapping: "", id: "Lever" }];
  page.controls.read();
  assert.deepEqual([page.controls.isLocked, page.controls.isGamepadIgnored, page.controls.held], [false, true, ["gamepad"]]);
  page.key("keydown", "KeyD");
  assert.deepEqual([page.axes(), page.controls.source], [[0.25, 0], "keyboard"]);
  page.key("keyup", "KeyD");
  page.pads = [{ ...pad([0, 0]), mapping: "", id: "Lever" }];
  page.axes();
  page.pads = [{ ...pad([0, -1]), mapping: "", id: "Lever" }];
  assert.deepEqual([page.axes(), page.controls.isGamepadIgnored], [[0, 1], false]);
  page.controls.letGo();
  assert.deepEqual([page.axes(), page.controls.isLocked, page.controls.held], [[0, 0], true, ["gamepad"]]);
});

test("the gamepad's stop button stops, once a press", () => {
  page.pads = [pad([0, 0], { 8: 1 })];
  page.controls.read();
  page.controls.read();
  assert.equal(page.stops, 1);
  page.pads = [pad([0, 0])];
  page.controls.read();
  page.pads = [pad([0, 0], { 8: 1 })];
  page.controls.read();
  assert.equal(page.stops, 2);
});

test("who stops may let go, and who is told of that may read, all from within a reading", () => {
  let stops = 0;
  const host = { window: page.window, document: /** @type {any} */ (page.document), now: () => 0, getGamepads: () => [pad([0, -1], { 8: 1 })] };
  const controls = new Controls({
    host, onNeutral: () => controls.read(),
    onStop: () => {
      stops++;
      controls.letGo();
    },
  });
  assert.deepEqual([controls.read().axes.slice(0, 2), stops], [[0, 0], 1]);
});

test("closed, it hears nothing any more", () => {
  page.controls.close();
  page.key("keydown", "Space");
  page.key("keydown", "KeyW");
  assert.deepEqual([page.stops, page.axes()], [0, [0, 0]]);
});

for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
  test(`a touch that ends by ${end} is neutral at once`, () => {
    let neutrals = 0;
    const element = Object.assign(new EventTarget(), {
      style: { setProperty() {} }, setPointerCapture() {}, releasePointerCapture() {}, hasPointerCapture: () => false,
      getBoundingClientRect: () => ({ left: 0, top: 0, width: 100, height: 100 }),
    });
    const stick = new TouchStick(/** @type {any} */ (element), () => neutrals++);
    const touch = (/** @type {string} */ type, /** @type {number} */ pointerId, clientX = 50, clientY = 0) =>
      element.dispatchEvent(Object.assign(new Event(type), { pointerId, clientX, clientY }));
    touch("pointerdown", 7);
    assert.deepEqual(stick.read().axes, [0, 1]);
    touch("pointerdown", 8, 100, 50);
    touch("pointermove", 8, 100, 50);
    assert.deepEqual(stick.read().axes, [0, 1], "a second finger is not heard");
    touch(end, 7);
    assert.deepEqual([stick.read().axes, neutrals], [[0, 0], 1]);
  });
}

test("a finger that rests on the stick asks for no menu, and is not let go of", () => {
  /** @type {any} */
  const element = Object.assign(new EventTarget(), {
    style: { setProperty() {} }, setPointerCapture() {}, releasePointerCapture() {}, hasPointerCapture: () => false, contains: () => true,
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 100, height: 100 }),
  });
  const host = { ...page, document: /** @type {any} */ (page.document), now: () => 0, getGamepads: () => [] };
  page.controls = new Controls({ touch: element, host });
  element.dispatchEvent(Object.assign(new Event("pointerdown"), { pointerId: 1, clientX: 50, clientY: 0 }));
  const menu = new Event("contextmenu", { cancelable: true });
  element.dispatchEvent(menu);
  page.key("contextmenu", "", { on: element });
  assert.deepEqual([menu.defaultPrevented, page.axes()], [true, [0, 1]]);
  const elsewhere = { on: { tagName: "BUTTON" } };
  element.contains = () => false;
  page.key("contextmenu", "", { ...elsewhere, pointerType: "touch" });
  assert.deepEqual(page.axes(), [0, 1], "a second finger that rests on a button");
  page.key("contextmenu", "", elsewhere);
  assert.deepEqual(page.axes(), [0, 0]);
});

test("where gamepads are forbidden keys drive, and the controls' gamepad is none", () => {
  const forbidden = () => {
    throw new DOMException("disallowed by permissions policy", "SecurityError");
  };
  const host = { window: page.window, document: /** @type {any} */ (page.document), now: () => page.time, getGamepads: forbidden };
  let stops = 0;
  page.controls = new Controls({ onStop: () => stops++, host });
  page.key("keydown", "KeyW");
  page.time += 1000;
  assert.deepEqual([page.axes(), page.controls.gamepad, page.controls.isGamepadIgnored], [[0, 1], null, false]);
  page.key("keydown", "Space");
  assert.equal(stops, 1);
});

test("while they are blocked the controls are neutral, and afterwards they must have been at rest", () => {
  let isBlocked = false;
  const host = { window: page.window, document: /** @type {any} */ (page.document), now: () => page.time, getGamepads: () => [] };
  page.controls = new Controls({ isBlocked: () => isBlocked, host });
  page.key("keydown", "KeyW");
  page.time += 1000;
  assert.deepEqual(page.axes(), [0, 1]);
  isBlocked = true;
  assert.deepEqual(page.axes(), [0, 0]);
  isBlocked = false;
  assert.deepEqual([page.axes(), page.controls.isLocked], [[0, 0], true]);
  page.key("keyup", "KeyW");
  page.axes();
  page.key("keydown", "KeyW");
  page.time += 1000;
  assert.deepEqual(page.axes(), [0, 1]);
});
