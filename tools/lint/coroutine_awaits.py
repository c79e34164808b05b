#!/usr/bin/env python3
"""One co_await per statement, in one of four shapes, because g++ 12 miscompiles others without a word.

Allowed: `co_await E;`  `auto x = co_await E;`  `x = co_await E;`  `co_return co_await E;` with no lambda and no braced
temporary in E. Refuses a few harmless statements as well; write them in two.
"""

import re

from source_text import CPP_SUFFIXES, code_of, files_below, line_at, run

FOLDERS = ["src", "apps", "examples", "include", "tests", "bench"]

_DECLARATION = r"(?:(?:const\s+)?[\w:]+(?:<[^;=]*>)?\s*(?:const\s*)?[&*]{0,2}\s+)?"
_TARGET = rf"{_DECLARATION}(?:\[[\w\s,]+\]|[\w.\->\[\]:*]+)\s*(?<![=!<>])=(?!=)\s*"
SHAPE = re.compile(rf"\s*(?:co_return\s+|{_TARGET}|(?:&\s*)?)co_await\b(?P<operand>.*)", re.DOTALL)
LAMBDA = re.compile(r"(?<![\w\])])\[[^\[\]]*\]\s*(?:\(|\{|mutable|noexcept|->|<)")
LABEL = re.compile(r"^\s*(?:else\b|do\b|case\b(?:[^:]|::)*:(?!:)|default\s*:)")
NOT_INITIALIZER = re.compile(
    r"(?:^|[;{}:)]|\b(?:else|do|try|const|noexcept|mutable|override|final)|->\s*[\w:<>,\s*&]+)$"
)


def enclosing_bracket(code, at):
    """Where the innermost bracket around this offset opens; -1 if there is none."""
    depth = 0
    for i in range(at - 1, -1, -1):
        if code[i] in ")}]":
            depth += 1
        elif code[i] in "({[":
            if depth == 0:
                return i
            depth -= 1
    return -1


def statement_around(code, at):
    """Begin and end of the statement that holds the co_await at this offset; no bracket but '{' is open around it."""
    begin, depth = at, 0
    while begin > 0:
        c = code[begin - 1]
        depth += {")": 1, "(": -1}.get(c, 0)
        if depth == 0 and c in ";{}":
            break
        begin -= 1
    depth, end = 0, at
    while end < len(code) and not (depth == 0 and code[end] in ";}"):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(code[end], 0)
        end += 1
    return begin, end


def why_refused(code, at):
    bracket = enclosing_bracket(code, at)
    if bracket >= 0 and code[bracket] != "{":
        return "co_await inside an expression or a condition; give its result a name first"
    if bracket >= 0 and is_initializer(code, bracket):
        return "co_await inside braces of an initializer; give its result a name first"
    begin, end = statement_around(code, at)
    before = strip_condition(LABEL.sub("", code[begin:at]))
    if not SHAPE.fullmatch(before + code[at:end]):
        return "co_await inside a larger expression; give its result a name first"
    operand = code[at + len("co_await") : end]
    if "co_await" in operand:
        return "two co_await in one statement; one at a time"
    if LAMBDA.search(operand):
        return "a lambda in the statement of a co_await; give it a name before"
    if "{" in operand:
        return "a braced temporary in the statement of a co_await; give it a name before"
    return None


def is_initializer(code, brace):
    """Whether this '{' begins an initializer rather than a block."""
    return not NOT_INITIALIZER.search(code[:brace].rstrip()[-200:])


def strip_condition(text):
    """`if (x) co_await y` without its `if (x)`: a condition that does not await is none of our business."""
    match = re.match(r"\s*(?:if|while|for)\s*(?:constexpr\s*)?\(", text)
    if not match:
        return text
    depth = 0
    for i in range(match.end() - 1, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return text[i + 1 :]
    return text


def findings(text):
    """(line, message) for each co_await in a shape that g++ 12 may miscompile."""
    code = code_of(text)
    found = []
    for match in re.finditer(r"\bco_await\b", code):
        why = why_refused(code, match.start())
        if why:
            found.append((line_at(code, match.start()), why))
    return found


def check_tree(root):
    found, checked = [], 0
    for path in files_below(root, FOLDERS, CPP_SUFFIXES):
        checked += 1
        found += [(path, line, message) for line, message in findings(path.read_text())]
    return found, checked


if __name__ == "__main__":
    run("coroutine_awaits", check_tree)
