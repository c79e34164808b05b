#!/usr/bin/env python3
"""schema_test.py SCHEMA VECTORS: the JSON Schema takes every good example and refuses every bad one."""
import json
import sys

import jsonschema


def main(schema_path: str, vectors_path: str) -> int:
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(vectors_path, encoding="utf-8") as file:
        vectors = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    seen, wrong = {}, []
    for vector in vectors:
        try:
            message = json.loads(vector["text"])
        except json.JSONDecodeError:
            continue
        good = "refused" not in vector["expected"]
        kind = message.get("type") if isinstance(message, dict) else None
        if good and kind not in schema["$defs"]:
            continue  # a type of the future
        if validator.is_valid(message) != good:
            wrong.append(f"{vector['name']}: the schema {'refuses' if good else 'takes'} it")
        if good:
            seen.setdefault(vector["direction"], set()).add(kind)
    for direction, kinds in seen.items():
        for kind in kinds - set(schema["directions"].get(direction, ())):
            wrong.append(f"{kind} does not go from {direction}")
    never = set(schema["$defs"]) - set().union(*seen.values()) - {"id", "iceServer", "candidate", "robot", "grant"}
    wrong += [f"there is no example of {kind}" for kind in sorted(never)]
    print("\n".join(wrong) or f"{len(vectors)} examples agree with the schema")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
