"""What the lints share: finding files, and C++ text without its comments and literals."""

import pathlib
import re
import sys

CPP_SUFFIXES = {".cpp", ".hpp", ".h", ".cc"}

_NOT_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r'''|R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'''
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def code_of(text):
    """The text with comments and literals blanked out; every line keeps its number and its columns."""

    def blank(match):
        found = match.group(0)
        blanked = "".join(c if c == "\n" else " " for c in found)
        return blanked if found.startswith("/") or len(found) < 2 else '"' + blanked[1:-1] + '"'

    return _NOT_CODE.sub(blank, text)


def comments_of(text):
    """The text with everything but comments blanked out; every line keeps its number and its columns."""

    def blank(part):
        return re.sub(r"[^\n]", " ", part)

    kept, end = [], 0
    for match in _NOT_CODE.finditer(text):
        if match.group(0).startswith("/"):
            comment = re.sub(r"(?m)^[ \t]*(?:/[/*]+[!<]?|\*+/?)|\*+/$", lambda m: blank(m.group(0)), match.group(0))
            kept += [blank(text[end : match.start()]), comment]
            end = match.end()
    return "".join(kept) + blank(text[end:])


def files_below(root, folders, suffixes):
    """All files with these suffixes below these folders of root, sorted; folders that are not there are empty."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and path.suffix in suffixes and not {"node_modules", "build", "dist"} & set(parts):
                yield path


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def run(name, check_tree):
    """The main function of a lint: `lint.py ROOT` prints what is wrong and exits with 1 if anything is."""
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found, checked = check_tree(root)
    for path, line, message in found:
        print(f"{path.relative_to(root)}:{line}: {message}")
    print(f"{name}: {checked} files, {len(found)} findings")
    if checked == 0:
        print(f"{name}: nothing to check below {root}; is the path right?")
    sys.exit(1 if found or checked == 0 else 0)
