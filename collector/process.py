"""What a server sets for the whole of its process: signals and garbage collection."""

import asyncio
import gc
import os
import signal


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    return stop


def calm_garbage_collector() -> None:
    """Let it look at what lives now never again, and at the rest less often.

    Spans and runs hold no cycles, but thousands of them live for seconds: with the interpreter's
    thresholds they would be looked through for cycles again and again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
