"""Viewers who mean harm: connects to a robot again and again, as a browser does, and then does what no browser does.

    hostile_peer.py http://HOST:PORT --seed N [--seconds N] [--parallel N] [--from N] [--count N] [--kinds A,B]
                    [--case-seconds N]

Writes JSON lines to standard output: {"begins": 7, "kind": …}, {"ends": 7, "kind": …, "outcome": …}, and {"over": true}
once the seconds have passed; then it exits.
"""
import argparse
import asyncio
import json
import logging
import random
import time
import warnings

import channel_attacks
import event_attacks
import handshake_attacks
import ice_attacks
import media_attacks
import sctp_attacks
from wire import NotConnected, Wire


def _connected(attack):
    async def run(wire):
        await wire.dial()
        await attack(wire)
        await asyncio.sleep(0.3)

    return run


# Those that make their connection themselves, and those that are given one.
ATTACKS = {
    **handshake_attacks.ATTACKS,
    **ice_attacks.ATTACKS,
    **{
        name: _connected(attack)
        for each in (media_attacks, sctp_attacks, channel_attacks)
        for name, attack in each.ATTACKS.items()
    },
}


# Only by name.
NAMED = {name: _connected(attack) for name, attack in event_attacks.ATTACKS.items()}


def say(**event):
    print(json.dumps(event), flush=True)


async def one_case(options, number, kind):
    own = random.Random(f"{options.seed}/{number}")
    say(begins=number, kind=kind)
    wire = Wire(options.url, own)
    try:
        await asyncio.wait_for({**ATTACKS, **NAMED}[kind](wire), options.case_seconds)
        outcome = "done"
    except NotConnected as reason:
        outcome = f"left: {reason}"
    except asyncio.TimeoutError:
        outcome = "left: too slow"
    except Exception as fault:  # aiortc's own, which is not made for what is done to it here.
        outcome = f"left: {type(fault).__name__} {fault}"
    # Some go as a browser goes, and others as one whose battery is taken out: the robot hears nothing more of them.
    if own.random() >= 0.8:
        await wire.ice._connection.close()
    await wire.close()
    say(ends=number, kind=kind, outcome=outcome)


async def main(options):
    kinds = options.kinds.split(",") if options.kinds else sorted(ATTACKS)
    random.Random(options.seed).shuffle(kinds)
    deadline = time.monotonic() + options.seconds
    numbers = iter(range(options.first, options.first + options.count))

    async def worker():
        for number in numbers:
            if time.monotonic() > deadline:
                return
            await one_case(options, number, kinds[number % len(kinds)])

    await asyncio.gather(*[worker() for _ in range(options.parallel)])
    say(over=True)


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--parallel", type=int, default=3)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--case-seconds", type=float, default=40, help="a case that takes longer is left")
    return parser.parse_args()


logging.disable(logging.CRITICAL)  # aiortc says a lot of what it is sent back.
warnings.simplefilter("ignore")
asyncio.run(main(parsed()))
