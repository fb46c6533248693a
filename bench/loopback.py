#!/usr/bin/env python3
"""Downloads a large file from mtfetch-dc on this machine and prints the loopback.* figures.

usage: loopback.py --build FOLDER [--disk] [--gib N] [--runs N]

Source and target lie on tmpfs (/dev/shm), or with --disk the target lies in the build folder. The
client is the built `mtfetch get`; its CPU seconds and peak memory are the operating system's own
account of that process. The median of the runs is given. After each run the client's unavoidable
work is measured alone, each kind of it, into a file of the same size at the same place and pace.
"""
import contextlib
import json
import random
import shutil
import statistics
import subprocess
import sys

import local_centre


def make_source(path, size):
    block = random.Random(1).randbytes(8 << 20)
    with open(path, "wb") as out:
        number = 0
        while out.tell() < size:
            # Each block differs, so that misplaced bytes show.
            out.write(number.to_bytes(8, "big"))
            out.write(block[: min(len(block), size - out.tell())])
            number += 1


def unavoidable_work(build, target, size, rate):
    """Seconds of CPU by kind."""
    target.mkdir()
    with contextlib.ExitStack() as gone:
        gone.callback(shutil.rmtree, target)
        work = local_centre.Process(
            [build / "bench/unavoidable_work", target / "alone", str(size), str(rate)],
            stdout=subprocess.PIPE)
        said = work.stdout.read()
        if work.wait() != 0:
            sys.exit("unavoidable_work failed")
    return json.loads(said)


def main():
    parser = local_centre.arguments(gib=4.0, runs=3)
    parser.add_argument("--disk", action="store_true")
    options = local_centre.parsed(parser)
    size = int(options.gib * (1 << 30))
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(local_centre.new_folder())
        into = stack.enter_context(local_centre.new_folder(options.build)) if options.disk else place
        source, target = place / "source", into / "target"
        source.mkdir()
        make_source(source / "large.bin", size)
        centre = stack.enter_context(local_centre.local_centre(options.build, place, source))
        rates, cpu, peak, hashed, limit = [], [], [], [], []
        # The first run is not counted: a virtual machine takes the memory for it from its host.
        for run in range(options.runs + 1):
            client, events = centre.run("get", "t.me/files/1", "-o", target, "--json")
            shutil.rmtree(target)
            if run == 0:
                continue
            done = [event for event in events if event["event"] == "file_done"]
            rates.append(size / client.wall / 1e6)
            cpu.append(client.cpu / options.gib)
            peak.append(client.peak)
            hashed.append(done[0]["verified"] == size)
            work = unavoidable_work(options.build, target, size, size / client.wall)
            limit.append(sum(work.values()) / cpu[-1])
            print(f"{rates[-1]:.0f} MB/s, {cpu[-1]:.2f} CPU-s/GiB, of which unavoidable "
                  + ", ".join(f"{kind} {spent:.2f}" for kind, spent in work.items()),
                  file=sys.stderr, flush=True)
    note = (f"{options.gib:g} GiB, {options.runs} runs, "
            f"{'every byte' if all(hashed) else 'NOT every byte'} checked by the server's hashes")
    figures = [("loopback.disk_mb_per_s" if options.disk else "loopback.mb_per_s",
                statistics.median(rates), "MB/s")]
    if not options.disk:
        figures += [("loopback.client_cpu_s_per_gib", statistics.median(cpu), "s"),
                    ("loopback.client_peak_mb", max(peak), "MB"),
                    ("loopback.limit_ratio", statistics.median(limit), "x")]
    for name, value, unit in figures:
        local_centre.figure(name, value, unit, note)


if __name__ == "__main__":
    local_centre.run(main)
