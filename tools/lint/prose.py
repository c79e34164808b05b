#!/usr/bin/env python3
"""Idioms that a reader has to translate; the plain word is named beside each. Also: short subjects of commits.

Code in backticks and in fences, addresses of links and generated figures are not prose and are not read.
"""

import os
import pathlib
import re
import subprocess

from source_text import CPP_SUFFIXES, comments_of, line_at, run

# The files that are checked. Of C++ files (add "**/*.hpp") only the comments are read.
FILES = [
    "*.md",
    "**/*.hpp",
    "docs/**/*.md",
    "src/**/*.md",
    "apps/**/*.md",
    "bench/**/*.md",
    "examples/**/*.md",
    "tests/**/*.md",
    "tools/**/*.md",
    "web/*.md",
]
SKIPPED_FOLDERS = {".git", "build", "dist", "node_modules"}

BE = r"(?:is|are|was|were|be|been|being)"
END = r"(?=\s*(?:[.,;:)?!|]|$))"  # of a clause
IDIOMS = [
    (r"anew", "again"),
    (r"(?:the|its|their) begin(?!\s*\()", "start, or beginning"),
    (rf"no more(?:{END}|(?=\s+(?:and|but|or|because|since|when|while|where|if|from)\b))", "no longer"),
    (r"(?:told|heard|said|used|needed|valid|known|sent|seen) no more(?!\s+than)", "no longer"),
    (rf"(?<!there\s){BE} none(?!\s+of)", "does not exist, or there is no ..."),
    (r"(?:let|lets|letting) go", "release"),
    (r"whoever", "name the person or program"),
    (r"(?:come|comes|came|coming) about", "happen, or be made"),
    (r"(?:go|goes|went|going) on(?!\s+(?:the|an?|its|their|each|one|both|top)\b|\s*`)", "continue"),
    (r"(?:stand|stands|stood|standing) still|standstills?", "stop, or freeze"),
    (r"(?:robot|motors?|picture|video|output|it|that|which) (?:stands|stood)(?!\s+for)", "stop, or be"),
    (r"(?:stands|stood) (?:in|at|behind|below|between|on)(?!\s+for)", "is"),
    (r"by (?:itself|themselves)", "automatically, or alone"),
    (rf"{BE} (?:not |once |never |only |then |also )?(?:told|said|heard)(?!\s+apart)", "sent, logged, received"),
    (r"heard (?:of|from)", "received from"),
    (rf"(?:it|that|which|who|what|\w+body|robot|server|camera|page|port) {BE} there{END}", "exists, or is available"),
    (rf"of (?:the|a|its|their|our) \w+'s{END}", "the driver's command, not a command of the driver's"),
    (r"that which", "name the thing"),
    (r"those of who", "name the person or program"),
]
IDIOMS = [
    (re.compile(rf"\b(?:{pattern.replace(' ', chr(92) + 's+')})(?!\w)", re.IGNORECASE), plain)
    for pattern, plain in IDIOMS
]

GENERATED = re.compile(r"<!-- \w+: written by .*?<!-- end of \w+ -->", re.DOTALL)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]+(?:\n[^`\n]+)?`|\]\([^)\n]*\)")
MAX_SUBJECT = 72


def blanked(match):
    """The same text as x, which is no word of any idiom, with its lines and its first character kept."""
    found = match.group(0)
    return found[0] + re.sub(r"\S", "x", found[1:])


def prose_of(text, suffix):
    """What is written for people in this text; every line keeps its number."""
    if suffix in CPP_SUFFIXES:
        text = comments_of(text)
    else:
        text = FENCE.sub(blanked, GENERATED.sub(blanked, text))
    return CODE.sub(blanked, text)


def findings(text, suffix=".md"):
    """(line, message) for every idiom in the prose of this text."""
    prose = prose_of(text, suffix)
    found = []
    for pattern, plain in IDIOMS:
        for match in pattern.finditer(prose):
            found.append((line_at(prose, match.start()), f"'{' '.join(match.group(0).split())}': {plain}"))
    return sorted(found)


def subject_findings(subject):
    """What is wrong with a commit's subject."""
    if subject.startswith("Revert ") or len(subject) <= MAX_SUBJECT:
        return []
    return [f"a subject of {len(subject)} characters; at most {MAX_SUBJECT}: '{subject[:40]}...'"]


def git(root, *arguments):
    """Output lines of git, none where it does not work."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def commit_findings(root):
    """The subjects of all commits that build on the one that added this lint; earlier ones are not judged."""
    if not (root / ".git").exists():
        return []
    added = git(root, "log", "--format=%H", "--diff-filter=A", "--", "tools/lint/prose.py")
    if not added:
        return []
    log = git(root, "log", "--no-merges", "--ancestry-path", "--format=%h %s", f"{added[-1]}..HEAD")
    commits = [line.split(" ", 1) for line in log if " " in line]
    return [(root / f"commit {name}", 1, why) for name, subject in commits for why in subject_findings(subject)]


def glob_pattern(glob):
    """The regular expression of a glob with `*` and `**/`."""
    parts = re.split(r"(\*\*/|\*)", glob)
    return "".join({"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)


def prose_files(root):
    wanted = re.compile("|".join(map(glob_pattern, FILES)))
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            if wanted.fullmatch(path.relative_to(root).as_posix()):
                yield path


def check_tree(root):
    found, checked = [], 0
    for path in prose_files(root):
        checked += 1
        found += [(path, line, why) for line, why in findings(path.read_text(encoding="utf-8"), path.suffix)]
    return found + commit_findings(root), checked


if __name__ == "__main__":
    run("prose", check_tree)
