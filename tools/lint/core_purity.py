#!/usr/bin/env python3
"""The core rooms decide; they do not look at clocks, start threads, open sockets or throw dice of their own.

Tests and fuzz targets of the core are held to the same rules, except that they may read files.
"""

import re

from source_text import CPP_SUFFIXES, code_of, files_below, line_at, run

CORE_ROOMS = ["base", "flow", "signal", "broker", "cluster", "session", "safety", "congestion", "ipc"]

FORBIDDEN = [
    (r"\b\w*[Cc]lock\w*\s*::\s*now\b", "reads a clock; take a Timestamp as an argument"),
    (r"\b(?:gettimeofday|clock_gettime|time)\s*\(\s*(?:NULL|nullptr|0|&)", "reads a clock; take a Timestamp instead"),
    (r"\bstd\s*::\s*(?:jthread|thread|async|this_thread)\b", "uses threads; the shell has them"),
    (r"\bsleep_(?:for|until)\b|\bu?sleep\s*\(", "sleeps; tell when to be called again"),
    (r"\brandom_device\b|\bs?rand\s*\(", "makes its own randomness; take a seed as an argument"),
    (r"\bgetenv\s*\(", "reads the environment; take a Config"),
    (r"\bstd\s*::\s*c(?:out|err|log)\b|\bf?printf\s*\(", "prints; return a LogRecord"),
]
FORBIDDEN_INCLUDES = [
    (r"(?:boost|gst|glib|gio|webrtc|tgowt|rtc_base|opencv\d*|openssl)/.*|glib\.h", "a library of the shell"),
    (r"sys/socket\.h|netinet/.*|arpa/.*|netdb\.h|poll\.h|sys/epoll\.h|unistd\.h", "the operating system"),
    (r"thread|future|stop_token", "threads"),
    (r"rtcbot/(?:net|media|engine|engine_client|process|runtime|device|nats)/.*", "a room of the floor above"),
]
# What waits on purpose: flow hands values from one thread of the shell to another.
LOCKS = re.compile(r"^\s*#\s*include\s*<(mutex|condition_variable|shared_mutex|semaphore|latch|barrier)>", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def findings(text, room, is_test=False):
    """(line, message) for everything in this text of that room that the core must not do."""
    found = []
    code = code_of(text)
    for pattern, why in FORBIDDEN:
        found += [(line_at(code, m.start()), f"'{m.group(0).strip()}' {why}") for m in re.finditer(pattern, code)]
    for include in INCLUDE.finditer(text):
        if code[include.start() : include.end()].strip() == "":  # inside a comment
            continue
        name = include.group(1)
        for pattern, what in FORBIDDEN_INCLUDES:
            if re.fullmatch(pattern, name) and not (is_test and what == "threads"):
                found.append((line_at(text, include.start()), f"includes <{name}>: {what}"))
    if room != "flow" and not is_test:
        found += [(line_at(code, m.start()), f"includes <{m[1]}>: only flow may lock") for m in LOCKS.finditer(code)]
    return sorted(found)


def room_tests_may_use_threads(room, path):
    """flow is about threads, so its tests need some."""
    return room == "flow" and "test" in path.parts


def check_tree(root):
    found, checked = [], 0
    for room in CORE_ROOMS:
        for path in files_below(root, [f"src/{room}"], CPP_SUFFIXES):
            checked += 1
            is_test = room_tests_may_use_threads(room, path.relative_to(root))
            for line, message in findings(path.read_text(), room, is_test):
                if not (is_test and ("threads" in message or "reads a clock" in message)):
                    found.append((path, line, message))
    return found, checked


if __name__ == "__main__":
    run("core_purity", check_tree)
