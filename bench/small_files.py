#!/usr/bin/env python3
"""Downloads many small files from mtfetch-dc on this machine and prints the files.* figures.

usage: small_files.py --build FOLDER [--files N] [--runs N]

Source and target lie on tmpfs (/dev/shm); the client is the built `mtfetch get` with a link for each
file, its start and its look-ups included. Look-ups are counted by the data centre.
"""
import random
import re
import shutil
import statistics
import sys

import local_centre

SIZE = 20 << 10
LOOKUPS = ("channels.getMessages", "contacts.resolveUsername", "messages.getMessages")


def run(build, place, count):
    """Seconds that the client took, and the look-ups that it made."""
    source, target = place / "source", place / "target"
    with local_centre.local_centre(build, place, source) as centre:
        links = [f"t.me/files/{number}" for number in range(1, count + 1)]
        client, events = centre.run("get", *links, "-o", target, "--json")
    whole = [event for event in events if event["event"] == "file_done"]
    if len(whole) != count or any(event["verified"] != SIZE for event in whole):
        sys.exit("not every file arrived and was checked")
    for path in source.iterdir():
        if (target / path.name).read_bytes() != path.read_bytes():
            sys.exit(f"{path.name} is not what was served")
    calls = dict(re.findall(r"^mtfetch-dc answered ([\w.]+) (\d+) times$", centre.last_words,
                            re.MULTILINE))
    shutil.rmtree(target)
    return client.wall, sum(int(calls.get(method, 0)) for method in LOOKUPS)


def main():
    options = local_centre.parsed(local_centre.arguments(files=10000, runs=3))
    with local_centre.new_folder() as place:
        (place / "source").mkdir()
        content = random.Random(1).randbytes(SIZE - 4)
        for number in range(options.files):
            (place / "source" / f"{number:06}.bin").write_bytes(number.to_bytes(4, "big") + content)
        took, lookups = zip(*(run(options.build, place, options.files)
                              for _ in range(options.runs)))
    note = f"{options.files} files of 20 KiB, {options.runs} runs, every byte compared"
    local_centre.figure("files.small_per_s", options.files / statistics.median(took), "1/s", note,
                        digits=1)
    local_centre.figure("files.small_lookups", max(lookups), "calls", note)


if __name__ == "__main__":
    local_centre.run(main)
