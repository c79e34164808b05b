// The console as a screen reader and a keyboard meet it: the accessibility tree of Chromium, what is announced, and where the focus is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { drive, open, openFree, openPage, page, robot, server, title, until } from "./support/console_stage.mjs";

const CAMERAS = [{ name: "front", state: "running" }, { name: "rear", state: "running" }];

/** What a screen reader finds: role and name of everything that is not ignored. @returns {Promise<string[]>} */
async function treeOf() {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes.filter(({ ignored }) => !ignored).map(({ role, name }) => `${role?.value} ${name?.value ?? ""}`.trim());
}

/** @param {string[]} wanted @param {string[]} [unwanted] */
async function assertTree(wanted, unwanted = []) {
  const tree = await treeOf();
  const found = tree.filter((each) => !/^(StaticText|InlineTextBox)/.test(each)).join(" | ");
  assert.deepEqual(wanted.filter((each) => !tree.includes(each)), [], `missing in: ${found}`);
  assert.deepEqual(unwanted.filter((each) => tree.includes(each)), []);
}

/** Every button, list and slider has a name, and no two shown at the same time have the same one. */
async function assertNamed() {
  const controls = (await treeOf()).filter((each) => /^(button|combobox|slider|textbox|link)\b/.test(each));
  assert.deepEqual(controls.filter((each) => !each.includes(" ")), []);
  assert.deepEqual(controls.filter((each, at) => controls.indexOf(each) !== at), []);
}

test("a screen reader finds the robot's name, who drives, and every control by its name, in each state", async () => {
  await openFree({ cameras: CAMERAS, camera: "front", modes: ["slow", "fast"] });
  await assertTree(["main", "heading rover", "region Driving", "button Drive", "button Emergency stop", "combobox Camera", "button Stats"],
    ["slider Speed limit", "button Hold to release", "button Try now"]);
  await assertNamed();
  await page.keyboard.press("e");
  await title("You're driving");
  await assertTree(["button Stop driving", "slider Speed limit", "combobox Mode", "combobox Camera", "button Emergency stop"], ["button Drive"]);
  await assertNamed();
  const ann = await robot.page.evaluate(() => window.driven.addViewer("Ann"));
  await robot.set({ asking: ann });
  await until(() => !document.getElementById("ask").hidden);
  await assertTree(["button Hand over", "button Refuse"]);
  await robot.set({ asking: null });
  await page.keyboard.press("Space");
  await title("Emergency stop");
  await assertTree(["button Hold to release", "button Stopped. Press to stop again"], ["button Stop driving"]);
  await page.keyboard.press("i");
  await assertTree(["complementary Details", "combobox Telemetry", "textbox Your name"]);
  await assertNamed();
  server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
  await robot.page.evaluate(() => window.hangUp());
  await until(() => document.getElementById("headline").textContent === "Robot offline");
  await assertTree(["heading Robot offline", "button Try now", "button Emergency stop"]);
});

/** Keeps what the page's live regions say from now on: an alert at once, a status when there is time. */
function listen() {
  window.heard = [];
  const regions = [...document.querySelectorAll("[role=alert], [role=status], [aria-live]")];
  const last = new Map(regions.map((each) => [each, each.hidden ? "" : each.textContent]));
  new MutationObserver(() => {
    for (const each of regions) {
      const text = each.hidden ? "" : each.textContent.trim().replace(/\s+/g, " ");
      if (text !== "" && text !== last.get(each)) window.heard.push(`${each.getAttribute("role")}: ${text}`);
      last.set(each, text);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}

test("each change of state is announced once, in words, and an emergency stop at once", async () => {
  await open({ telemetry: { battery: 71 } });
  await title("No one is driving");
  await until(() => document.body.dataset.state === "live");
  await page.evaluate(listen);
  await page.keyboard.press("e");
  await title("You're driving");
  await robot.set({ why: "picture" });
  await title("Video is delayed");
  await robot.set({ why: "" });
  await title("You're driving");
  await page.waitForTimeout(1500); // Numbers change meanwhile, and are not read.
  await page.keyboard.press("Space");
  await title("Emergency stop");
  await robot.set({ stop: null, driver: null });
  await title("No one is driving");
  server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
  await robot.page.evaluate(() => window.hangUp());
  await until(() => document.getElementById("status").textContent === "Robot offline");
  const heard = await page.evaluate(() => window.heard);
  const order = ["status: You're driving", "status: Video is delayed. The robot is holding until you see live video.", "status: You're driving",
    "alert: Emergency stop. Pressed by you. Nothing moves until it is released. Hold to release.", "status: No one is driving. You're watching.",
    "status: Reconnecting. No contact with the robot. If you were driving, it has stopped automatically.", "status: Robot offline"];
  let from = -1;
  for (const each of order) {
    const at = heard.indexOf(each, from + 1);
    assert.ok(at > from, `${each}\nin: ${heard.join("\n")}`);
    from = at;
  }
  assert.ok(heard.length <= order.length + 6, `and little more: ${heard.join("\n")}`);
});

for (const [width, height] of [[1366, 641], [375, 548], [667, 331]]) {
  test(`at ${width} x ${height} the Tab key reaches everything that can be pressed, and shows where it is`, async () => {
    await openPage({ viewport: { width, height } });
    await drive({ cameras: CAMERAS, camera: "front", modes: ["slow", "fast"] });
    const shown = await page.evaluate(() => [...document.querySelectorAll("button, select, input")]
      .filter((each) => each.checkVisibility()).map(({ id }) => id));
    const reached = new Set();
    for (let i = 0; i < shown.length + 3; i++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const { id } = document.activeElement;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
        // Over a video it needs a second ring.
        const isOnPanel = document.activeElement.closest(".banner, .bar, .panel, .card") !== null;
        return { id, isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 3 && (isOnPanel || boxShadow !== "none") };
      });
      if (focus.id === "") continue; // The window's own.
      assert.ok(focus.isSeen, `the focus at ${focus.id} is to be seen`);
      reached.add(focus.id);
    }
    assert.deepEqual(shown.filter((id) => !reached.has(id)), []);
  });
}

test("the menu of a small screen opens and closes by keyboard, and gives the focus back", async () => {
  await openPage({ viewport: { width: 375, height: 548 } });
  await openFree();
  await page.focus("#menu");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#menu", "aria-expanded"), "true");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.closest("#rare") !== null), true, "its buttons are next");
  await page.keyboard.press("Escape");
  assert.deepEqual([await page.getAttribute("#menu", "aria-expanded"), await page.evaluate(() => document.activeElement.id)], ["false", "menu"]);
});
