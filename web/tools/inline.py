#!/usr/bin/env python3
"""inline.py HTML CSS JS OUTPUT: puts a style and a script into a page, so that the page is one file."""
import pathlib
import sys


def main(html: str, css: str, js: str, output: str) -> None:
    page = pathlib.Path(html).read_text(encoding="utf-8")
    style, script = (pathlib.Path(name).read_text(encoding="utf-8").strip() for name in (css, js))
    if "</script" in script or "</style" in style:
        raise SystemExit("inline.py: the style or the script would end its own element")
    for mark, text in (("/*{style}*/", style), ("/*{script}*/", script)):
        if page.count(mark) != 1:
            raise SystemExit(f"inline.py: {html} must contain {mark} once")
        page = page.replace(mark, text)
    pathlib.Path(output).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
