#!/usr/bin/env python3
"""Downloads a large file from mtfetch-dc on this machine and prints the loopback.* figures.

usage: loopback.py --build FOLDER [--disk] [--gib N] [--runs N]

Source and target lie on tmpfs (/dev/shm), or with --disk the target lies in the build folder. The
client is the built `mtfetch get`; its CPU seconds and peak memory are the operating system's own
account of that process. The median of the runs is given. After each run the client's unavoidable
work is measured alone, each kind of it, into a file of the same size at the same place and pace.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def make_source(path, size):
    block = random.Random(1).randbytes(8 << 20)
    with open(path, "wb") as out:
        number = 0
        while out.tell() < size:
            # Each block differs, so that misplaced bytes show.
            out.write(number.to_bytes(8, "big"))
            out.write(block[: min(len(block), size - out.tell())])
            number += 1


def run_client(command, env):
    begin = time.monotonic()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    if child.returncode != 0:
        sys.exit(f"the client ended with {child.returncode}: {output.decode(errors='replace')}")
    events = [json.loads(line) for line in output.splitlines()]
    done = [event for event in events if event["event"] == "file_done"]
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, done[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--disk", action="store_true")
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()

    build = pathlib.Path(options.build).resolve()
    size = int(options.gib * (1 << 30))
    memory = tempfile.mkdtemp(prefix="mtfetch-bench.", dir="/dev/shm")
    disk = tempfile.mkdtemp(prefix="loopback.", dir=build) if options.disk else None
    server = None
    try:
        place = pathlib.Path(memory)
        (place / "source").mkdir()
        make_source(place / "source" / "large.bin", size)
        (place / "accounts").write_text("bot 1000:loopback\n")
        server = subprocess.Popen(
            [build / "examples/local-dc/mtfetch-dc", "--serve", place / "source", "--state",
             place / "state", "--network-file", place / "network.json", "--accounts-file",
             place / "accounts"], stdout=subprocess.PIPE)
        if not server.stdout.readline():
            sys.exit("mtfetch-dc did not start")
        env = dict(os.environ, MTFETCH_API_ID="1", MTFETCH_API_HASH="0123456789abcdef0123456789abcdef",
                   MTFETCH_NETWORK=str(place / "network.json"),
                   MTFETCH_SESSION=str(place / "session"), MTFETCH_BOT_TOKEN="1000:loopback")
        client = build / "examples/cli/mtfetch"
        subprocess.run([client, "login"], env=env, check=True, stdout=subprocess.DEVNULL)
        rates, cpu, peak, hashed, limit = [], [], [], [], []
        # The first run is not counted: a virtual machine takes the memory for it from its host.
        for run in range(options.runs + 1):
            target = pathlib.Path(disk or place) / "target"
            shutil.rmtree(target, ignore_errors=True)
            wall, seconds, mib, done = run_client(
                [client, "get", "t.me/files/1", "-o", target, "--json"], env)
            if run == 0:
                continue
            rates.append(size / wall / 1e6)
            cpu.append(seconds / options.gib)
            peak.append(mib)
            hashed.append(done["verified"] == size)
            shutil.rmtree(target)
            target.mkdir()
            work = json.loads(subprocess.check_output(
                [build / "bench/unavoidable_work", target / "alone", str(size),
                 str(size / wall)]))
            shutil.rmtree(target)
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
            print(json.dumps({"figure": name, "value": round(value, 2), "unit": unit,
                              "note": note}), flush=True)
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(memory, ignore_errors=True)
        if disk:
            shutil.rmtree(disk, ignore_errors=True)


if __name__ == "__main__":
    main()
