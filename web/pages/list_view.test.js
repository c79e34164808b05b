import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionView, duration, RobotList } from "./list_view.js";

const ours = /** @type {const} */ ("rtcbot.v1");
const rover = { name: "rover", online: true, for_ms: 61000, viewers: 2, camera: "running", protocol: ours, snapshot: 7 };
const gone = { name: "digger", online: false, for_ms: 3600000, protocol: ours };
const bare = { name: "", online: true, for_ms: 0, protocol: /** @type {const} */ ("bare") };

function filled() {
  const list = new RobotList();
  list.onPresence(1000, [gone, rover, bare], true);
  return list;
}

test("robots online come first, by name, each with where to watch it", () => {
  assert.deepEqual(filled().cards(1000, "").map(({ title, href, online }) => [title, href, online]), [
    ["Robot without a name", "./?watch", true], ["rover", "rover", true], ["digger", "digger", false],
  ]);
});

test("a card says since when, and how many watch, and grows older", () => {
  const list = filled();
  const status = (/** @type {number} */ now) => list.cards(now, "rover")[0].status;
  assert.equal(status(1000), "Online for 1 min · 2 viewers");
  assert.equal(status(1000 + 3600000), "Online for 1 h · 2 viewers");
  assert.equal(list.cards(1000, "digger")[0].status, "Offline for 1 h");
  list.onPresence(2000, [{ ...rover, viewers: 1, camera: "lost" }], false);
  assert.equal(status(2000), "Online for 1 min · 1 viewer · camera lost");
});

test("a picture is asked for anew when its number changes", () => {
  const list = filled();
  assert.equal(list.cards(0, "rover")[0].picture, "api/robots/rover/snapshot.jpg?7");
  list.onPresence(0, [{ ...bare, snapshot: 8 }], false);
  assert.equal(list.cards(0, "without")[0].picture, "api/robots/_/snapshot.jpg?8");
  assert.equal(list.cards(0, "digger")[0].picture, "");
});

test("the search takes words in any order, and nothing finds all", () => {
  const list = new RobotList();
  list.onPresence(0, ["field-rover-2", "field-rover-10", "yard"].map((name) => ({ ...rover, name })), true);
  assert.deepEqual(list.cards(0, "ROVER field").map(({ name }) => name), ["field-rover-2", "field-rover-10"]);
  assert.equal(list.cards(0, " ").length, 3);
  assert.equal(list.cards(0, "nobody").length, 0);
});

test("what is forgotten goes, and a new list replaces the old one", () => {
  const list = filled();
  list.onPresence(0, [{ ...gone, forgotten: true }], false);
  assert.deepEqual(list.counts, { online: 2, known: 2 });
  list.onPresence(0, [gone], true);
  assert.deepEqual(list.counts, { online: 0, known: 1 });
});

test("what a robot says is never more than text", () => {
  const list = new RobotList();
  list.onPresence(0, [{ ...rover, name: "../<img src=x>", camera: "<script>" }], true);
  const [card] = list.cards(0, "");
  assert.equal(card.href, "..%2F%3Cimg%20src%3Dx%3E");
  assert.equal(card.status.includes("<script>"), true, "the page writes it as textContent");
});

test("durations are short", () => {
  assert.deepEqual([0, 59999, 60000, 7200000, 47 * 3600000, 50 * 3600000].map(duration), ["0 s", "59 s", "1 min", "2 h", "47 h", "2 days"]);
});

test("the list says why it is not live, when it tries again, and how to sign in", () => {
  const none = { online: 0, known: 0 };
  const some = { online: 1, known: 2 };
  const closed = { isOpen: false, error: null, retryIn: null };
  assert.deepEqual(connectionView(closed, none), { link: "connecting", status: "Connecting to the server", detail: "", signIn: "" });
  assert.equal(connectionView({ ...closed, isOpen: true }, some).status, "1 of 2 online");
  const many = { reason: "refused", code: "too_many_pages", message: "50 pages are open." };
  assert.deepEqual(connectionView({ ...closed, error: many, retryIn: 9400 }, none),
    { link: "connecting", status: "50 pages are open.", detail: "Next try in 9 s.", signIn: "" });
  const lost = connectionView({ ...closed, error: { reason: "network", message: "The server cannot be reached." } }, some);
  assert.deepEqual([lost.link, lost.status, lost.detail], ["lost", "The server cannot be reached. This list may be out of date.", "Trying now."]);
  const refusals = [["unauthorized", "unauthorized"], ["unauthorized", "signed_out"], ["forbidden", "forbidden"], ["busy", "busy"]];
  const labels = refusals.map(([reason, code]) => connectionView({ ...closed, error: { reason, code, message: "" } }, none).signIn);
  assert.deepEqual(labels, ["Sign in again", "Sign in", "Sign in with another link", ""]);
});

test("a page that may see no robots any more keeps none", () => {
  const list = filled();
  list.clear();
  assert.deepEqual([list.counts, list.cards(0, "")], [{ online: 0, known: 0 }, []]);
});
