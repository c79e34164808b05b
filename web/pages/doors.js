/** The settings that the server wrote into the page. @returns {{signOut?: boolean, list?: boolean, watchOnly?: boolean}} */
function doors() {
  return /** @type {any} */ (globalThis).rtcbotDoors ?? {};
}

/** True unless the server has said that this person may not drive. */
export function mayDrive() {
  return !doors().watchOnly;
}

/**
 * Shows the page's links for this person, as the server wrote them into it: to sign out, and to the list of robots. Without these
 * settings, as from a server without credentials, there are none.
 * @param {boolean} [isSignedIn] false once the server no longer accepts this page's credential
 */
export function showDoors(isSignedIn = true) {
  const { signOut = false, list = false } = doors();
  for (const [id, isOpen] of /** @type {[string, boolean][]} */ ([["out", signOut && isSignedIn], ["list", list]])) {
    const door = document.getElementById(id);
    if (door) door.hidden = !isOpen;
  }
}
