/**
 * The gamepads that the browser lets this page see. Where they are forbidden, as to a frame or by a Permissions-Policy, it throws: there are
 * none then, and all other inputs work.
 * @template Pad
 * @param {{getGamepads: () => readonly Pad[]}} host @returns {readonly Pad[]}
 */
export function padsOf(host) {
  try {
    return host.getGamepads();
  } catch {
    return [];
  }
}
