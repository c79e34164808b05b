/** A picture whose longer side is shorter than this is too small to drive by, CSS pixels. */
const SMALLEST = 160;

/**
 * The displayed size of a picture that keeps its aspect ratio within a box. Pure.
 * @param {{width: number, height: number}} box @param {{width: number, height: number}} picture
 */
export function shownSize(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Tracks whether the picture is too small to drive by, also when the window changes. */
export class PictureSize {
  /** @param {HTMLVideoElement} video @param {() => void} onChange */
  constructor(video, onChange) {
    this.isTooSmall = false;
    const measure = () => {
      const { videoWidth: width, videoHeight: height } = video;
      const shown = width > 0 ? shownSize(video.getBoundingClientRect(), { width, height }) : null;
      const isTooSmall = shown !== null && Math.max(shown.width, shown.height) < SMALLEST;
      if (isTooSmall === this.isTooSmall) return;
      this.isTooSmall = isTooSmall;
      onChange();
    };
    new ResizeObserver(measure).observe(video);
    video.addEventListener("resize", measure);
  }
}
