// A page's websocket at one server, and its robot at another.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf, offer } from "../lib/offers.mjs";
import { eventually, withAll } from "../lib/programs.mjs";
import { RawSocket } from "../lib/raw_socket.mjs";
import { answeringRobot, silentRobot, startFleet } from "./support/fleet.mjs";

async function pageSocket(add, server, path) {
  const socket = add(await RawSocket.dial(server.port, { path, protocol: "rtcbot.page.v1" }));
  assert.equal(socket.status, 101, JSON.stringify(socket.refusal));
  return socket;
}

const heard = (socket, type) => socket.texts.map((text) => JSON.parse(text)).filter((message) => message.type === type);
const robotsHeard = (socket) => heard(socket, "presence").flatMap(({ robots }) => robots);

test("a page hears that its robot comes and goes at another server, and its offer is answered", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const page = await pageSocket(add, away, "/rover");
  await eventually("the page to be told that nobody is there", () => robotsHeard(page).at(-1)?.online === false);
  const rover = await answeringRobot(add, home, "rover");
  await eventually("the page to be told that it is there", () => robotsHeard(page).at(-1)?.online === true);
  assert.notEqual(robotsHeard(page).at(-1).trickle, true, "candidates do not cross servers");
  page.send({ type: "offer", id: 7, sdp: offer("over the socket").sdp });
  await eventually("the answer", () => heard(page, "answer").length === 1);
  const [{ id, sdp }] = heard(page, "answer");
  assert.deepEqual([id, markOf({ sdp })], [7, "over the socket by rover"]);
  rover.close();
  await eventually("the page to be told that it has left", () => robotsHeard(page).at(-1)?.online === false);
  page.send({ type: "offer", id: 8, sdp: offer("too late").sdp });
  await eventually("the refusal", () => heard(page, "refusal").length === 1);
  assert.equal(heard(page, "refusal")[0].error, "robot_offline");
}));

test("a list at any server shows the robots of all", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const list = await pageSocket(add, away, "/api/robots");
  await silentRobot(add, home, "rover");
  await silentRobot(add, away, "digger");
  const online = () => new Map(robotsHeard(list).map((robot) => [robot.name, robot.online]));
  await eventually("both to be listed", () => online().get("rover") && online().get("digger"));
}));

test("a robot that moves from one server to the other stays online for its page", () => withAll(async (add) => {
  const { servers: [home, away] } = await startFleet(add, { size: 2 });
  const page = await pageSocket(add, home, "/rover");
  const before = await answeringRobot(add, home, "rover");
  await eventually("the page to be told", () => robotsHeard(page).at(-1)?.online === true);
  await answeringRobot(add, away, "rover");
  assert.equal((await before.end(5_000)).code, 4001);
  page.send({ type: "offer", id: 1, sdp: offer("after the move").sdp });
  await eventually("an answer or a refusal", () => heard(page, "answer").length + heard(page, "refusal").length === 1);
  await eventually("it to be online", () => robotsHeard(page).at(-1)?.online === true);
}));
