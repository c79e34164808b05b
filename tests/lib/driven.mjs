// A robot that is driven, what its actuators are told, and the person at the page.
import { eventually, Robot } from "./programs.mjs";

/** Flags of a robot whose commands come out on its standard error, as lines. */
export const DRIVEN = ["--drive", "exec:cat >&2", "--stop-file", "none"];

/** A robot whose actuators are watched. */
export class DrivenRobot extends Robot {
  /** What the actuators were told, oldest first: {at, moving, why, axes, ...}; `at` in ms of the epoch, as it was read here. */
  outputs() {
    return this.lines.filter(({ from, text }) => from === "err" && text.startsWith('{"moving":'))
      .map(({ text, at }) => ({ at, ...JSON.parse(text) }));
  }

  /** The first output from now on that satisfies `test`, with those before it in `seen`. */
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

  /** Takes the controls of that page and holds W; the first output that moves. */
  async driveOff(page) {
    await take(page, this);
    return press(page, "w", this.moves());
  }

  /** Waits until it stands for that reason. */
  stands(why) {
    return this.output(`the robot to stand: ${why}`, (output) => !output.moving && output.why === why);
  }
}

/** A page that shows a robot that can be driven. */
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
 * Holds a key until that comes, and is what came. A machine that pauses for longer than the dead-man's limit makes the robot ask for the controls
 * to be let go of: then that is done, as a person would.
 * @template T @param {Promise<T>} happens @returns {Promise<T>}
 */
export const press = (page, key, happens) =>
  hold(page, { down: () => page.keyboard.down(key), up: () => page.keyboard.up(key) }, happens);

/**
 * Likewise with whatever is held.
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

/** Takes the controls. Moving may be asked for when the robot has heard that they are let go of. */
export async function take(page, robot) {
  const ready = robot?.output("driven, neutral", ({ moving }) => moving);
  await page.locator("#act", { hasText: "Drive" }).click();
  await page.locator("#act", { hasText: "Stop driving" }).waitFor();
  await (ready ?? isTitle(page, "You're driving"));
}
