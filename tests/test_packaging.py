"""The wheel, and the image's install steps without an engine: the Dockerfile's own commands."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from collector import __version__
from collector.config import Settings
from tests.fakes import PATIENCE
from tests.readme import between

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[1]
Step = tuple[str, str]


def dockerfile() -> list[list[Step]]:
    """Return the stages of the Dockerfile as lists of (instruction, arguments)."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", "")
    stages: list[list[Step]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, arguments = line.partition(" ")
        if instruction == "FROM":
            stages.append([])
        stages[-1].append((instruction, arguments.strip()))
    return stages


BUILD, IMAGE = dockerfile()


def only(instruction: str) -> str:
    (arguments,) = [text for name, text in IMAGE if name == instruction]
    return arguments


class Installed:
    """The result of the Dockerfile's first stage, below *root* instead of ``/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        known = {name.upper() for name in Settings.model_fields}
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if name not in known and not name.startswith(("PYTHON", "VIRTUAL_ENV", "LANGCHAIN_"))
        }

    def build(self) -> None:
        """Do what the first stage does."""
        for instruction, arguments in BUILD:
            if instruction == "COPY":
                *sources, target = arguments.split()
                self._copy(sources, self.root / "src" / target)
            elif instruction == "RUN":
                self._run(self.below_root(arguments), Path(sys.executable).parent)

    def run(self, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run *command* as the image would; its programs come from the venv only."""
        return self._run(command, self.root / "opt/collector-proxy/bin", **environ)

    def below_root(self, command: str) -> str:
        """Return *command* with the image's folders moved below the root."""
        for folder in ("/opt/", "/dist", "/src"):
            command = f" {command}".replace(f" {folder}", f" {self.root}{folder}")
        return command

    def _run(self, command: str, path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=self.root,
            env={**self.environ, **environ, "PATH": f"{path}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )

    def _copy(self, sources: list[str], target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for source in sources:
            if (ROOT / source).is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, target, ignore=ignore, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, target)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    installed = Installed(tmp_path_factory.mktemp("image"))
    try:
        installed.build()
    except subprocess.CalledProcessError as exc:
        pytest.fail(f"{exc.cmd[-1]}\n{exc.stdout}\n{exc.stderr}")
    return installed


@pytest.fixture
def upstream() -> Iterator[str]:
    """Return the address of something that answers as LangSmith's ``/info`` does."""

    class Info(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"version":"0.12.3"}')

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Info) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_wheel_holds_the_two_packages_and_nothing_else(installed: Installed) -> None:
    (wheel,) = (installed.root / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    top = {name.partition("/")[0] for name in names}
    assert top == {"collector", "translators", f"collector_proxy-{__version__}.dist-info"}
    assert {Path(name).suffix for name in names if ".dist-info/" not in name} == {".py"}


def test_the_import_name_is_ours_alone(installed: Installed) -> None:
    owners = installed.run(
        "python -c 'import json, importlib.metadata as m;"
        ' print(json.dumps(m.packages_distributions()["translators"]))\''
    )

    assert set(json.loads(owners.stdout)) == {"collector-proxy"}


def test_the_image_has_neither_pip_nor_the_tools_of_the_tests(installed: Installed) -> None:
    venv = installed.root / "opt/collector-proxy"
    names = {path.name for path in venv.rglob("site-packages/*")}

    assert "aiohttp" in names
    assert not names & {"pip", "setuptools", "pytest", "langsmith", "hatchling"}


def test_the_command_tells_its_version(installed: Installed) -> None:
    assert installed.run("collector-proxy --version").stdout == f"collector-proxy {__version__}\n"


def test_check_finds_nothing_wrong(installed: Installed, upstream: str) -> None:
    report = installed.run("collector-proxy check", LANGSMITH_ENDPOINT=upstream)

    assert f"{upstream}/info answers, version 0.12.3" in report.stdout
    assert "PROBLEM" not in report.stdout


def test_a_dialect_from_another_package_overrules_one_that_is_built_in(
    installed: Installed, tmp_path: Path
) -> None:
    code = between("override").removeprefix("```python\n").removesuffix("```")
    (tmp_path / "agent_names.py").write_text(code)
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "agent-names"\nversion = "1"\n'
        '[project.entry-points."collector_proxy.translators"]\n'
        'agent_names = "agent_names:AgentNames"\n'
        '[tool.hatch.build.targets.wheel]\ninclude = ["agent_names.py"]\n'
    )
    (folder,) = (installed.root / "opt/collector-proxy/lib").glob("python*/site-packages")
    options = ["--quiet", "--no-deps", "--no-compile", f"--target={folder}"]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, tmp_path], check=True)
    keys = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk", "team": "sales"}
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "invoke_agent clerk",
        "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in keys.items()],
    }
    request = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    (tmp_path / "request.json").write_text(json.dumps(request))

    told = installed.run(
        f"collector-proxy translate {tmp_path}/request.json --explain",
        TRANSLATORS="agent_names,builtin",
    )

    run = json.loads(told.stdout)
    assert (run["name"], run["run_type"]) == ("sales: clerk", "chain")
    fields = run["explain"]["fields"]
    assert fields["name"] == {
        "dialect": "agent_names",
        "from": ["gen_ai.agent.name", "team"],
    }
    assert fields["run_type"]["dialect"] == "genai"


def test_the_entry_point_becomes_healthy_and_ends_on_sigterm(
    installed: Installed, upstream: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    bin_folder = installed.root / "opt/collector-proxy/bin"
    (entry,) = json.loads(only("ENTRYPOINT"))
    program, *arguments = json.loads(only("HEALTHCHECK").partition(" CMD ")[2])
    health = shlex.join([program, *arguments])
    settings = {
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": port,
        "LANGSMITH_ENDPOINT": upstream,
        "LAME_DUCK_SECONDS": "0",
    }

    with subprocess.Popen(
        [bin_folder / entry],
        env={**installed.environ, **settings},
        cwd=installed.root,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            assert json.loads(process.stderr.readline())["event"] == "listening"
            installed.run(health, HTTP_PORT=port)
        finally:
            process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=PATIENCE)

    assert code == 0
    with pytest.raises(subprocess.CalledProcessError):
        installed.run(health, HTTP_PORT=port)


def test_the_image_is_slim_not_root_and_says_its_port() -> None:
    assert only("FROM").endswith("-slim")
    assert only("USER") not in ("", "0", "root")
    assert only("EXPOSE") == "4318"


def test_the_image_takes_the_venv_and_nothing_else_of_the_first_stage() -> None:
    assert only("COPY") == "--from=build /opt/collector-proxy /opt/collector-proxy"
    assert ("ENV", "PATH=/opt/collector-proxy/bin:$PATH") in [
        (name, text.split()[0]) for name, text in IMAGE
    ]
