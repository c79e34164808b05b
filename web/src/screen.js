/**
 * A video or audio element that shows one stream after the other without going blank between them: the last picture
 * stays until the new stream has delivered its first.
 */
export class Screen {
  /** @param {HTMLMediaElement} element */
  constructor(element) {
    this._element = element;
    /** @type {MediaStream | null} */
    this._stream = null;
    /** @type {(() => void) | null} */
    this._cancel = null;
  }

  /** @param {MediaStream} stream */
  show(stream) {
    this._cancel?.();
    this._cancel = null;
    const track = stream.getTracks()[0];
    if (!this._stream || !track) {
      this._attach(stream);
      return;
    }
    // A remote track is muted until its first packet arrives.
    if (!track.muted) {
      this._attach(stream);
      return;
    }
    const onUnmute = () => {
      this._cancel = null;
      this._attach(stream);
    };
    track.addEventListener("unmute", onUnmute, { once: true });
    this._cancel = () => track.removeEventListener("unmute", onUnmute);
  }

  /** Shows nothing any more, and waits for nothing. */
  clear() {
    this._cancel?.();
    this._cancel = null;
    this._stream = null;
    this._element.srcObject = null;
  }

  /** @param {MediaStream} stream */
  _attach(stream) {
    this._stream = stream;
    this._element.srcObject = stream;
    // Refused only where the page forgot `muted`; the element then shows its own controls or a person clicks.
    this._element.play?.()?.catch(() => {});
  }
}
