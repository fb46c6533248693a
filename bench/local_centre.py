"""A data centre (mtfetch-dc) on this machine and clients of it, for the programs that print figures.

Whatever ends such a program, an error, Ctrl-C, SIGTERM and SIGHUP included, none of the processes
and folders that it made is left.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

TOKEN = "1000:loopback"
_lock = threading.RLock()  # a signal may come while the main thread holds it
_running = set()
_stopping = False


class Process:
    """A running command. The operating system's own account of it is there when it is over."""

    def __init__(self, command, **how):
        with _lock:
            if _stopping:
                sys.exit("stopped")
            self._begun = time.monotonic()
            self._child = subprocess.Popen(command, **how)
            _running.add(self)
        self.pid, self.stdout = self._child.pid, self._child.stdout
        self.code = None  # when it is over, with the next three:
        self.wall = None  # seconds
        self.cpu = None  # seconds
        self.peak = None  # the most memory, MiB

    def over(self):
        """Whether it has ended, at once."""
        return self._reap(os.WNOHANG)

    def wait(self):
        """Gives its exit code, minus the number of the signal that ended it."""
        self._reap(0)
        if _stopping:
            sys.exit("stopped")  # its end says nothing of the client
        return self.code

    def send(self, number):
        with _lock:  # as long as it was not waited for, the number is still its own
            if self.code is None:
                os.kill(self.pid, number)

    def end(self, number=signal.SIGKILL):
        self.send(number)
        self._reap(0)

    def _reap(self, options):
        if self.code is None:
            # It stays to be waited for, so that only one thread does so, under the lock.
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | options) is None:
                return False
            with _lock:
                if self.code is None:
                    _, status, usage = os.wait4(self.pid, 0)
                    self.wall = time.monotonic() - self._begun
                    self.cpu = usage.ru_utime + usage.ru_stime
                    self.peak = usage.ru_maxrss / 1024
                    self.code = self._child.returncode = os.waitstatus_to_exitcode(status)
                    _running.discard(self)
        return True


def end_all():
    """Ends every process that was started here; none can be started after it."""
    global _stopping
    _stopping = True
    with _lock:
        for each in list(_running):
            each.end()


def run(main):
    """Runs the program; what stops it ends all that it started."""
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number, _):
        for each in stops:  # what is left to do is not cut short
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for each in stops:
        signal.signal(each, stop)
    try:
        main()
    finally:
        end_all()


def arguments(**defaults):
    """The program's options: --build, and one for each default, of its type."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    for name, default in defaults.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    return parser


def parsed(parser):
    options = parser.parse_args()
    options.build = pathlib.Path(options.build).resolve()
    return options


@contextlib.contextmanager
def new_folder(parent="/dev/shm"):
    """A folder with a name of its own, on tmpfs unless told otherwise."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="mtfetch-bench.", dir=parent))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


class Centre:
    """A running mtfetch-dc and the client folder of a bot that is signed in there."""

    def __init__(self, build, place):
        self._client = build / "examples/cli/mtfetch"
        self.session = place / "session"
        self._env = dict(os.environ, MTFETCH_API_ID="1",
                         MTFETCH_API_HASH="0123456789abcdef0123456789abcdef",
                         MTFETCH_NETWORK=str(place / "network.json"),
                         MTFETCH_SESSION=str(self.session), MTFETCH_BOT_TOKEN=TOKEN)
        self.processes = []  # the data centre, then its clients
        self.last_words = ""  # what the data centre said when it was stopped

    @property
    def cpu(self):
        """Seconds, of the data centre and its clients; once it is stopped."""
        return sum(each.cpu for each in self.processes)

    def start(self, *command, **how):
        """A client that runs; what it prints is not kept, unless `how` says so."""
        how.setdefault("stdout", subprocess.DEVNULL)
        self.processes.append(Process([self._client, *command], env=self._env, **how))
        return self.processes[-1]

    def run(self, *command, **how):
        """A client to its end, which must be a good one: its process, and the events it printed."""
        client = self.start(*command, stdout=subprocess.PIPE, **how)
        output = client.stdout.read().decode(errors="replace")
        if client.wait() != 0:
            sys.exit(f"the client ended with {client.code}: {output}")
        return client, [json.loads(line) for line in output.splitlines() if line[:1] == "{"]


@contextlib.contextmanager
def local_centre(build, place, source, flags=()):
    """A Centre that serves the folder `source` and keeps its own things in `place`."""
    (place / "accounts").write_text(f"bot {TOKEN}\n")
    centre = Centre(build, place)
    server = Process([build / "examples/local-dc/mtfetch-dc", "--serve", source, "--state",
                      place / "state", "--network-file", place / "network.json", "--accounts-file",
                      place / "accounts", *flags], stdout=subprocess.PIPE, text=True)
    centre.processes.append(server)
    try:
        if not server.stdout.readline():
            sys.exit("mtfetch-dc did not start")
        centre.run("login")
        yield centre
    finally:
        for client in centre.processes[1:]:
            client.end()
        server.send(signal.SIGTERM)
        centre.last_words = server.stdout.read()
        server.end(signal.SIGTERM)


def figure(name, value, unit, note, digits=2):
    print(json.dumps({"figure": name, "value": round(value, digits), "unit": unit, "note": note}),
          flush=True)
