#!/usr/bin/env python3
"""Prints the copyright file of a package that contains parts of others: its own, and then the one that Debian gives
each of the others.

usage: third_party_notices.py OWN DOC PACKAGE...     DOC: one or more folders with a folder for each package, joined by
                                                     ':'; PACKAGE: the name of such a folder, or a pattern;
                                                     PACKAGE=LICENSE: of its file only the text of that license,
                                                     where the file is of the length of a book
"""

import pathlib
import sys

RULE = "=" * 100


def copyright_of(folders, package):
    """The name and the copyright file of the package; the first that matches."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob(f"{package}/copyright")):
            return path.parent.name, path.read_text(encoding="utf-8", errors="replace")
    raise SystemExit(f"third_party_notices.py: no copyright file of {package} in {', '.join(folders)}")


def license_text(text, name):
    """The paragraph of a machine-readable copyright file that has the text of the license."""
    for paragraph in text.split("\n\n"):
        first, _, body = paragraph.partition("\n")
        if first == f"License: {name}" and body:
            return paragraph
    raise SystemExit(f"third_party_notices.py: no text of {name}")


def render(own, folders, packages):
    parts = [own.rstrip("\n")]
    for package in packages:
        package, _, license_name = package.partition("=")
        name, text = copyright_of(folders, package)
        text = license_text(text, license_name) if license_name else text
        parts += [f"{RULE}\nParts of Debian's {name} are contained in this package, under the following terms.\n{RULE}",
                  text.strip("\n")]
    return "\n\n".join(parts) + "\n"


def main(arguments):
    if len(arguments) < 3:
        raise SystemExit(__doc__)
    own = pathlib.Path(arguments[0]).read_text(encoding="utf-8")
    sys.stdout.write(render(own, [folder for folder in arguments[1].split(":") if folder], arguments[2:]))


if __name__ == "__main__":
    main(sys.argv[1:])
