// What `script/bench radio` stands on, end to end: the video goes over the link alone, and the robots show the picture that is meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { opportunitiesOfSteps } from "../../bench/lib/radio_capacity.mjs";
import { figuresOf } from "../../bench/lib/radio_figures.mjs";
import { openPlace } from "../../bench/lib/radio_link.mjs";
import { judge, measure } from "../../bench/lib/radio_measure.mjs";
import { SENDERS } from "../../bench/lib/radio_senders.mjs";
import { withAll } from "../lib/programs.mjs";

const SECONDS = 4;

for (const name of ["ours", "chromium-best", "fixed"]) {
  test(`${SENDERS[name].title}: the picture that is meant, over the link`, () => withAll(async (add) => {
    const place = await openPlace(add, { up: "6M", delay: 20 });
    const run = judge(await measure(add, place, SENDERS[name], SECONDS));
    const figures = figuresOf({ ...run, opportunities: opportunitiesOfSteps([[0, 6e6]], SECONDS) }, 8e6);
    assert.ok(figures.frames >= 2 * SECONDS, `${figures.frames} pictures`);
    assert.ok(figures.delay.p50 > 20, `no picture is faster than the link: ${figures.delay.p50} ms`);
    assert.ok(run.ssim.filter(({ ssim }) => ssim > 0.4).length >= 2, `pictures like their sources: ${JSON.stringify(run.ssim)}`);
    assert.ok(run.link.out.bytes > 0.9 * (figures.deliveredMbps * SECONDS * 1e6) / 8, `the link has carried them: ${JSON.stringify(run.link)}`);
  }));
}
