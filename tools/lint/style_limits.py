#!/usr/bin/env python3
"""Hard limits of size and shape: beyond them a file is split, not excused."""

import re

from source_text import CPP_SUFFIXES, files_below, run

FOLDERS = ["src", "apps", "examples", "include", "tests", "bench", "web", "tools", "cmake", "script"]
SUFFIXES = CPP_SUFFIXES | {".js", ".mjs", ".ts", ".py", ".cmake", ".sh", ".css"}
MAX_LINES = 500
MAX_TEST_LINES = 800
MAX_COLUMNS = 120
MAX_WEB_COLUMNS = 150  # JSDoc types and markup read worse when they are broken
WEB_SUFFIXES = {".js", ".mjs", ".ts", ".css"}
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")  # split, lest the lint finds itself


def is_test(path):
    return bool({"test", "tests"} & set(path.parts)) or ".test." in path.name or path.stem.endswith("_test")


def findings(text, is_test_file=False, columns=MAX_COLUMNS):
    """(line, message) for everything over a limit."""
    found = []
    lines = text.splitlines()
    limit = MAX_TEST_LINES if is_test_file else MAX_LINES
    if len(lines) > limit:
        found.append((len(lines), f"{len(lines)} lines; at most {limit}: split the file"))
    for number, line in enumerate(lines, 1):
        if len(line) > columns:
            found.append((number, f"{len(line)} columns; at most {columns}"))
        if "\t" in line:
            found.append((number, "a tab; use spaces"))
        if UNFINISHED.search(line):
            found.append((number, "unfinished work; finish it or write an issue"))
    return found


def undescribed(root):
    """The modules without a README."""
    return [(path, 1, "a module without README.md") for path in sorted(root.glob("src/*/CMakeLists.txt"))
            if not path.with_name("README.md").is_file()]


def check_tree(root):
    found, checked = undescribed(root), 0
    for path in files_below(root, FOLDERS, SUFFIXES):
        checked += 1
        columns = MAX_WEB_COLUMNS if path.suffix in WEB_SUFFIXES else MAX_COLUMNS
        found += [(path, line, why)
                  for line, why in findings(path.read_text(), is_test(path.relative_to(root)), columns)]
    return found, checked


if __name__ == "__main__":
    run("style_limits", check_tree)
