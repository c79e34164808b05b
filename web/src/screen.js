/**
 * A video or audio element that shows one stream after the other. The last picture stays until the new stream delivers, so that
 * reconnecting shows no black screen.
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

  /** @param {MediaStream} stream its first track of the element's kind is shown */
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

  /** Removes the stream and cancels a pending one. */
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
    // Refused only if the page forgot `muted`; then the element shows its own controls or the user clicks.
    this._element.play?.()?.catch(() => {});
  }
}
