/** @param {string} id @returns {any} */
export const element = (id) => document.getElementById(id);

/** Writes only what differs: what is read aloud must not be repeated. @param {HTMLElement} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {string} tag @param {string} text @param {string} [className] */
export function part(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/**
 * The choices of a list, made anew only when they differ: an open one would close.
 * @param {HTMLSelectElement} select @param {[string, string][]} choices @param {string} chosen
 */
export function fill(select, choices, chosen) {
  const key = JSON.stringify(choices);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...choices.map(([value, label]) => new Option(label, value)));
  }
  if (select.value !== chosen && document.activeElement !== select) select.value = chosen;
}

/**
 * Makes a node's children say these items, and keeps those that are there: what a screen reader stands on must not vanish.
 * @template Item
 * @param {Element} parent @param {readonly Item[]} items @param {(item: Item) => Element} make @param {(node: any, item: Item) => void} update
 */
export function keep(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastElementChild?.remove();
  items.forEach((item, index) => {
    const node = parent.children[index] ?? parent.appendChild(make(item));
    update(node, item);
  });
}

/** A list of names and what they are, as `keep` does it. @param {HTMLElement} list @param {readonly [string, string][]} pairs */
export function keepPairs(list, pairs) {
  keep(list, pairs.flat(), () => part(list.children.length % 2 === 0 ? "dt" : "dd", ""), write);
}

/** A list that was used by a pointer gives the keys back; by the keyboard it keeps them, for the next step. @param {HTMLSelectElement} select */
export function leaveAfterPointer(select) {
  let isByPointer = false;
  select.addEventListener("pointerdown", () => (isByPointer = true));
  select.addEventListener("keydown", () => (isByPointer = false));
  select.addEventListener("change", () => isByPointer && select.blur());
}

/** Whether a key is meant for the page: nothing else is held with it, and no text and no list is there to take it. @param {KeyboardEvent} event */
export function isShortcut(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = /** @type {any} */ (event.target);
  return !/^(TEXTAREA|SELECT)$/.test(target?.tagName ?? "") && !(target?.tagName === "INPUT" && target.type === "text");
}
