/**
 * A video or audio element that shows one stream after the other: the last picture stays until the new stream
 * delivers, so that a connection made anew costs a frame and not a black screen.
 */
export class Screen {
  /** @param {HTMLMediaElement} element */
  constructor(element) {
    this._element = element;
    /** @type {MediaStreamTrack | null} */
    this._shown = null;
    /** @type {(() => void) | null} */
    this._cancel = null;
  }

  /** @param {MediaStream} stream one of which the first track of the element's kind is shown */
  show(stream) {
    this._cancel?.();
    this._cancel = null;
    const wanted = this._element.tagName === "AUDIO" ? stream.getAudioTracks() : stream.getVideoTracks();
    const track = wanted[0];
    if (!track) return;
    // A remote track is muted until its first packet arrives.
    if (this._shown && track.muted) {
      const onUnmute = () => this._swap(track);
      track.addEventListener("unmute", onUnmute, { once: true });
      this._cancel = () => track.removeEventListener("unmute", onUnmute);
    } else {
      this._swap(track);
    }
  }

  /** Shows nothing any more, and waits for nothing. */
  clear() {
    this._cancel?.();
    this._cancel = null;
    this._shown = null;
    this._element.srcObject = null;
  }

  /** @param {MediaStreamTrack} track */
  _swap(track) {
    this._cancel = null;
    this._shown = track;
    this._element.srcObject = new MediaStream([track]);
    // Refused only where the page forgot `muted`; the element then shows its own controls or a person clicks.
    this._element.play?.()?.catch(() => {});
  }
}
