// A sign-out at one server reaches the user's pages and robots at the others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, offer } from "../lib/offers.mjs";
import { eventually, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { Credentials, bearer, get } from "../fleet/support/credentials.mjs";
import { NatsServer, isReady } from "./support/fleet.mjs";

const messages = (socket) => socket.texts.map((text) => JSON.parse(text));

test("a sign-out at one server ends the page at another and the viewer of a robot at a third", () => withAll(async (add) => {
  const nats = await NatsServer.start(add);
  const credentials = add(new Credentials());
  const servers = [];
  for (let i = 0; i < 3; i++) servers.push(add(await credentials.start(["--nats", nats.url])));
  await Promise.all(servers.map(isReady));
  const [home, pages, door] = servers;
  const robot = add(await RawSocket.dial(home.port, { path: "/rover", protocol: "rtcbot.v1", headers: bearer(credentials.token("robot")) }));
  robot.send({ type: "hello", version: 1, features: ["end"] });
  await robot.message(0);
  const signIn = async () => {
    const body = new URLSearchParams({ token: credentials.token("drive") });
    const response = await fetch(`${door.url}/login`, { method: "POST", redirect: "manual", body });
    return response.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
  };
  const [cookie, otherCookie] = [await signIn(), await signIn()];
  const page = add(await RawSocket.dial(pages.port, { path: "/rover", protocol: "rtcbot.page.v1", headers: { cookie } }));
  const other = add(await RawSocket.dial(pages.port, { path: "/rover", protocol: "rtcbot.page.v1", headers: { cookie: otherCookie } }));
  await eventually("the page to see the robot", () => messages(page).some(({ robots }) => robots?.[0]?.online));
  page.send({ type: "offer", id: 1, sdp: offer("x").sdp });
  const asked = await eventually("the offer", () => messages(robot).find(({ type }) => type === "offer"));
  robot.send({ type: "answer", id: asked.id, sdp: answer("x").sdp });
  robot.send({ type: "status", viewers: 1, grants: [asked.grant] });
  const from = performance.now();
  assert.equal((await fetch(`${door.url}/logout`, { method: "POST", redirect: "manual", headers: { cookie } })).status, 303);
  await eventually("the robot to end the viewer", () => messages(robot).some(({ type, grant }) => type === "end" && grant === asked.grant));
  assert.equal((await page.end(5_000)).code, 1008);
  const took = performance.now() - from;
  assert.ok(took < 5_000, `it took ${Math.round(took)} ms`);
  assert.equal(messages(page).at(-1).error, "signed_out");
  assert.equal(other.closed, null);
  for (const { url } of servers) {
    assert.equal((await get(`${url}/api/robots`, { cookie })).status, 401, "a copy of the cookies is of no use");
    assert.equal((await get(`${url}/api/robots`, { cookie: otherCookie })).status, 200);
  }
}));
