#!/usr/bin/env python3
"""Prints network.first_byte_ms: from the command to the first byte written, per round trip.

usage: first_byte.py --build FOLDER [--runs N]

The client is the built `mtfetch get`, a new process each time, against mtfetch-dc with a simulated
round trip; "new keys" is a session that knows its login and has to make a key for the file's data
centre, "stored keys" one that has it. The file's .part is looked at until it holds a byte.
"""
import shutil
import statistics
import sys
import time

import local_centre


def first_byte(centre, target):
    """Milliseconds."""
    shutil.rmtree(target, ignore_errors=True)
    begin = time.monotonic()
    client = centre.start("get", "t.me/files/1", "-o", target, "--json")
    names = (target / "file.bin.part", target / "file.bin")
    while not client.over():
        if any(name.exists() and name.stat().st_size > 0 for name in names):
            break
        time.sleep(0.0005)
    took = time.monotonic() - begin
    if client.wait() != 0:
        sys.exit("the client failed")
    return 1000 * took


def main():
    options = local_centre.parsed(local_centre.arguments(runs=7))
    for milliseconds in (5, 50, 200):
        with local_centre.new_folder() as place:
            source = place / "source"
            source.mkdir()
            (source / "file.bin").write_bytes(bytes(1 << 20))
            flags = ("--round-trip", f"{milliseconds}ms")
            with local_centre.local_centre(options.build, place, source, flags) as centre:
                shutil.copy(centre.session, place / "fresh")
                new, stored = [], []
                for _ in range(options.runs):
                    shutil.copy(place / "fresh", centre.session)
                    new.append(first_byte(centre, place / "target"))
                    stored.append(first_byte(centre, place / "target"))
        for what, took in (("stored keys", stored), ("new keys", new)):
            local_centre.figure("network.first_byte_ms", statistics.median(took), "ms",
                                f"round trip {milliseconds} ms, {what}, median of {options.runs}",
                                digits=1)


if __name__ == "__main__":
    local_centre.run(main)
