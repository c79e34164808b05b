#!/usr/bin/env python3
"""Functions of at most 60 lines and 5 parameters, outside of tests. Prints FILE:LINE: REASON.

It reads the text as clang-format leaves it: the brace of a function's body has a space before it, that of an
initialiser has none.
"""
import re

from source_text import code_of, files_below, run

MAX_LINES = 60
MAX_PARAMETERS = 5
FOLDERS = ["src", "apps", "include", "bench", "examples", "web"]

# Signatures that another library prescribes.
KNOWN = {
    "src/net/tls_server.cpp": {"choose_protocol"},
    "src/net/tls_tickets.cpp": {"on_ticket"},
}

SCOPE = re.compile(
    r"\b(namespace|struct|class|union|enum|extern)\b(?!.*\)\s*(const|noexcept|override|final|\s)*$)", re.DOTALL
)


def parameters_of(text):
    """The number of parameters in the first parenthesis of a definition."""
    start = text.index("(")
    depth, angles, commas, has_any = 0, 0, 0, False
    for c in text[start:]:
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif c == "<":
            angles += 1
        elif c == ">":
            angles -= 1
        elif c == "," and depth == 1 and angles <= 0:
            commas += 1
        has_any = has_any or not (c.isspace() or c in "(")
    return commas + 1 if has_any else 0


def functions(text):
    """(line, name, lines, parameters) of each function defined at namespace or class scope."""
    stack = []
    begin = 0
    for at, c in enumerate(text):
        if c == "{":
            before = text[begin:at]
            in_scope = all(kind == "scope" for kind, _, _ in stack)
            if in_scope and SCOPE.search(before) and "(" not in re.sub(r"\b(alignas|requires)\s*\([^)]*\)", "", before):
                stack.append(("scope", at, before))
            elif in_scope and "(" in before and before.endswith(" ") and not before.rstrip().endswith("=") \
                    and "=" not in before.split("(")[0]:
                stack.append(("function", at, before))
            else:
                stack.append(("other", at, before))
                if not in_scope or not before.endswith(" "):
                    continue
            begin = at + 1
        elif c == "}" and stack:
            kind, start, before = stack.pop()
            if kind == "function":
                lines = text.count("\n", start, at) - 1
                name = re.search(r"(\w+)\s*\(", before)
                yield text.count("\n", 0, start) + 1, name.group(1) if name else "", lines, parameters_of(before)
            if kind != "other" or all(each == "scope" for each, _, _ in stack) and before.endswith(" "):
                begin = at + 1
        elif c == ";" and all(kind == "scope" for kind, _, _ in stack):
            begin = at + 1


def findings(text, known=frozenset()):
    """(line, reason) for each function over a limit."""
    for line, name, lines, parameters in functions(code_of(text)):
        if lines > MAX_LINES:
            yield line, f"{name} has {lines} lines; at most {MAX_LINES}: split it"
        if parameters > MAX_PARAMETERS and name not in known:
            yield line, f"{name} has {parameters} parameters; at most {MAX_PARAMETERS}: group them in a struct"


def check_tree(root):
    found, checked = [], 0
    for path in files_below(root, FOLDERS, {".cpp", ".hpp"}):
        if "test" in path.parts:
            continue
        checked += 1
        known = KNOWN.get(path.relative_to(root).as_posix(), frozenset())
        found += [(path, line, reason) for line, reason in findings(path.read_text(encoding="utf-8"), known)]
    return found, checked


if __name__ == "__main__":
    run("function_size", check_tree)
