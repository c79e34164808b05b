// Every look of the console at the sizes of desks, of what browsers leave of a phone's screen, and of pages that are magnified: whatever
// happens, the stop button is wholly on the screen, nothing collides, nothing is cut, and the picture is visible. Screenshots go to
// build/pictures.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { faultsOf, paleOf, pictureOf, pressablesOf, statsOf } from "./support/layout.mjs";
import { openFree, openPage, page, robot, robotIs, server, title, until } from "./support/console_stage.mjs";

const pictures = fileURLToPath(new URL("../../build/pictures/", import.meta.url));
mkdirSync(pictures, { recursive: true });

const CAMERAS = [{ name: "front", state: "running" }, { name: "rear", state: "running" }];
const TELEMETRY = { battery: { volt: 12.5, percent: 71 }, rsrp_dbm: -97, speed: 0.4, note: "ok" };
const MAY = { mayDrive: true, driver: null, asking: null, stop: null, isStopDeaf: false, why: "", isSilent: false };

/**
 * Name, width, height, whether it is a phone, and of the 4:3 picture while driving the least width and the least share that is to be seen.
 * @type {[string, number, number, boolean, number, number][]}
 */
const SCREENS = [
  ["desk", 1280, 800, false, 900, 0.8], ["laptop", 1366, 641, false, 700, 0.85], ["tablet", 1024, 768, true, 800, 0.7],
  // A whole screen, as from the home screen, and what Safari or Chrome leave of it.
  ["phone", 390, 844, true, 390, 0.85], ["phone-safari", 390, 664, true, 390, 0.75], ["small-safari", 375, 548, true, 375, 0.7],
  ["small-android", 360, 560, true, 360, 0.7], ["oldest", 320, 568, true, 320, 0.7],
  ["across", 844, 390, true, 500, 0.7], ["across-safari", 750, 340, true, 440, 0.7], ["across-small-safari", 667, 331, true, 420, 0.65],
  ["small-across", 568, 320, true, 400, 0.5],
  ["desk-200", 640, 400, false, 500, 0.6], ["laptop-200", 683, 320, false, 400, 0.6], ["magnified", 512, 320, false, 400, 0.5],
  ["magnified-more", 320, 200, false, 200, 0.15],
];

/** The least side of what a finger presses, px. */
const FINGER = 44;

/**
 * Whether everything that can be pressed has stayed where it was when it was last shown, and is large enough.
 * @param {Map<string, string>} places where each was, which this adds to @param {boolean} isPhone
 */
async function assertSteady(places, isPhone, name) {
  for (const [id, { x, y, width, height }] of Object.entries(await pressablesOf(page))) {
    const place = [x, y, width, height].map((each) => Math.round(each)).join(" ");
    assert.equal(place, places.get(id) ?? place, `${id} stays where it is: ${name}`);
    places.set(id, place);
    if (isPhone) assert.ok(Math.min(width, height) >= FINGER - 0.5, `${id} is large enough for a finger: ${width} x ${height}`);
  }
}

/**
 * A hand at one place of the page: a finger or a mouse. It says itself when it moved, ms of `Date.now()`, as a busy machine tells late of it.
 * @param {boolean} isPhone @param {{x: number, y: number}} at
 */
