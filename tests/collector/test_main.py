"""The command line as a person meets it: what is printed, and the exit code."""

import errno
import io
import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
import structlog

from collector import __main__ as command_line
from collector import __version__, dev, service
from collector.__main__ import main
from collector.commands.check import Report
from collector.config import Settings
from collector.errors import JournalInUse

SPAN = {"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "a", "name": "chat"}
REQUEST = orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [SPAN]}]}]})


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name.upper().replace("LANGSMITH", "LANGCHAIN"), raising=False)


class Services:
    """Stands in for the servers: keeps what was to run, and raises what it is told."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Settings, bool]] = []
        self.failure: Exception | None = None

    async def serve(self, settings: Settings) -> None:
        self._run("serve", settings)

    async def dev(self, settings: Settings, demo: bool, tell: Callable[[str], None]) -> None:
        tell("how to use it")
        self._run("dev", settings, demo)

    async def sandbox(self, settings: Settings, tell: Callable[[str], None]) -> None:
        tell("how to read it")
        self._run("sandbox", settings)

    def _run(self, name: str, settings: Settings, demo: bool = False) -> None:
        self.ran.append((name, settings, demo))
        structlog.get_logger("services").info("running")
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    fake = Services()
    monkeypatch.setattr(service, "serve", fake.serve)
    monkeypatch.setattr(dev, "dev", fake.dev)
    monkeypatch.setattr(dev, "sandbox", fake.sandbox)
    root = logging.getLogger()
    access = logging.getLogger("aiohttp.access")
    handlers, level, access_level = root.handlers[:], root.level, access.level
    yield fake
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    access.setLevel(access_level)


@pytest.mark.parametrize("argv", [[], ["serve"]])
def test_serve_is_the_default_and_listens_on_all_interfaces(
    services: Services, argv: list[str]
) -> None:
    assert main(argv) == 0
    assert services.ran == [("serve", Settings(), False)]


def test_flags_alone_belong_to_serve(services: Services) -> None:
    assert main(["--http-port", "0"]) == 0
    assert services.ran == [("serve", Settings(http_port=0), False)]


def test_settings_come_from_the_environment(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATCH_SIZE", "7")

    assert main(["serve"]) == 0
    assert services.ran[0][1].batch_size == 7


def test_without_arguments_those_of_the_process_count(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["collector-proxy", "sandbox"])

    assert main() == 0
    assert services.ran[0][0] == "sandbox"


@pytest.mark.parametrize("command", ["dev", "sandbox"])
def test_dev_and_sandbox_listen_on_this_machine_only(
    services: Services, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command]) == 0
    assert services.ran == [(command, Settings(http_host="127.0.0.1"), False)]
    assert capsys.readouterr().out.startswith("how to ")


def test_dev_listens_where_it_is_told(services: Services) -> None:
    main(["dev", "--http-host", "0.0.0.0"])

    assert services.ran[0][1].http_host == "0.0.0.0"


def test_dev_sends_a_demo_when_asked(services: Services) -> None:
    main(["dev", "--demo"])

    assert services.ran[0][2] is True


def test_the_service_logs_json_to_stderr(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["serve"])

    assert orjson.loads(capsys.readouterr().err)["event"] == "running"


@pytest.mark.parametrize(
    "failure",
    [OSError(errno.EADDRINUSE, "address already in use"), socket.gaierror(-2, "name not known")],
)
def test_a_port_that_cannot_be_had_is_told_in_one_line(
    services: Services, failure: OSError, capsys: pytest.CaptureFixture[str]
) -> None:
    services.failure = failure

    assert main(["serve"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"collector-proxy: cannot listen: {failure}"


def test_a_port_that_a_task_could_not_have_is_told_the_same_way(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = OSError(errno.EADDRINUSE, "address already in use")
    services.failure = ExceptionGroup("tasks", [inner])

    assert main(["dev"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"collector-proxy: cannot listen: {inner}"


@pytest.mark.parametrize("command", ["serve", "dev"])
def test_a_journal_that_another_process_has_is_told_in_one_line(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str], services: Services
) -> None:
    inner = JournalInUse(f"another process uses {tmp_path}")
    services.failure = inner if command == "serve" else ExceptionGroup("tasks", [inner])

    assert main([command]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"collector-proxy: cannot start: another process uses {tmp_path}"
    )


def test_other_trouble_keeps_its_trace(services: Services) -> None:
    services.failure = OSError(errno.ENOSPC, "no space left")

    with pytest.raises(OSError, match="no space left"):
        main(["serve"])


def test_all_that_is_wrong_is_listed_and_the_exit_code_is_2(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATCH_SIZE", "lots")
    monkeypatch.setenv("TRANSLATORS", "acme")

    assert main(["serve", "--http-prot", "1"]) == 2
    assert services.ran == []
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == [
        "collector-proxy: cannot start:",
        "  - unknown flag --http-prot, did you mean --http-port?",
        "  - BATCH_SIZE: must be a whole number, got 'lots'",
    ]
    assert lines[3].startswith("  - TRANSLATORS: names acme; there are builtin, langsmith, ")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("sevre", "did you mean serve?"),
        ("7", "there are serve, dev, sandbox, check, translate, dead-letters"),
    ],
)
def test_an_unknown_command_is_refused(
    command: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command]) == 2
    assert capsys.readouterr().err.splitlines()[1] == f"  - unknown command '{command}', {hint}"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])

    assert end.value.code == 0
    assert capsys.readouterr().out == f"collector-proxy {__version__}\n"


@pytest.mark.parametrize("argv", [["--help"], ["serve", "-h"], ["translate", "--help"]])
def test_the_help_names_every_command_and_setting(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(argv)

    text = capsys.readouterr().out
    assert end.value.code == 0
    for command in ("serve", "dev", "sandbox", "check", "translate", "dead-letters"):
        assert f"  {command} " in text
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in text or name.upper() in text


@pytest.mark.parametrize(("problems", "code"), [([], 0), (["no connection"], 2)])
def test_check_prints_its_report_and_ends_by_it(
    problems: list[str],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command_line, "check", lambda settings: Report(["listens on x"], problems))

    assert main(["check"]) == code
    assert capsys.readouterr().out.splitlines() == [
        "listens on x",
        *(f"PROBLEM: {problem}" for problem in problems),
    ]


def test_translate_prints_runs_as_lines_and_remarks_beside_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "request.json"
    file.write_bytes(b"[" + REQUEST + b"," + REQUEST.replace(b"000a", b"00") + b"]")

    assert main(["translate", str(file)]) == 0
    told = capsys.readouterr()
    assert orjson.loads(told.out)["name"] == "chat"
    assert told.err == "1 spans rejected, span_id\n"


def test_translate_reads_standard_input_and_explains(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(REQUEST)))

    assert main(["translate", "--explain", "-"]) == 0
    assert "fields" in orjson.loads(capsys.readouterr().out)["explain"]


def test_translate_of_a_missing_file_is_a_usage_problem(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["translate", "absent.json"]) == 2
    assert "  - absent.json: cannot be read: No such file or directory" in capsys.readouterr().err


def test_translate_without_a_file_is_a_usage_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate"]) == 2
    assert "required: FILE" in capsys.readouterr().err


def test_translate_of_something_else_fails_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.json"
    file.write_text("{")

    assert main(["translate", str(file)]) == 1
    assert "page.json is no OTLP request: the body is not JSON" in capsys.readouterr().err


def test_dead_letters_are_printed_and_the_exit_code_is_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trace_1.000000_01234567.json").write_text("{")
    where = ["--dead-letter-dir", str(tmp_path)]

    assert main(["dead-letters", *where]) == 0
    assert capsys.readouterr().out.startswith("1.000000_01234567  ")
    assert main(["dead-letters", "show", "01234567", *where]) == 1
    assert capsys.readouterr().out == "1.000000_01234567  is not JSON, or not whole\n"


def test_a_reader_that_has_seen_enough_gets_no_complaint(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_bytes(b"\n".join(REQUEST.replace(b"000a", b"%04x" % n) for n in range(1, 2000)))
    with subprocess.Popen(
        [sys.executable, "-m", "collector", "translate", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()

        assert process.stderr.read() == b""
        assert process.wait() == 1
