"""A proxy under test: a command that is started, becomes ready, and is stopped again."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self

from benchmarks.drive import BenchmarkError

READY_SECONDS = 30.0
SETTLE_SECONDS = 0.3
STOP_SECONDS = 40.0
POLL_SECONDS = 0.02


class Proxy:
    """A proxy command, running and ready inside the context, ended by SIGTERM after it."""

    def __init__(self, command: Sequence[str], *, upstream: str, pin: str | None = None) -> None:
        if shutil.which(command[0]) is None:
            raise BenchmarkError(f"there is no command {command[0]}")
        self._command = [*(["taskset", "-c", pin] if pin is not None else []), *command]
        self.port = _free_port()
        self._environment = {
            **os.environ,
            "HTTP_PORT": str(self.port),
            "LANGSMITH_ENDPOINT": upstream,
            "LANGSMITH_API_KEY": "bench",
            "LANGSMITH_PROJECT": "bench",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the command and wait until ``/ready`` says 200."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it, by force after 40 s."""
        self._stop()

    @property
    def pid(self) -> int:
        """The process id of the command itself."""
        return self._running().pid

    def alive(self) -> bool:
        """Tell whether the command still runs."""
        return self._running().poll() is None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the proxy runs only inside its context")
        return self._process

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not _says_ready(self.port):
            if not self.alive():
                code = self._running().returncode
                raise BenchmarkError(f"the proxy ended with code {code} instead of starting")
            if time.monotonic() > deadline:
                raise BenchmarkError(f"the proxy was not ready within {READY_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
        time.sleep(SETTLE_SECONDS)  # the last of its start-up is not the load's cost

    def _stop(self) -> None:
        process = self._running()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _says_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
