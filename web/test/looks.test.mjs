// Every look of the console at the sizes of a desk, of phones, and of a page that is magnified: whatever happens, the stop button is wholly
// on the screen and nothing lies over it. Pictures of all go to build/pictures.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openFree, openPage, page, robot, server, title, until } from "./support/console_stage.mjs";

const pictures = fileURLToPath(new URL("../../build/pictures/", import.meta.url));
mkdirSync(pictures, { recursive: true });

const CAMERAS = [{ name: "front", state: "running" }, { name: "rear", state: "running" }];
const TELEMETRY = { battery: { volt: 12.5, percent: 71 }, rsrp_dbm: -97, speed: 0.4, note: "ok" };
const MAY = { mayDrive: true, driver: null, asking: null, stop: null, isStopDeaf: false, why: "", isSilent: false };

/** Name, width, height, whether it is a phone. @type {[string, number, number, boolean][]} */
const SCREENS = [
  ["desk", 1280, 800, false], ["phone", 390, 844, true], ["phone-across", 844, 390, true], ["small-phone-across", 568, 320, true],
  ["tablet", 1024, 768, true], ["magnified", 512, 320, false], ["magnified-more", 320, 200, false],
];

/** What lies under the middle and near the corners of the stop button, and whether it is on the screen as a whole. */
function stopInPage() {
  const stop = document.getElementById("stop");
  const { left, top, right, bottom, width, height } = stop.getBoundingClientRect();
  const at = (x, y) => {
    const found = document.elementFromPoint(left + x * width, top + y * height);
    return found && stop.contains(found) ? "stop" : found?.id || found?.className || found?.tagName || "nothing";
  };
  return {
    inside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && width > 60 && height > 50,
    over: [at(0.5, 0.5), at(0.15, 0.15), at(0.85, 0.15), at(0.15, 0.85), at(0.85, 0.85)].filter((each) => each !== "stop"),
    box: [left, top, right, bottom, innerWidth, innerHeight],
  };
}

/** Whether two of the page's parts lie over each other that are both to be touched. @param {[string, string]} pair */
function overlap([one, other]) {
  const [a, b] = [one, other].map((id) => document.getElementById(id).getBoundingClientRect());
  const isShown = ({ width, height }) => width > 0 && height > 0;
  return isShown(a) && isShown(b) && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
}

for (const [screen, width, height, isPhone] of SCREENS) {
  test(`at ${width} x ${height} the stop button is in reach, whatever the page says`, async () => {
    await openPage({ viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
    const look = async (name) => {
      await page.screenshot({ path: `${pictures}look-${screen}-${name}.png` });
      const { inside, over, box } = await page.evaluate(stopInPage);
      assert.ok(inside, `${name}: the stop button leaves the screen: ${box}`);
      assert.deepEqual(over, [], `${name}: over the stop button`);
      for (const pair of [["stick", "stop"], ["stick", "settings"], ["settings", "stop"], ["banner", "stop"], ["stick", "panel"]]) {
        assert.equal(await page.evaluate(overlap, pair), false, `${name}: ${pair}`);
      }
    };
    await openFree({ cameras: CAMERAS, camera: "front", modes: ["slow", "fast"], telemetry: TELEMETRY });
    await until(() => document.body.dataset.state === "live" && /rsrp/.test(document.getElementById("tiles").textContent));
    await look("free");
    await page.evaluate(() => document.getElementById("act").click());
    await title("You drive");
    await look("drive");
    await page.evaluate(() => document.getElementById("info").click());
    await until(() => !document.getElementById("panel").hidden);
    await look("panel");
    await page.evaluate(() => document.getElementById("info").click());
    await robot.set({ why: "neutral" });
    await title("Let go of the controls");
    await look("hold");
    await robot.set({ why: "picture" });
    await title("Picture too old to drive by");
    await robot.page.evaluate(() => window.holdPicture(true));
    await until(() => document.body.dataset.state === "stale");
    await look("stale");
    await robot.page.evaluate(() => window.holdPicture(false));
    await robot.set({ why: "" });
    await title("You drive");
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
    await robot.set({ stop: null, driver: ann });
    await title("Ann with a long name drives");
    await look("watch");
    await robot.set({ ...MAY, driver: null });
    await page.evaluate(() => document.getElementById("act").click());
    await title("You drive");
    server.answer = async () => ({ status: 503, body: { error: "robot_offline", message: "rover is not online." } });
    await robot.page.evaluate(() => window.hangUp());
    await title("Reconnecting");
    await look("away");
    server.answer = (offer) => robot.answer(offer);
    await title("Press Drive to go on");
    await look("resume");
    await robot.set({ mayDrive: false });
    await robot.page.evaluate(() => window.hangUp());
    await until(() => /does not let you drive/.test(document.getElementById("more").textContent));
    await look("watch-only");
  });
}
