#!/usr/bin/env python3
"""Kills `mtfetch get` of a large file with signal 9 at random moments and prints the kill.* figures.

usage: kill_figures.py --build FOLDER [--runs N] [--gib N] [--seed N] [--at-once N]

Each run has a data centre (mtfetch-dc) and a target folder of its own, on tmpfs (/dev/shm): a
client begins, is killed when it has written a number of bytes drawn between none and all of them,
and a second client goes on. The file is then compared with the source, and what the data centre
served to both, less the file's size, was fetched twice.
"""
import concurrent.futures
import filecmp
import random
import signal
import statistics
import sys
import time

import local_centre

WINDOW = 128 << 10


def make_source(path, size):
    """Sparse, so that it costs little; each window has bytes of its own."""
    with open(path, "wb") as out:
        for at in range(0, size, WINDOW):
            out.seek(at + at // 131 % 4096)
            out.write(b"window at %d" % at)
        out.truncate(size)


def bytes_written(pid):
    """What the process has written so far, files and all; None once it is over."""
    try:
        with open(f"/proc/{pid}/io") as counts:
            return int(dict(line.split(": ") for line in counts.read().splitlines())["wchar"])
    except (OSError, KeyError):
        return None


class Run:
    def __init__(self, build, source, size, number, seed):
        self.build, self.source, self.size = build, source, size
        self.number = number
        self.random = random.Random(f"{seed} {number}")

    def kill_one(self, place):
        """Gives how it went: identical or not, bytes fetched twice, bytes written at the kill."""
        get = ("get", "t.me/files/1", "-o", place / "out", "--json")
        with local_centre.local_centre(self.build, place, self.source.parent) as centre:
            moment = self.random.randrange(self.size)
            target = place / "out" / self.source.name
            first = centre.start(*get)
            while (written := bytes_written(first.pid)) is not None and written < moment:
                if first.over():
                    break
                time.sleep(0.0005)  # leaves the processor to the download
            first.send(signal.SIGKILL)
            if first.wait() == 0:
                return None  # it was over before it was hit
            if not target.exists() and centre.start(*get).wait() != 0:
                return False, 0, moment
            identical = filecmp.cmp(self.source, target, shallow=False)
            left = [each.name for each in target.parent.iterdir()]
            identical = identical and [each for each in left if each.endswith(".part")] == []
        served = int(centre.last_words.split("served ")[1].split()[0])
        return identical, served - self.size, moment

    def __call__(self):
        while True:
            with local_centre.new_folder() as place:
                ended = self.kill_one(place)
            if ended is not None:
                identical, twice, moment = ended
                print(f"run {self.number}: killed after {moment >> 20} MiB, {twice >> 20} MiB "
                      f"fetched twice, {'identical' if identical else 'NOT IDENTICAL'}",
                      file=sys.stderr, flush=True)
                return ended


def main():
    options = local_centre.parsed(local_centre.arguments(runs=200, gib=1.0, seed=1, at_once=1))
    size = int(options.gib * (1 << 30)) + 4321
    with local_centre.new_folder() as folder:
        source = folder / "large.bin"
        make_source(source, size)
        runs = [Run(options.build, source, size, number, options.seed)
                for number in range(options.runs)]
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            try:
                ended = list(pool.map(lambda run: run(), runs))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                local_centre.end_all()  # what the pool's threads wait for
                raise
    twice = [fetched / (1 << 20) for _, fetched, _ in ended]
    note = (f"{options.runs} runs of {options.gib:g} GiB, killed after "
            f"{min(moment for *_, moment in ended) >> 20} to "
            f"{max(moment for *_, moment in ended) >> 20} MiB")
    for name, value, unit in [("kill.identical", sum(same for same, *_ in ended), "runs"),
                              ("kill.refetched_mib", statistics.median(twice), "MiB"),
                              ("kill.refetched_most_mib", max(twice), "MiB")]:
        local_centre.figure(name, value, unit, note)


if __name__ == "__main__":
    local_centre.run(main)
