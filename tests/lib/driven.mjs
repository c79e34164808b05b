// A robot that can be driven, its actuators' outputs, and the user of the page.
import { eventually, Robot } from "./programs.mjs";

/** Flags of a robot that writes its outputs as lines to standard error. */
export const DRIVEN = ["--drive", "exec:cat >&2", "--stop-file", "none"];

/** A robot whose actuators are observed. */
export class DrivenRobot extends Robot {
  /** The actuators' outputs, oldest first: {at, moving, why, axes, ...}; `at` in ms of the epoch, when the line was read here. */
  outputs() {
    return this.lines.filter(({ from, text }) => from === "err" && text.startsWith('{"moving":'))
      .map(({ text, at }) => ({ at, ...JSON.parse(text) }));
  }

  /** The first later output that satisfies `test`, with the previous ones in `seen`. */
  async output(what, test, limit) {
    const from = this.outputs().length;
    return eventually(() => `${what}; last: ${JSON.stringify(this.outputs().at(-1))}\n${this.log()}`, () => {
      const outputs = this.outputs();
      const at = outputs.findIndex((output, index) => index >= Math.min(from, outputs.length) && test(output));
      return at < 0 ? null : { ...outputs[at], seen: outputs.slice(from, at) };
    }, limit);
  }

  moves() {
    return this.output("the robot to move", ({ moving, axes }) => moving && axes[1] > 0);
  }

  /** Takes the lease on that page and holds W; returns the first output that moves. */
  async driveOff(page) {
    await take(page, this);
    return press(page, "w", this.moves());
  }

  /** Waits until it is stopped for that reason. */
  stands(why) {
    return this.output(`the robot to stand: ${why}`, (output) => !output.moving && output.why === why);
  }
}

/** Opens a page with a robot that can be driven. */
export async function openConsole(browser, url, { init } = {}) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  if (init) await page.addInitScript(init);
  await page.goto(url);
  await page.waitForFunction(() => document.body.dataset.state === "live", null, { timeout: 60_000 });
  await page.locator("#stop").waitFor();
  return page;
}

const isTitle = (page, text, timeout = 60_000) => page.waitForFunction((wanted) => document.getElementById("title").textContent === wanted, text,
  { timeout, polling: 30 });

/**
 * Holds a key until `happens` resolves, and returns its value. If the machine pauses for longer than the dead man's limit, the
 * robot requests neutral controls; then this releases the key and presses it again, as a person would.
 * @template T @param {Promise<T>} happens @returns {Promise<T>}
 */
export const press = (page, key, happens) =>
  hold(page, { down: () => page.keyboard.down(key), up: () => page.keyboard.up(key) }, happens);

/**
 * The same for any control.
 * @template T @param {{down: () => Promise<unknown>, up: () => Promise<unknown>}} control @param {Promise<T>} happens @returns {Promise<T>}
 */
export async function hold(page, { down, up }, happens) {
  const over = happens.then(() => "over");
  await down();
  for (;;) {
    const next = await Promise.race([over, isTitle(page, "Release all controls", 1_000).then(() => "let go", () => "wait")]);
    if (next === "over") return happens;
    if (next === "wait") continue;
    await up();
    await isTitle(page, "You're driving");
    await down();
  }
}

/** Takes the lease. Waits until the robot has received neutral controls, because it moves only after that. */
export async function take(page, robot) {
  const ready = robot?.output("driven, neutral", ({ moving }) => moving);
  await page.locator("#act", { hasText: "Drive" }).click();
  await page.locator("#act", { hasText: "Stop driving" }).waitFor();
  await (ready ?? isTitle(page, "You're driving"));
}
