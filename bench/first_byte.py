#!/usr/bin/env python3
"""Prints network.first_byte_ms: from the command to the first byte written, per round trip.

usage: first_byte.py --build FOLDER [--runs N]

The client is the built `mtfetch get`, a new process each time, against mtfetch-dc with a simulated
round trip; "new keys" is a session that knows its login and has to make a key for the file's data
centre, "stored keys" one that has it. The file's .part is looked at until it holds a byte.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def first_byte(client, env, target):
    """Milliseconds."""
    shutil.rmtree(target, ignore_errors=True)
    begin = time.monotonic()
    child = subprocess.Popen([client, "get", "t.me/files/1", "-o", target, "--json"], env=env,
                             stdout=subprocess.DEVNULL)
    names = (target / "file.bin.part", target / "file.bin")
    while child.poll() is None:
        if any(name.exists() and name.stat().st_size > 0 for name in names):
            break
        time.sleep(0.0005)
    took = time.monotonic() - begin
    if child.wait() != 0:
        sys.exit("the client failed")
    return 1000 * took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    client = build / "examples/cli/mtfetch"
    for milliseconds in (5, 50, 200):
        place = pathlib.Path(tempfile.mkdtemp(prefix="mtfetch-bench.", dir="/dev/shm"))
        server = None
        try:
            (place / "source").mkdir()
            (place / "source/file.bin").write_bytes(bytes(1 << 20))
            (place / "accounts").write_text("bot 1000:loopback\n")
            server = subprocess.Popen(
                [build / "examples/local-dc/mtfetch-dc", "--serve", place / "source", "--state",
                 place / "state", "--network-file", place / "network.json", "--accounts-file",
                 place / "accounts", "--round-trip", f"{milliseconds}ms"], stdout=subprocess.PIPE)
            if not server.stdout.readline():
                sys.exit("mtfetch-dc did not start")
            env = dict(os.environ, MTFETCH_API_ID="1",
                       MTFETCH_API_HASH="0123456789abcdef0123456789abcdef",
                       MTFETCH_NETWORK=str(place / "network.json"),
                       MTFETCH_SESSION=str(place / "session"), MTFETCH_BOT_TOKEN="1000:loopback")
            subprocess.run([client, "login"], env=env, check=True, stdout=subprocess.DEVNULL)
            shutil.copy(place / "session", place / "fresh")
            new, stored = [], []
            for _ in range(options.runs):
                shutil.copy(place / "fresh", place / "session")
                new.append(first_byte(client, env, place / "target"))
                stored.append(first_byte(client, env, place / "target"))
        finally:
            if server:
                server.terminate()
                server.wait()
            shutil.rmtree(place, ignore_errors=True)
        for what, took in (("stored keys", stored), ("new keys", new)):
            print(json.dumps({"figure": "network.first_byte_ms",
                              "value": round(statistics.median(took), 1), "unit": "ms",
                              "note": f"round trip {milliseconds} ms, {what}, median of "
                                      f"{options.runs}"}), flush=True)


if __name__ == "__main__":
    main()
