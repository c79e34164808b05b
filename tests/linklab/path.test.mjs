// What goes over the path, and how losses on it are repaired.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPlace } from "../../bench/lib/radio_link.mjs";
import { connectViewer } from "../../bench/lib/radio_measure.mjs";
import { SENDERS } from "../../bench/lib/radio_senders.mjs";
import { eventually, withAll } from "../lib/programs.mjs";

async function watch(add, link) {
  const place = await openPlace(add, link);
  const sender = await SENDERS.ours.start(add, place);
  const page = await connectViewer(add, place, sender);
  await place.begin();
  return { place, page };
}

/** Inbound video, as the browser counts it. */
const received = (page) => page.evaluate(async () => {
  const report = await window.radio.received();
  return report.video;
});

const decodes = (page, frames) => eventually(`${frames} more pictures`, async () => {
  decodes.from ??= (await received(page)).framesDecoded;
  return (await received(page)).framesDecoded >= decodes.from + frames;
}, 60_000).finally(() => (decodes.from = undefined));

test("a path of 1280 bytes (IPv6's least) carries everything whole", () => withAll(async (add) => {
  const { place, page } = await watch(add, { up: "6M", delay: 20, mtu: 1280 });
  await decodes(page, 60);
  const sizes = (await place.log()).filter(({ event }) => event === "o").map(({ size }) => size);
  assert.ok(Math.max(...sizes) > 1100, "video went over it");
  assert.ok(Math.max(...sizes) <= 1280, `${Math.max(...sizes)} bytes`);
}));

test("losses near by are repaired by retransmission", () => withAll(async (add) => {
  const { page } = await watch(add, { up: "6M", delay: 5, loss: "0.03" });
  await decodes(page, 150);
  const video = await received(page);
  assert.ok(video.retransmittedPacketsReceived > 0, JSON.stringify(video));
  // A moment in which the machine is busy makes the path look far; more than a moment it is not.
  assert.ok((video.fecPacketsReceived ?? 0) <= video.retransmittedPacketsReceived / 2, JSON.stringify(video));
}));

test("losses far away are repaired in advance", () => withAll(async (add) => {
  const { page } = await watch(add, { up: "6M", delay: 120, loss: "0.03" });
  await eventually("repair packets", async () => (await received(page)).fecPacketsReceived > 20, 60_000);
  await decodes(page, 90);
}));

test("a far path without losses carries no repair packets", () => withAll(async (add) => {
  const { page } = await watch(add, { up: "6M", delay: 120 });
  await decodes(page, 150);
  const { fecPacketsReceived = 0, packetsReceived } = await received(page);
  // A browser that is kept from the processor loses some in its own socket; repair for a lossy path is several times that.
  assert.ok(fecPacketsReceived <= 0.02 * packetsReceived, `${fecPacketsReceived} of ${packetsReceived}`);
}));
