#!/usr/bin/env python3
"""Runs a dozen rows of the network matrix over real sockets, and sets each beside its simulation.

usage: socket_rows.py --build FOLDER [--rows WORD ...] [--keep FOLDER]

--rows: only those of the dozen whose name has all the words. --keep: each row's statistics lines
are left there.

For each row a `mtfetch-dc` of its own has the network of the row and serves a file of its size, and
one `mtfetch get --connections 8` fetches that to tmpfs. network.socket_utilisation is the file's
size divided by the time and by the capacity of the row; the time is from when the first
upload.getFile was sent to when the answer with the last part came whole, both as the client's
--stats tells them. That every byte was checked against the server's hashes and lies where it should
is looked at afterwards, by the client's own account and by comparing the files; the hashing and
writing of the last part, some milliseconds, are not in the time. A file that did not arrive whole
and checked ends the program.

network.socket_agreement is that divided by the utilisation of the same row in virtual time, as
`network_figures --ours` says it: 1 is the same, and within 10 % is 0.9 to 1.1. What differs there:
it is the median of three seeds and here one run; its time ends when the last part is stored; its
requests, answers and connections have fixed sizes and delays, here they are real packets, key
exchanges and system calls; its processor takes no time. Resets and the slow connection are here for
the file's data centre alone (--troubled-dc): a client has a main connection too, elsewhere, which
the simulation has not and which would take the fault for itself.
The note ends in the client's and server's seconds of CPU: where they come near the seconds that the
row took times the cores, it is the machine that was measured and not the engine.
"""
import filecmp
import json
import pathlib
import shutil
import subprocess
import sys

import local_centre

ROWS = (
    "5 ms, 1 MB/s a connection, no faults",
    "50 ms, 6 MB/s a connection, no faults",
    "200 ms, 6 MB/s a connection, no faults",
    "50 ms, 100 MB/s for the DC, no faults",
    "50 ms, 1 MB/s a connection, 1 % of answers stall",
    "200 ms, 100 MB/s for the DC, 1 % of answers stall",
    "5 ms, 6 MB/s a connection, a connection is reset every 2 s",
    "200 ms, 1 MB/s a connection, a connection is reset every 2 s",
    "5 ms, 1 MB/s a connection, one connection at 5 %",
    "200 ms, 6 MB/s a connection, one connection at 5 %",
    "50 ms, 1 MB/s a connection, a budget of 40 % in bytes",
    "200 ms, 6 MB/s a connection, a budget of 10 requests/s",
)
DC = 1  # of the first file that mtfetch-dc serves; accounts live in another
WINDOW = 128 << 10


def make_source(path, size):
    """Sparse, but each hash window differs, so that misplaced ones show."""
    with open(path, "wb") as out:
        out.truncate(size)
        for offset in range(0, size - 8, WINDOW):
            out.seek(offset)
            out.write((offset // WINDOW + 1).to_bytes(8, "big"))


def simulated(build, name):
    """The row's size, capacity, flags, and utilisation in virtual time."""
    lines = subprocess.check_output([build / "bench/network_figures", "--ours", name], text=True)
    rows = [json.loads(line) for line in lines.splitlines()]
    found = [row for row in rows if row["row"] == name]
    if len(found) != 1:
        sys.exit(f"the matrix has no row '{name}'")
    return found[0]


def fetch(build, place, row):
    """Fetches the row's file; gives its statistics lines, and the seconds of CPU that it took."""
    (place / "source").mkdir()
    source = place / "source" / "row1.bin"
    make_source(source, row["size"])
    for number in range(2, 7):  # files lie in one data centre after another: the sixth with the first
        (place / "source" / f"row{number}.bin").write_bytes(b"small")
    flags = ("--troubled-dc", str(DC), *row["flags"].split())
    with local_centre.local_centre(build, place, source.parent, flags) as centre:
        # The login is handed on to the file's data centre now: else the connection for that, which
        # stays, would be the slow one.
        centre.run("get", "t.me/files/6", "-o", place / "first", stderr=subprocess.DEVNULL)
        centre.run("get", "t.me/files/1", "-o", place / "target", "--connections", "8", "--stats",
                   place / "stats", "--json")
    if not filecmp.cmp(source, place / "target" / "row1.bin", shallow=False):
        sys.exit(f"{row['row']}: the file is not what was served")
    lines = [json.loads(line) for line in (place / "stats").read_text().splitlines()]
    parts = [line for line in lines if line["event"] == "part"]
    whole = [line for line in lines if line["event"] == "file"]
    if len(whole) != 1 or whole[0]["verified"] != row["size"]:
        sys.exit(f"{row['row']}: not every byte was checked by the server's hashes")
    if any(part["dc"] != DC for part in parts):
        sys.exit(f"{row['row']}: the file does not lie in data centre {DC}")
    return parts, whole[0], centre.cpu


def measure(build, place, name, keep):
    row = simulated(build, name)
    parts, whole, spent = fetch(build, place, row)
    if keep:
        shutil.copy(place / "stats", keep / (name.replace("/", " a ") + ".jsonl"))
    first = min(part["sent_ms"] for part in parts)
    last = max(part["sent_ms"] + part["round_trip_ms"] for part in parts
               if part["end"] == "arrived")
    took = (last - first) / 1000
    utilisation = row["size"] / took / row["capacity"]
    agreement = utilisation / row["utilisation"]
    note = (f"{name} (simulated {row['utilisation']:.3f}; {took:.1f} s, {whole['retries']} asked "
            f"again, {whole['floods']} floods, {whole['hedges']} hedges; client and server "
            f"{spent:.1f} s of CPU)")
    local_centre.figure("network.socket_utilisation", utilisation, "share", note, digits=3)
    local_centre.figure("network.socket_agreement", agreement, "x", note, digits=3)


def main():
    parser = local_centre.arguments()
    parser.add_argument("--rows", nargs="+", default=[])
    parser.add_argument("--keep")
    options = local_centre.parsed(parser)
    keep = pathlib.Path(options.keep).resolve() if options.keep else None
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in ROWS if all(word in name for word in options.rows)]
    if not chosen:
        sys.exit("none of the dozen rows has these words")
    for name in chosen:
        with local_centre.new_folder() as place:
            measure(options.build, place, name, keep)


if __name__ == "__main__":
    local_centre.run(main)
