#!/usr/bin/env python3
"""clang-tidy with the checks of .clang-tidy, on what changed or on everything. Prints its findings, and a last line.

  tidy.py [--all] [--max-files N] ROOT BUILD

BUILD is a folder with compile_commands.json. Without --all it checks the files that differ from the merge base with
main, or from the last commit but one on main itself: at most N of them (8), those with the largest change first. A
header that changed is checked with one file that includes it.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

PROGRAM = "clang-tidy-14"  # the findings of another version differ
FOLDERS = ("src/", "apps/", "include/", "bench/", "examples/")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def is_checked(path):
    """True for the C++ of this project that is not a test's."""
    parts = pathlib.PurePosixPath(path).parts
    return path.startswith(FOLDERS) and path.endswith((".cpp", ".hpp")) and not {"test", "fuzz"} & set(parts)


def git(root, *words):
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


def base_of(root):
    """The commit to compare with; None in a tree that has none."""
    try:
        head = git(root, "rev-parse", "HEAD")
        for main in ("main", "origin/main"):
            try:
                base = git(root, "merge-base", "HEAD", main)
            except subprocess.CalledProcessError:
                continue
            if base != head:
                return base
        return git(root, "rev-parse", "HEAD~1")
    except (OSError, subprocess.CalledProcessError):
        return None


def changed_files(root, base):
    """(lines, path) of each file that differs from `base`, committed or not, the largest change first."""
    changed = []
    for line in git(root, "diff", "--numstat", "--diff-filter=d", "--no-renames", base).splitlines():
        added, _, path = line.split("\t", 2)
        if is_checked(path):
            changed.append((int(added) if added.isdigit() else 0, path))
    for path in git(root, "ls-files", "--others", "--exclude-standard").splitlines():
        if is_checked(path):
            changed.append(((root / path).read_text(encoding="utf-8").count("\n"), path))
    return sorted(changed, key=lambda each: (-each[0], each[1]))


def name_in_includes(header):
    """As other files include it: "include/rtcbot/robot.hpp" is <rtcbot/robot.hpp>, a private header its file name."""
    return header.split("include/", 1)[1] if "include/" in header else pathlib.PurePosixPath(header).name


def user_of(root, header, sources):
    """One of `sources` that includes the header: its own .cpp, or else the first."""
    wanted, own = name_in_includes(header), pathlib.PurePosixPath(header).stem + ".cpp"
    users = []
    for source in sources:
        names = INCLUDE.findall((root / source).read_text(encoding="utf-8"))
        if any(name == wanted or name.endswith("/" + wanted) for name in names):
            users.append(source)
    return next((each for each in users if pathlib.PurePosixPath(each).name == own), users[0] if users else None)


def select(root, changed, sources, max_files):
    """The sources to check for these changes, and how many changed files that leaves out."""
    chosen, left_out = [], 0
    for path in changed:
        source = path if path.endswith(".cpp") else user_of(root, path, sources)
        if source not in sources or source in chosen:
            continue
        if len(chosen) < max_files:
            chosen.append(source)
        else:
            left_out += 1
    return chosen, left_out


def sources_of(root, build):
    """The project's own files in the compile database, by their path below root."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    paths = [os.path.relpath(os.path.join(each["directory"], each["file"]), root) for each in commands]
    generated = {path for path in paths if "/Unity/" in path}
    return sorted(generated | {path for path in paths if is_checked(path)})


def check(root, build, source):
    """What clang-tidy finds in a file; empty if nothing."""
    command = [PROGRAM, "--quiet", "--warnings-as-errors=*", f"--config-file={root}/.clang-tidy", "-p", build, source]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return (done.stdout.strip() or done.stderr.strip()) if done.returncode else ""


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--all", action="store_true")
    words.add_argument("--max-files", type=int, default=8)
    words.add_argument("root", type=lambda text: pathlib.Path(text).resolve())
    words.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    given = words.parse_args()
    if shutil.which(PROGRAM) is None:
        print(f"clang-tidy: skipped, because {PROGRAM} is not installed; Debian 12 has it")
        return 1 if given.all else 0
    sources, left_out = sources_of(given.root, given.build), 0
    if not given.all:
        base = base_of(given.root)
        if base is None:
            print("clang-tidy: skipped, because this tree has no earlier commit to compare with")
            return 0
        changed = [path for _, path in changed_files(given.root, base)]
        sources, left_out = select(given.root, changed, sources, given.max_files)
        if not sources:
            print(f"clang-tidy: skipped, because no C++ differs from {base[:12]}")
            return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda source: check(given.root, given.build, source), sources):
            failed += bool(found)
            if found:
                print(found, flush=True)
    more = f"; {left_out} more have changed, which script/test tidy checks" if left_out else ""
    print(f"clang-tidy: {len(sources)} files, {failed} with findings{more}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
