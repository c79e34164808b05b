#!/usr/bin/env python3
"""Prints a configuration file with every flag of a program and its default, commented out.

usage: package_config.py PROGRAM            prints it
       package_config.py PROGRAM --check FILE   ends with an error where FILE is not what would be printed
"""

import re
import subprocess
import sys
import tomllib

FLAG = re.compile(r"^  --([a-z0-9-]+)(?: (\S.*?))?(?:\s{2,}(.*))?$")
# CLI11 2.4 (Debian 13) writes the default as " [VALUE] ", CLI11 2.1 (Debian 12) as "=VALUE". Ranges are "in [A - B]".
DEFAULT = re.compile(r"(?<! in) \[((?!b, kb)[^\[\]]*|\[[^\]]*\])\] ?(?=\s|$)")
# What is secret has files of its own.
NOT_IN_A_FILE = {"config", "version", "check", "token", "robot-token", "turn-credential"}


def value_of(form):
    """What stands behind '=' in the comment: the default, or the form of a value."""
    if not form:
        return "false"
    default = re.search(r"=(\S*)(?: |$)", re.sub(
        r":(\{.*?\}|HOST=N|.*? in \[.*?\]|SIZE \[.*?\]|ENUM:\S*?(?==))", "", form))
    text = default.group(1) if default else ""
    if text.startswith("["):
        return '["' + text.strip("[]") + '"]'
    return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else f'"{text}"'


def render(program, help_text):
    name = program.rsplit("/", 1)[-1]
    lines = [f"# {name}: every flag with its default. Take away the # of a line to change it. "
             "Secrets have files of their own,",
             "# which only root may read; see /usr/share/doc/" + name + "/programs.md."]
    pending = None
    heading = None
    for line in help_text.split("\nSubcommands:")[0].splitlines():
        flag = FLAG.match(DEFAULT.sub(r"=\1", line, count=1) if line.startswith("  --") else line)
        if flag:
            pending = flag.group(1), flag.group(2)
            text = flag.group(3)
        elif pending and line.startswith(" " * 20):
            text = line.strip()
        else:
            pending = None
            if re.match(r"^\w.*:$", line):
                heading = line[:-1]
            continue
        if pending and text:
            if heading not in (None, "Options"):
                lines += ["", "## " + heading]
            heading = None
            if pending[0] not in NOT_IN_A_FILE:
                lines += ["", "# " + text, f"#{pending[0]} = {value_of(pending[1])}"]
            pending = None
    return "\n".join(lines) + "\n"


def main(arguments):
    help_text = subprocess.run([arguments[0], "--help"], check=True, capture_output=True, text=True).stdout
    text = render(arguments[0], help_text)
    if arguments[1:2] != ["--check"]:
        sys.stdout.write(text)
        return 0
    # Whoever takes away each # has a file that the program reads.
    tomllib.loads("\n".join(re.sub(r"^#(?=[a-z])", "", line) for line in text.splitlines()))
    with open(arguments[2], encoding="utf-8") as file:
        if file.read() == text:
            return 0
    print(f"{arguments[2]} does not list the flags of {arguments[0]} --help; write it again:\n"
          f"  {sys.argv[0]} {arguments[0]} > {arguments[2]}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
