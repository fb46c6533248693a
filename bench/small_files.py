#!/usr/bin/env python3
"""Downloads many small files from mtfetch-dc on this machine and prints the files.* figures.

usage: small_files.py --build FOLDER [--files N] [--runs N]

Source and target lie on tmpfs (/dev/shm); the client is the built `mtfetch get` with a link for each
file, its start and its look-ups included. Look-ups are counted by the data centre.
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SIZE = 20 << 10
LOOKUPS = ("channels.getMessages", "contacts.resolveUsername", "messages.getMessages")


def run(build, place, count):
    """Seconds that the client took, and the look-ups that it made."""
    server = subprocess.Popen(
        [build / "examples/local-dc/mtfetch-dc", "--serve", place / "source", "--state",
         place / "state", "--network-file", place / "network.json", "--accounts-file",
         place / "accounts"], stdout=subprocess.PIPE, text=True)
    try:
        if not server.stdout.readline():
            sys.exit("mtfetch-dc did not start")
        env = dict(os.environ, MTFETCH_API_ID="1", MTFETCH_API_HASH="0123456789abcdef0123456789abcdef",
                   MTFETCH_NETWORK=str(place / "network.json"),
                   MTFETCH_SESSION=str(place / "session"), MTFETCH_BOT_TOKEN="1000:loopback")
        client = build / "examples/cli/mtfetch"
        subprocess.run([client, "login"], env=env, check=True, stdout=subprocess.DEVNULL)
        links = [f"t.me/files/{number}" for number in range(1, count + 1)]
        begin = time.monotonic()
        done = subprocess.run([client, "get", *links, "-o", place / "target", "--json"], env=env,
                              check=True, stdout=subprocess.PIPE, text=True)
        took = time.monotonic() - begin
    finally:
        server.terminate()
        said = server.stdout.read()
        server.wait()
    whole = [json.loads(line) for line in done.stdout.splitlines()]
    whole = [event for event in whole if event["event"] == "file_done"]
    if len(whole) != count or any(event["verified"] != SIZE for event in whole):
        sys.exit("not every file arrived and was checked")
    for path in (place / "source").iterdir():
        if (place / "target" / path.name).read_bytes() != path.read_bytes():
            sys.exit(f"{path.name} is not what was served")
    calls = dict(re.findall(r"^mtfetch-dc answered ([\w.]+) (\d+) times$", said, re.MULTILINE))
    shutil.rmtree(place / "target")
    return took, sum(int(calls.get(method, 0)) for method in LOOKUPS)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()
    place = pathlib.Path(tempfile.mkdtemp(prefix="mtfetch-bench.", dir="/dev/shm"))
    try:
        (place / "source").mkdir()
        (place / "accounts").write_text("bot 1000:loopback\n")
        content = random.Random(1).randbytes(SIZE - 4)
        for number in range(options.files):
            (place / "source" / f"{number:06}.bin").write_bytes(number.to_bytes(4, "big") + content)
        took, lookups = zip(*(run(build, place, options.files) for _ in range(options.runs)))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    note = f"{options.files} files of 20 KiB, {options.runs} runs, every byte compared"
    for figure, value, unit in (
            ("files.small_per_s", options.files / statistics.median(took), "1/s"),
            ("files.small_lookups", max(lookups), "calls")):
        print(json.dumps({"figure": figure, "value": round(value, 1), "unit": unit, "note": note}),
              flush=True)


if __name__ == "__main__":
    main()
