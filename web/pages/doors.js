/** What the server wrote into the page. @returns {{signOut?: boolean, list?: boolean, watchOnly?: boolean}} */
function doors() {
  return /** @type {any} */ (globalThis).rtcbotDoors ?? {};
}

/** Whether the server would let this person drive, as far as it has said. */
export function mayDrive() {
  return !doors().watchOnly;
}

/**
 * The ways that lead on from a page, as the server wrote them into it for this person: out of the sign-in, and to the list of robots.
 * Without a word of it, as from a server that asks nobody, there is none.
 */
export function showDoors() {
  const { signOut = false, list = false } = doors();
  for (const [id, isOpen] of /** @type {[string, boolean][]} */ ([["out", signOut], ["list", list]])) {
    const door = document.getElementById(id);
    if (door) door.hidden = !isOpen;
  }
}
