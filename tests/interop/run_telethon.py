# SPDX-License-Identifier: BSL-1.0
"""Makes a virtual environment with one version of Telethon, starts mtfetch-dc on a folder of its
own, and runs telethon_client.py against it. Exit code 77: skipped, and why is said."""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOKEN = "123456:interop-test-token"
SKIPPED = 77


def skip(reason):
    print("SKIP: " + reason)
    sys.exit(1 if os.environ.get("MTFETCH_REQUIRE_INTEROP") == "1" else SKIPPED)


def usable_python():
    """A Python that can make virtual environments; some systems package that apart."""
    for python in (sys.executable, shutil.which("python3"), "/usr/bin/python3"):
        if python and subprocess.run([python, "-c", "import venv, ensurepip"],
                                     capture_output=True).returncode == 0:
            return python
    skip("no python3 here can make a virtual environment (apt-get install python3-venv)")


def environment_with(version, work):
    """The interpreter of an environment that has this Telethon; made once, kept in the build tree."""
    home = work / "venv"
    python = home / "bin" / "python"
    asked = [python, "-c", "import telethon; print(telethon.__version__)"]
    if python.exists():
        found = subprocess.run(asked, capture_output=True, text=True)
        if found.returncode == 0 and found.stdout.strip() == version:
            return python
    shutil.rmtree(home, ignore_errors=True)
    made = subprocess.run([usable_python(), "-m", "venv", str(home)], capture_output=True, text=True)
    if made.returncode != 0:
        skip("cannot make a virtual environment: " + made.stdout.strip() + made.stderr.strip())
    pip = subprocess.run([python, "-m", "pip", "install", "--quiet",
                          "--disable-pip-version-check", "telethon==" + version],
                         capture_output=True, text=True)
    if pip.returncode != 0:
        skip("pip cannot install telethon==" + version + ": " + pip.stderr.strip()[-300:])
    return python


def make_files(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    noise = random.Random(20240611)
    (folder / "a-note.txt").write_bytes(b"A short file.\n")
    for name, size in (("b-part.bin", 700_001), ("c-parts.bin", 3 * 1024 * 1024 + 17),
                       ("d-large.bin", 12 * 1024 * 1024 + 1)):
        (folder / name).write_bytes(noise.randbytes(size))


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--version", required=True)
    parse.add_argument("--dc", required=True)
    parse.add_argument("--work", required=True, type=pathlib.Path)
    given = parse.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    python = environment_with(given.version, given.work)
    served = given.work / "served"
    make_files(served)
    network = given.work / "network.json"
    network.unlink(missing_ok=True)
    centre = subprocess.Popen(
        [given.dc, "--serve", served, "--network-file", network, "--bot", TOKEN,
         "--user", "+15550001234:24680:secret words:Ada"],
        stdout=subprocess.PIPE, text=True)
    try:
        print(centre.stdout.readline().strip())  # it is ready
        done = subprocess.run([python, HERE / "telethon_client.py", "--network", network,
                               "--served", served, "--token", TOKEN], timeout=180)
    finally:
        centre.terminate()
        ended = centre.wait(timeout=10)
    if ended != 0:
        print("mtfetch-dc ended with", ended)
    sys.exit(done.returncode or ended)


if __name__ == "__main__":
    main()
