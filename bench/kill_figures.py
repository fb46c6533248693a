#!/usr/bin/env python3
"""Kills `mtfetch get` of a large file with signal 9 at random moments and prints the kill.* figures.

usage: kill_figures.py --build FOLDER [--runs N] [--gib N] [--seed N] [--at-once N]

Each run has a data centre (mtfetch-dc) and a target folder of its own, on tmpfs (/dev/shm): a
client begins, is killed when it has written a number of bytes drawn between none and all of them,
and a second client goes on. The file is then compared with the source, and what the data centre
served to both, less the file's size, was fetched twice.
"""
import argparse
import concurrent.futures
import filecmp
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

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

    def start_server(self):
        (self.place / "accounts").write_text("bot 1000:kill\n")
        server = subprocess.Popen(
            [self.build / "examples/local-dc/mtfetch-dc", "--serve", self.source.parent, "--state",
             self.place / "state", "--network-file", self.place / "network.json",
             "--accounts-file", self.place / "accounts"], stdout=subprocess.PIPE, text=True)
        if not server.stdout.readline():
            sys.exit("mtfetch-dc did not start")
        return server

    def client(self, *arguments):
        env = dict(os.environ, MTFETCH_API_ID="1",
                   MTFETCH_API_HASH="0123456789abcdef0123456789abcdef",
                   MTFETCH_NETWORK=str(self.place / "network.json"),
                   MTFETCH_SESSION=str(self.place / "session"), MTFETCH_BOT_TOKEN="1000:kill")
        return subprocess.Popen([self.build / "examples/cli/mtfetch", *arguments], env=env,
                                stdout=subprocess.DEVNULL)

    def get(self):
        return self.client("get", "t.me/files/1", "-o", self.place / "out", "--json")

    def kill_one(self):
        """Gives how it went: identical or not, bytes fetched twice, bytes written at the kill."""
        server = self.start_server()
        try:
            if self.client("login").wait() != 0:
                sys.exit("the client cannot log in")
            moment = self.random.randrange(self.size)
            target = self.place / "out" / self.source.name
            first = self.get()
            while (written := bytes_written(first.pid)) is not None and written < moment:
                if first.poll() is not None:
                    break
                time.sleep(0.0005)  # leaves the processor to the download
            first.send_signal(signal.SIGKILL)
            if first.wait() == 0:
                return None  # it was over before it was hit
            if not target.exists() and self.get().wait() != 0:
                return False, 0, moment
            identical = filecmp.cmp(self.source, target, shallow=False)
            left = [each.name for each in target.parent.iterdir()]
            identical = identical and [each for each in left if each.endswith(".part")] == []
        finally:
            server.terminate()
            last_words = server.stdout.read()
            server.wait()
        served = int(last_words.split("served ")[1].split()[0])
        return identical, served - self.size, moment

    def __call__(self):
        while True:
            self.place = pathlib.Path(tempfile.mkdtemp(prefix="mtfetch-kill.", dir="/dev/shm"))
            try:
                ended = self.kill_one()
            finally:
                shutil.rmtree(self.place, ignore_errors=True)
            if ended is not None:
                identical, twice, moment = ended
                print(f"run {self.number}: killed after {moment >> 20} MiB, {twice >> 20} MiB "
                      f"fetched twice, {'identical' if identical else 'NOT IDENTICAL'}",
                      file=sys.stderr, flush=True)
                return ended


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--gib", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    options = parser.parse_args()

    build = pathlib.Path(options.build).resolve()
    size = int(options.gib * (1 << 30)) + 4321
    with tempfile.TemporaryDirectory(prefix="mtfetch-kill.", dir="/dev/shm") as folder:
        source = pathlib.Path(folder) / "large.bin"
        make_source(source, size)
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            runs = [Run(build, source, size, number, options.seed)
                    for number in range(options.runs)]
            ended = list(pool.map(lambda run: run(), runs))
    twice = [fetched / (1 << 20) for _, fetched, _ in ended]
    note = (f"{options.runs} runs of {options.gib:g} GiB, killed after "
            f"{min(moment for *_, moment in ended) >> 20} to "
            f"{max(moment for *_, moment in ended) >> 20} MiB")
    for name, value, unit in [("kill.identical", sum(same for same, *_ in ended), "runs"),
                              ("kill.refetched_mib", statistics.median(twice), "MiB"),
                              ("kill.refetched_most_mib", max(twice), "MiB")]:
        print(json.dumps({"figure": name, "value": round(value, 2), "unit": unit, "note": note}),
              flush=True)


if __name__ == "__main__":
    main()
