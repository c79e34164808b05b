#!/usr/bin/env python3
"""What an attacker finds in the built programs: usage: hardening.py PROGRAM … (or a folder: each rtcbot-* in it)

Asks readelf of each program whether it is position-independent, has a stack that is not executable, relocations that
are read-only from the start (RELRO, BIND_NOW), stack protectors, checked memory functions (fortify), and, on amd64 and
arm64, functions that begin with a landing pad for indirect branches (CET, BTI).
"""

import re
import subprocess
import sys
from pathlib import Path

# amd64: endbr64. arm64: bti c, or paciasp, which is a landing pad as well. Little-endian.
LANDING_PADS = {
    "X86-64": [bytes.fromhex("f30f1efa")],
    "AArch64": [bytes.fromhex("5f2403d5"), bytes.fromhex("3f2303d5")],
}
# `main` is the function of a program that is there whatever it links, and ours.
ENTRY = re.compile(r"^\s*\d+:\s+([0-9a-f]+)\s+\S+\s+FUNC\s+\S+\s+\S+\s+\S+\s+(main|_ZN6rtcbot\S*)$", re.MULTILINE)
SECTION = re.compile(r"\]\s+(\S+)\s+PROGBITS\s+([0-9a-f]+)\s+([0-9a-f]+)\s+([0-9a-f]+)\s+\S+\s+\S*X")


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, str(program)], check=True, capture_output=True, text=True,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def unprotected_functions(program, machine):
    """How many global functions of ours begin without a landing pad, and how many there are; local ones whose address
    nobody takes need none."""
    pads = LANDING_PADS.get(machine)
    if pads is None:
        return 0, 0
    sections = [tuple(int(number, 16) for number in match.groups()[1:])
                for match in SECTION.finditer(readelf(program, "-S"))]
    symbols = re.sub(r"^.*\bLOCAL\b.*$", "", readelf(program, "-s"), flags=re.MULTILINE)
    content = Path(program).read_bytes()
    bad = total = 0
    for address, _ in ENTRY.findall(symbols):
        place = int(address, 16)
        for begin, offset, size in sections:
            if begin <= place < begin + size:
                total += 1
                at = offset + place - begin
                bad += content[at:at + 4] not in pads
    return bad, total


def faults(program):
    """A sentence for each protection that the program lacks."""
    header = readelf(program, "-h")
    segments = readelf(program, "-l")
    dynamic = readelf(program, "-d")
    imports = readelf(program, "--dyn-syms")
    machine = "X86-64" if "X86-64" in header else "AArch64" if "AArch64" in header else "other"
    if not re.search(r"Type:\s+DYN", header) or not re.search(r"FLAGS_1.*\bPIE\b", dynamic):
        yield "is not position-independent (PIE)"
    if not re.search(r"GNU_STACK\s.*\sRW\s", segments):
        yield "has an executable stack"
    if "GNU_RELRO" not in segments:
        yield "has no read-only relocations (RELRO)"
    if not re.search(r"BIND_NOW|FLAGS_1.*\bNOW\b", dynamic):
        yield "binds its functions late, so that their table stays writable (BIND_NOW)"
    if "__stack_chk_fail" not in imports:
        yield "has no stack protector"
    if not re.search(r"\b__(?!stack_chk)\w+_chk\b", imports):
        yield "has no checked memory functions (fortify)"
    bad, total = unprotected_functions(program, machine)
    if bad:
        yield f"has {bad} functions of {total} that begin without a landing pad (CET or BTI)"
    if not total and machine in LANDING_PADS:
        yield "has no symbols, so that landing pads cannot be looked for; check it before it is stripped"


def main(arguments):
    programs = []
    for argument in map(Path, arguments):
        programs += sorted(argument.glob("rtcbot-*")) if argument.is_dir() else [argument]
    if not programs:
        print("hardening: no program to check")
        return 1
    found = [f"{program}: {fault}" for program in programs for fault in faults(program)]
    print("\n".join(found) if found else f"hardening: {len(programs)} programs checked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