async function handAt(isPhone, at) {
  const session = await page.context().newCDPSession(page);
  const send = (type, now) => isPhone
    ? session.send("Input.dispatchTouchEvent", { type: type === "mousePressed" ? "touchStart" : "touchEnd",
      touchPoints: type === "mousePressed" ? [at] : [], timestamp: now / 1000 })
    : session.send("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1, timestamp: now / 1000 });
  return { down: (now = Date.now()) => send("mousePressed", now), up: (now = Date.now()) => send("mouseReleased", now) };
}

/** Notes in the page where the release button is, whatever it says. */
function watchRelease() {
  const release = document.getElementById("release");
  window.boxes = new Map();
  const note = () => {
    const { x, y, width, height } = release.getBoundingClientRect();
    if (width > 0) window.boxes.set(release.textContent, [x, y, width, height].join(" "));
  };
  note();
  new MutationObserver(note).observe(release, { childList: true, characterData: true, subtree: true });
}

/**
 * Releases the emergency stop at one place near an end of its button, which stays where it is while its words change.
 * @param {boolean} isPhone @param {"press" | "hold"} way twice, or for long @param {"left" | "right"} end
 */
async function releaseByHand(isPhone, way, end) {
  await page.evaluate(watchRelease);
  const { x, y, width, height } = await page.locator("#release").boundingBox();
  const { down, up } = await handAt(isPhone, { x: x + (end === "left" ? 3 : width - 3), y: y + height / 2 });
  if (way === "press") {
    const now = Date.now();
    await down(now);
    await up(now + 60);
    assert.notEqual(await robot.page.evaluate(() => window.driven.stop), null);
    await down(now + 600);
    await up(now + 660);
    await robotIs(() => window.driven.stop === null);
  } else {
    await down();
    await robotIs(() => window.driven.stop === null);
    await up();
  }
  const boxes = await page.evaluate(() => [...window.boxes]);
  assert.ok(boxes.some(([words]) => words === (way === "press" ? "Press again" : "Keep holding")), `${boxes}`);
  assert.equal(new Set(boxes.map(([, box]) => box)).size, 1, `it stays where it is: ${boxes.join(", ")}`);
}

for (const [screen, width, height, isPhone, leastWidth, leastFree] of SCREENS) {
  test(`at ${width} x ${height} the stop button is in reach, whatever the page says, and the picture is to be seen`, async () => {
    await openPage({ viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
    const places = new Map();
    const look = async (name) => {
      await page.screenshot({ path: `${pictures}look-${screen}-${name}.png` });
      assert.deepEqual(await faultsOf(page), [], name);
      assert.deepEqual(await paleOf(page), [], `${name}: words that are hard to read`);
      await assertSteady(places, isPhone, name);
    };
    await openFree({ cameras: CAMERAS, camera: "front", modes: ["slow", "fast"], telemetry: TELEMETRY });
    await until(() => document.body.dataset.state === "live" && /rsrp/.test(document.getElementById("tiles").textContent));
    await look("free");
    await page.evaluate(() => document.getElementById("act").click());
    await title("You're driving");
    if (height >= 300) await until(() => /Control delay/.test(document.getElementById("tiles").textContent)); // A moment after the title.
    await look("drive");
    const shown = await pictureOf(page);
    assert.ok(shown.width >= leastWidth && shown.free >= leastFree, `the picture: ${JSON.stringify(shown)}`);
    const stats = await statsOf(page);
    // What is wrong takes some room, as on a machine that is late.
    const isCalm = await page.evaluate(() => [...document.getElementById("tiles").children].every((each) => each.dataset.word === ""));
    const isNarrow = width < 360 || (width < 600 && height < 400); // A wide number takes the last one's place.
    const needed = ["Video", "Control delay", "Max speed", "battery volt", "rsrp dbm"]
      .slice(0, height < 300 ? 1 : !isCalm ? 2 : width < 560 && height < 400 ? 3 : isNarrow ? 4 : 5);
    assert.deepEqual(needed.filter((each) => !stats.some((stat) => stat.startsWith(each))), [], `${stats}`);
    if (isPhone) {
      await page.tap("#menu", { timeout: 5000 }).catch(() => {}); // A tablet has room for all.
      await look("menu");
      await page.tap("#menu", { timeout: 5000 }).catch(() => {});
    }
    await page.evaluate(() => document.getElementById("info").click());
    await until(() => !document.getElementById("panel").hidden);
    await look("panel");
    await page.evaluate(() => document.getElementById("info").click());
    await robot.set({ why: "neutral" });
    await title("Release all controls");
    await look("hold");
    await robot.set({ why: "picture" });
    await title("Video is delayed");
    await robot.page.evaluate(() => window.holdPicture(true));
    await until(() => document.body.dataset.state === "stale");
    await look("stale");
    await robot.page.evaluate(() => window.holdPicture(false));
    await robot.set({ why: "" });
    await title("You're driving");
    const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann with a long name"));
    await robot.set({ asking: ann });
    await until(() => !document.getElementById("ask").hidden);
    await look("asked");
    await robot.set({ asking: null, isStopDeaf: true });
    await page.keyboard.press("Space");
    await title("Stopping");
    await look("stopping");
    await robot.set({ isStopDeaf: false });
    await title("Emergency stop");
    await look("stopped");
    for (const [way, end] of [["press", "left"], ["hold", "right"]]) {
      await releaseByHand(isPhone, way, end);
      await title("You're driving");
      await page.keyboard.press("Space");
      await title("Emergency stop");
    }
    await robot.set({ stop: null, driver: ann });
    await title("Ann with a long name is driving");
    await look("watch");
    await robot.set({ ...MAY, driver: null });
    await page.waitForTimeout(500); // A press just after that of another button at the same place counts as a slip.
    await page.evaluate(() => document.getElementById("act").click());
    await title("You're driving");
    server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
    await robot.page.evaluate(() => window.hangUp());
    await title("Reconnecting");
    await until(() => document.body.dataset.state === "offline");
    await look("away");
    server.answer = (offer) => robot.answer(offer);
    await title("Press Drive to continue");
    await look("resume");
    await robot.set({ mayDrive: false });
    await robot.page.evaluate(() => window.hangUp());
    await until(() => /does not let you drive/.test(document.getElementById("more").textContent));
    await look("watch-only");
    await robot.set({ isOn: false });
    await robot.page.evaluate(() => window.hangUp());
    await until(() => document.getElementById("banner").hidden);
    await look("late-welcome");
  });
}

const ROBOTS = [["one camera", {}], ["two cameras and modes", { cameras: CAMERAS, camera: "front", modes: ["slow", "fast"] }]];
for (const [width, height] of [[375, 548], [390, 664], [360, 560], [667, 331], [750, 340], [1366, 641]]) {
  const isPhone = width < 800;
  for (const [what, has] of ROBOTS) {
    test(`at ${width} x ${height} with ${what} nothing moves when one drives, is taken over, stops, or reconnects`, async () => {
      await openPage({ viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
      await openFree(has);
      const places = new Map();
      const assertPlaces = (name) => assertSteady(places, isPhone, name);
      await assertPlaces("watching");
      await (isPhone ? page.tap("#act") : page.click("#act"));
      await title("You're driving");
      await assertPlaces("driving");
      assert.equal(places.has("stick"), isPhone);
      const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann"));
      await robot.set({ driver: ann });
      await title("Ann is driving");
      await assertPlaces("taken over");
      await robot.set({ driver: null });
      await title("No one is driving");
      await page.keyboard.press("e");
      await title("You're driving");
      await page.keyboard.press("Space");
      await title("Emergency stop");
      await assertPlaces("stopped");
      await robot.page.evaluate(() => window.hangUp());
      await title("Reconnecting");
      await assertPlaces("reconnecting");
      await title("Emergency stop");
      await robot.set({ stop: null });
      await title("Press Drive to continue");
      await assertPlaces("connected again");
    });
  }
}

test("what has no room goes as a whole, and what a driver needs last", async () => {
  await openPage({ viewport: { width: 1366, height: 641 } });
  const many = { battery: 71, signal: -97, temp_cpu: 61.5, speed: 0.4, a: 1, b: 2, c: 3 };
  await openFree({ cameras: CAMERAS, camera: "front", modes: ["slow", "fast"], telemetry: many });
  await page.keyboard.press("e");
  await until(() => /Packet loss/.test(document.getElementById("tiles").textContent));
  assert.deepEqual((await statsOf(page)).slice(0, 5), ["Video delay", "Control delay", "Max speed", "battery", "signal"]);
  for (const height of [641, 580, 520, 500]) {
    await page.setViewportSize({ width: 1366, height });
    assert.deepEqual(await faultsOf(page), [], `${height}`);
  }
});

/** The colour of a pixel of the page, as it is on screen. @param {string} selector @param {number} x @param {number} y shares of the element's box */
async function pixel(selector, x, y) {
  const { x: left, y: top, width, height } = await page.locator(selector).boundingBox();
  const png = (await page.screenshot()).toString("base64");
  return page.evaluate(async ([data, at]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return [...canvas.getContext("2d").getImageData(at[0], at[1], 1, 1).data].slice(0, 3);
  }, [png, [Math.round(left + x * width), Math.round(top + y * height)]]);
}

test("the stop button is red and the frame has its colour where the system chooses all others; a light system has dark panels", async () => {
  await openPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  await openFree();
  const panel = await pixel(".bar", 0.5, 0.15);
  assert.ok(Math.max(...panel) < 80, `a panel over the video is dark: ${panel}`);
  await page.emulateMedia({ forcedColors: "active" });
  const [red, green, blue] = await pixel("#stop", 0.2, 0.15);
  assert.ok(red > 150 && green < 60 && blue < 60, `${[red, green, blue]}`);
  await page.keyboard.press("e");
  await title("You're driving");
  await page.screenshot({ path: `${pictures}look-forced-colors.png` });
  const edge = await pixel(".edge", 0.3, 0.002);
  assert.ok(edge[1] > 150 && edge[0] < 120, `${edge}`);
});

test("a picture too small to drive by has no look of driving, and takes no commands", async () => {
  await openPage({ viewport: { width: 800, height: 600 } });
  await openFree();
  await page.keyboard.press("e");
  await title("You're driving");
  await until(() => document.body.dataset.state === "live");
  await page.setViewportSize({ width: 150, height: 600 });
  await title("Video is too small to drive by");
  await page.keyboard.down("w");
  const before = await robot.page.evaluate(() => window.driven.commands.length);
  await robot.page.waitForFunction((count) => window.driven.commands.length > count + 20, before);
  assert.ok(await robot.page.evaluate((count) => window.driven.commands.slice(count).every(({ axes }) => axes[1] === 0), before));
  assert.notEqual(await page.evaluate(() => document.body.dataset.drive), "drive");
  await page.setViewportSize({ width: 800, height: 600 });
  await title("Release all controls");
  await page.keyboard.up("w");
  await title("You're driving");
});
