#!/usr/bin/env python3
"""embed.py OUTPUT NAME=FILE...: writes a C++ file that defines rtcbot::web::NAME() for each FILE, by its bytes."""
import pathlib
import sys

HEAD = '#include "rtcbot/web/assets.hpp"\n\nnamespace rtcbot::web {\nnamespace {\n\n'


def array(name: str, data: bytes) -> str:
    # Numbers, not a string literal: compilers bound the length of those, and bytes above 127 need no thought.
    lines = [", ".join(f"'\\x{byte:02x}'" for byte in data[at:at + 20]) for at in range(0, len(data), 20)]
    return f"constexpr char k_{name}[] = {{\n" + ",\n".join(lines) + "};\n\n"


def main(output: str, *assets: str) -> None:
    pairs = [asset.split("=", 1) for asset in assets]
    text = HEAD + "".join(array(name, pathlib.Path(file).read_bytes()) for name, file in pairs)
    text += "}  // namespace\n\n"
    for name, _ in pairs:
        text += f"std::string_view {name}() noexcept {{ return {{k_{name}, sizeof k_{name}}}; }}\n"
    pathlib.Path(output).write_text(text + "\n}  // namespace rtcbot::web\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
