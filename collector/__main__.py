"""The command line: arguments and environment in, exit code out."""

import argparse
import asyncio
import errno
import os
import socket
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from collector import __version__, logs
from collector.clock import SystemClock
from collector.commands.check import check
from collector.commands.plugins import load_translators
from collector.commands.translate import translate
from collector.config import Parser, Settings, SettingsError, flags, resolve
from collector.errors import JournalInUse, Refused

_COMMANDS = {
    "serve": "run the proxy; the default",
    "dev": "run the proxy and a local LangSmith in one process, no account needed",
    "sandbox": "run only the local LangSmith",
    "check": "say what would run, and try the upstream",
    "translate": "show the runs that an OTLP file becomes, as JSON lines",
    "dead-letters": "list, show, retry or drop what upstream refused",
}
# They are for one's own machine; serve is for everybody who can reach it.
_LOCAL = {"http_host": "127.0.0.1"}
_CANNOT_LISTEN = frozenset((errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* names, ``sys.argv`` for None, and return the exit code.

    Returns:
        0 when all went well, 1 for trouble on the way, 2 for bad settings or usage, and for
        ``check`` when it found a problem.
    """
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except SettingsError as exc:
        _complain("cannot start:", *(f"  - {problem}" for problem in exc.problems))
        return 2
    except BrokenPipeError:
        # The reader, such as head, has seen enough; the interpreter would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(argv: list[str]) -> int:
    command = argv.pop(0) if argv and not argv[0].startswith("-") else "serve"
    if command not in _COMMANDS:
        close = get_close_matches(command, _COMMANDS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(_COMMANDS)}"
        raise SettingsError([f"unknown command {command!r}, {hint}"])
    if command == "dead-letters":
        return _dead_letters(argv)
    options, unknown = _parser(command).parse_known_args(argv)
    defaults = _LOCAL if command in ("dev", "sandbox") else None
    settings = resolve(options, unknown, defaults=defaults)
    if command == "check":
        return _check(settings)
    if command == "translate":
        return _translate(settings, options.file, options.explain)
    return _serve(command, settings, demo=command == "dev" and options.demo)


def _parser(command: str) -> Parser:
    about = [f"  {name:<14}{text}" for name, text in _COMMANDS.items()]
    operand = " FILE" if command == "translate" else ""
    parser = Parser(
        usage=f"collector-proxy {command}{operand} [flags]",
        description="\n".join([_COMMANDS[command], "", "commands:", *about]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[flags()],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"collector-proxy {__version__}")
    if command == "dev":
        parser.add_argument("--demo", action="store_true", help="send the trace of a sample agent")
    if command == "translate":
        parser.add_argument("file", metavar="FILE", help="OTLP request, binary or JSON; - is stdin")
        parser.add_argument(
            "--explain", action="store_true", help="tell which dialect set each field, from what"
        )
    return parser


def _check(settings: Settings) -> int:
    report = check(settings)
    print("\n".join(report.lines))
    for problem in report.problems:
        print(f"PROBLEM: {problem}")
    return 2 if report.problems else 0


def _translate(settings: Settings, file: str, explain: bool) -> int:
    translators = load_translators(settings)
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        translation = translate(body, settings, translators, explain=explain)
    except OSError as exc:
        raise SettingsError([f"{file}: cannot be read: {exc.strerror}"]) from None
    except Refused as exc:
        _complain(f"{file} is no OTLP request: {exc.reason}")
        return 1
    for line in translation.lines:
        print(line.decode())
    sys.stdout.flush()
    for remark in translation.remarks:
        print(remark, file=sys.stderr)
    return 0


def _dead_letters(argv: list[str]) -> int:
    # It uploads; the other commands that only answer work where no HTTP client can be imported.
    from collector.commands.dead_letters import dead_letters

    return dead_letters(argv, partial(print, flush=True), SystemClock())


def _serve(command: str, settings: Settings, *, demo: bool) -> int:
    # Commands that only answer need no server, and work where one cannot be imported.
    from collector import dev, service

    load_translators(settings)
    logs.configure(settings.log_level, settings.log_format, sys.stderr)
    tell = partial(print, flush=True)
    try:
        if command == "serve":
            asyncio.run(service.serve(settings))
        elif command == "dev":
            asyncio.run(dev.dev(settings, demo, tell))
        else:
            asyncio.run(dev.sandbox(settings, tell))
    except (OSError, JournalInUse, ExceptionGroup) as exc:
        failure = _why_not_started(exc)
        if failure is None:
            raise
        _complain(failure)
        return 1
    return 0


def _why_not_started(error: Exception) -> str | None:
    """Return what to say of a port or a journal that others have, out of a task group, too.

    None stands for trouble that nobody foresaw, of which the traceback is wanted.
    """
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, JournalInUse):
        return f"cannot start: {error}"
    if isinstance(error, socket.gaierror):
        return f"cannot listen: {error}"
    if isinstance(error, OSError) and error.errno in _CANNOT_LISTEN:
        return f"cannot listen: {error}"
    return None


def _complain(*lines: str) -> None:
    print("collector-proxy:", "\n".join(lines), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
