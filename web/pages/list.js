import { reasonAt } from "../src/dial.js";
import { environment } from "../src/environment.js";
import { RTCBotError } from "../src/errors.js";
import { PageSocket } from "../src/page_socket.js";
import { showDoors } from "./doors.js";
import { RobotList, connectionView } from "./list_view.js";

/** Interval for updating values that change each second, ms. */
const REFRESH = 1000;

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);
const search = /** @type {HTMLInputElement} */ (element("search"));
const env = environment();
const list = new RobotList();
/** The displayed items, by the robot's name. @type {Map<string, HTMLLIElement>} */
const shown = new Map();

/** Where the list is, live by websocket and once by GET. */
const ADDRESS = "api/robots";
/** Why the websocket is not open; null before the first attempt has ended. @type {RTCBotError | null} */
let error = null;
/** When it is opened next. */
let nextAt = 0;

const socket = new PageSocket(ADDRESS, env, {
  onPresence(robots, first) {
    error = null;
    list.onPresence(env.now(), robots, first);
    render();
  },
  onChange: () => render(),
  onEnded: (refusal, wait) => {
    nextAt = env.now() + wait;
    void explain(refusal);
  },
});
search.addEventListener("input", render);
addEventListener("online", () => socket.restart());
// Somebody who has signed in elsewhere comes back. A server that asked to wait has the page wait.
addEventListener("visibilitychange", () => !socket.isOpen && env.now() < nextAt && !error?.retryAfter && socket.restart());
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || document.activeElement === search) return;
  event.preventDefault();
  search.focus();
});
setInterval(render, REFRESH);

/** Finds out why the websocket ended or was refused. @param {RTCBotError | null} refusal the server's own words, if it gave some */
async function explain(refusal) {
  const found = refusal ?? await reasonAt(ADDRESS, env)
    ?? new RTCBotError("network", "The server answers, but the live connection to it ends. Does a proxy in between permit websockets?");
  // It is open again, or a sign-out was reported, which the refusals after it follow from.
  if (socket.isOpen || (error?.code === "signed_out" && found.reason === "unauthorized")) return;
  error = found;
  if (error.reason === "unauthorized" || error.reason === "forbidden") list.clear();
  render();
}

function render() {
  const retryIn = nextAt > env.now() ? nextAt - env.now() : null;
  const view = connectionView({ isOpen: socket.isOpen, error, retryIn }, list.counts);
  const cards = list.cards(env.now(), search.value);
  document.body.dataset.link = view.link;
  write(element("status"), view.status);
  write(element("detail"), view.detail);
  write(element("sign-in"), view.signIn);
  element("sign-in").hidden = view.signIn === "";
  showDoors(error?.reason !== "unauthorized");
  write(element("empty"), emptiness(list.counts.known));
  element("empty").hidden = cards.length > 0;
  const wanted = cards.map(cardElement);
  for (const [name, item] of shown) {
    if (!wanted.includes(item)) {
      item.remove();
      shown.delete(name);
    }
  }
  // Moves an element only if the order differs, because a moved element loses the focus.
  wanted.forEach((item, at) => {
    const place = element("robots").children[at];
    if (place !== item) element("robots").insertBefore(item, place ?? null);
  });
}

/** @param {number} known */
function emptiness(known) {
  if (known > 0) return "No robot's name matches.";
  const address = new URL("ws", location.href).href.replace("http", "ws");
  return socket.isOpen ? `No robot is online yet. Start one with: rtcbot-robot --server ${address} --name NAME` : "";
}

/** @param {import("./list_view.js").Card} card @returns {HTMLLIElement} */
function cardElement(card) {
  const item = shown.get(card.name) ?? newItem(card);
  item.className = card.online ? "online" : "offline";
  write(/** @type {HTMLElement} */ (item.querySelector(".status")), card.status);
  showPicture(/** @type {HTMLElement} */ (item.querySelector(".picture")), card);
  return item;
}

/** @param {import("./list_view.js").Card} card @returns {HTMLLIElement} */
function newItem(card) {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = card.href;
  const picture = link.appendChild(document.createElement("div"));
  picture.className = "picture";
  picture.setAttribute("aria-hidden", "true");
  const words = link.appendChild(document.createElement("div"));
  words.className = "words";
  for (const [tag, name, text] of [["span", "name", card.title], ["p", "status", card.status]]) {
    const part = words.appendChild(document.createElement(tag));
    part.className = name;
    part.textContent = text;
  }
  shown.set(card.name, item);
  return item;
}

/** @param {HTMLElement} frame @param {import("./list_view.js").Card} card */
function showPicture(frame, card) {
  if (frame.dataset.picture === card.picture) return;
  frame.dataset.picture = card.picture;
  if (card.picture === "") {
    frame.replaceChildren(card.title.slice(0, 1).toUpperCase());
    return;
  }
  // The old picture stays until the new one has loaded.
  const image = new Image();
  image.alt = "";
  image.onload = () => frame.dataset.picture === card.picture && frame.replaceChildren(image);
  image.onerror = () => frame.dataset.picture === card.picture && frame.replaceChildren(card.title.slice(0, 1).toUpperCase());
  image.src = card.picture;
}

/** Writes only changes, so that a screen reader does not repeat the text. @param {HTMLElement} node @param {string} text */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
