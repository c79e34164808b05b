import assert from "node:assert/strict";
import { test } from "node:test";
import { drawStamp, readStamp, readStampOfAnySize, stampAge } from "../test-support/stamp.js";
import { Gamepad, GamepadPoller } from "./gamepad.js";
import { Keyboard } from "./keyboard.js";
import { Queue } from "./queue.js";
import { Websocket } from "./websocket.js";

class FakeSocket {
  constructor(url) {
    FakeSocket.last = this;
    this.url = url;
    this.bufferedAmount = 0;
    this.sent = [];
  }
  send(text) { this.sent.push(text); }
  close() { this.closed = true; }
}

test("a websocket queues until it is open, sends JSON, and delivers what was parsed", () => {
  const ws = new Websocket("http://host/ws", { environment: /** @type {any} */ ({ WebSocket: FakeSocket }) });
  const got = [];
  ws.subscribe((value) => got.push(value));
  ws.put_nowait({ a: 1 });
  const socket = FakeSocket.last;
  assert.deepEqual([socket.url, socket.sent], ["ws://host/ws", []]);
  socket.onopen();
  ws.put_nowait("raw");
  socket.onmessage({ data: '{"b":2}' });
  socket.onmessage({ data: "no json" });
  assert.deepEqual([socket.sent, got], [['{"a":1}', "raw"], [{ b: 2 }, "no json"]]);
});

test("a websocket that is closed before it opened sends what was put first", () => {
  const ws = new Websocket("ws://host", { environment: /** @type {any} */ ({ WebSocket: FakeSocket }) });
  ws.put_nowait("x");
  ws.close();
  assert.equal(FakeSocket.last.closed, undefined);
  FakeSocket.last.onopen();
  assert.deepEqual([FakeSocket.last.sent, FakeSocket.last.closed], [["x"], true]);
});

test("a websocket that cannot connect says so instead of hanging", async () => {
  const ws = new Websocket("ws://host", { environment: /** @type {any} */ ({ WebSocket: FakeSocket }) });
  const ready = ws.onReady();
  FakeSocket.last.onclose({ code: 1006 });
  await assert.rejects(ready, { reason: "network" });
  assert.throws(() => ws.put_nowait("x"), { reason: "network" });
});

test("a queue keeps order, drops the oldest when full, and ends its getters", async () => {
  const queue = new Queue(2);
  const first = queue.get();
  [1, 2, 3, 4].forEach(queue.put_nowait);
  assert.deepEqual([await first, await queue.get(), await queue.get(), queue.dropped], [1, 3, 4, 1]);
  const waiting = queue.get();
  queue.close();
  await assert.rejects(waiting, { reason: "closed" });
});

function key(type, name, more = {}) {
  return Object.assign(new Event(type, { cancelable: true }), { key: name, code: `Key${name}`, keyCode: 1, altKey: false, shiftKey: false, ...more });
}

test("a keyboard tells presses and releases once, and leaves shortcuts alone", () => {
  const window = new EventTarget();
  const keyboard = new Keyboard(window);
  const got = [];
  keyboard.subscribe((event) => got.push([event.type, event.key, event.timestamp > 0]));
  window.dispatchEvent(key("keydown", "w"));
  window.dispatchEvent(key("keydown", "w", { repeat: true }));
  const reload = key("keydown", "r", { ctrlKey: true });
  window.dispatchEvent(reload);
  window.dispatchEvent(key("keyup", "w"));
  assert.deepEqual(got, [["keydown", "w", true], ["keyup", "w", true]]);
  assert.equal(reload.defaultPrevented, false);
});

test("a window that loses the focus releases the keys that are down", () => {
  const window = new EventTarget();
  const keyboard = new Keyboard(window);
  const got = [];
  keyboard.subscribe((event) => got.push(`${event.type} ${event.key}`));
  window.dispatchEvent(key("keydown", "w"));
  window.dispatchEvent(new Event("blur"));
  assert.deepEqual(got, ["keydown w", "keyup w"]);
});

test("a gamepad tells changes, releases everything when unplugged, and its poller stops with the last", () => {
  const pad = { buttons: [{ pressed: false }], axes: [0] };
  const host = { pads: [pad], task: /** @type {any} */ (null), getGamepads: () => host.pads,
    setInterval: (task) => (host.task = task), clearInterval: () => (host.task = null) };
  const gamepad = new Gamepad(new GamepadPoller(/** @type {any} */ (host)));
  const got = [];
  gamepad.subscribe((event) => got.push(event));
  host.task();
  pad.buttons[0].pressed = true;
  pad.axes[0] = -0.5;
  host.task();
  host.pads = [/** @type {any} */ (null)];
  host.task();
  assert.deepEqual(got, [{ value: true, type: "btn0" }, { value: -0.5, type: "axis0" }, { value: false, type: "btn0" }, { value: 0, type: "axis0" }]);
  host.getGamepads = () => {
    throw new DOMException("disallowed by permissions policy", "SecurityError");
  };
  host.task();
  assert.equal(gamepad.state, null, "where gamepads are forbidden there is none");
  gamepad.close();
  assert.equal(host.task, null);
});

test("a stamp that is drawn is read, also from a picture of half the size", () => {
  for (const scale of [1, 0.5]) {
    const width = 640 * scale;
    const image = { width, data: new Uint8ClampedArray(4 * width * 16).fill(128) };
    const context = {
      fillStyle: "",
      fillRect(x, y, w, h) {
        const shade = this.fillStyle === "#fff" ? 255 : 0;
        for (let row = y * scale; row < (y + h) * scale; row++) {
          image.data.fill(shade, 4 * (row * width + x * scale), 4 * (row * width + (x + w) * scale));
        }
      },
    };
    const time = 1795347777665;
    drawStamp(/** @type {any} */ (context), time);
    assert.equal(readStamp(image, scale), time % 2 ** 32);
    assert.equal(readStampOfAnySize(image, time + 40), time % 2 ** 32);
    assert.equal(stampAge(time % 2 ** 32, time + 40), 40);
  }
  assert.equal(readStamp({ width: 640, data: new Uint8ClampedArray(4 * 640 * 16).fill(128) }), null);
});
