#!/usr/bin/env python3
"""Prints a configuration file with every flag of a program and its default, commented out.

usage: package_config.py PROGRAM            prints it
       package_config.py PROGRAM --check FILE   ends with an error where FILE is not what would be printed
"""

import re
import subprocess
import sys
import tomllib

FLAG = re.compile(r"^  --([a-z0-9-]+)(?: (\S.*))?$")
COLUMN = 30  # of the descriptions; a flag whose form is longer has a line of its own
# CLI11 2.4 (Debian 13) writes the default as " [VALUE] ", CLI11 2.1 (Debian 12) as "=VALUE".
DEFAULT = re.compile(r" \[([^\[\]]*|\[[^\]]*\])\] ?(?=\s|$)")
# What is secret has files of its own.
NOT_IN_A_FILE = {"config", "version", "check", "token", "robot-token", "turn-credential"}


def value_of(form):
    """What stands behind '=' in the comment: the default, or the form of a value."""
    if not form:
        return "false"
    default = re.search(r"=(\S*)(?: |$)", form.replace(":HOST=N", ""))
    text = default.group(1) if default else ""
    if text.startswith("["):
        return '["' + text.strip("[]") + '"]'
    return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else f'"{text}"'


def flags_of(lines):
    """The lines of a help; those of a flag as (name, form, description)."""
    for line, following in zip(lines, [*lines[1:], ""]):
        if line.startswith(" " * COLUMN):
            continue
        if not line.startswith("  --"):
            yield line
            continue
        has_own_line = following.startswith(" " * COLUMN)
        form, text = (line, following) if has_own_line else (line[:COLUMN], line[COLUMN:])
        flag = FLAG.match(DEFAULT.sub(r"=\1", form.rstrip(), count=1))
        yield flag.group(1), flag.group(2), text.strip()


def render(program, help_text):
    name = program.rsplit("/", 1)[-1]
    lines = [f"# {name}: every flag with its default. Take away the # of a line to change it. "
             "Secrets have files of their own,",
             "# which only root may read; see /usr/share/doc/" + name + "/programs.md."]
    heading = None
    for line in flags_of(help_text.split("\nSubcommands:")[0].splitlines()):
        if isinstance(line, str):
            if re.match(r"^\w.*:$", line):
                heading = line[:-1]
            continue
        flag, form, text = line
        if heading not in (None, "Options"):
            lines += ["", "## " + heading]
        heading = None
        if flag not in NOT_IN_A_FILE:
            lines += ["", "# " + text, f"#{flag} = {value_of(form)}"]
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
