"""The rules of the house that a machine can check: layers, effects, sizes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("collector/**/*.py"), *ROOT.glob("translators/**/*.py")])

# A module may import the rooms named for its longest matching prefix, and its own.
MODEL = {
    "collector.model",
    "collector.errors",
    "collector.clock",
    "collector.limiter",
    "collector.metrics",
    "collector.logs",
    "collector.__version__",
}
MAY_IMPORT: dict[str, set[str]] = {
    "translators": set(),
    "collector": MODEL | {"translators"},
    "collector.receiver": MODEL | {"translators"},
    "collector.processor": MODEL | {"translators"},
    "collector.journal": MODEL,
    "collector.exporter": MODEL,
    "collector.sandbox": MODEL,
    "collector.backlog": MODEL | {"translators", "collector.journal"},
    "collector.log_stage": MODEL | {"translators", "collector.journal", "collector.processor"},
    "collector.span_stage": MODEL | {"translators", "collector.processor", "collector.log_stage"},
    "collector.replay": MODEL
    | {
        "translators",
        "collector.journal",
        "collector.backlog",
        "collector.log_stage",
        "collector.span_stage",
    },
    "collector.pipeline": MODEL
    | {
        "translators",
        "collector.journal",
        "collector.processor",
        "collector.exporter",
        "collector.log_stage",
        "collector.span_stage",
        "collector.backlog",
        "collector.replay",
    },
}
FREE = {"collector.__main__", "collector.service", "collector.dev", "collector.commands"}

PROTOBUF = {
    "collector.receiver.protobuf_codec",
    "collector.receiver.protobuf_logs",
    "collector.receiver.protobuf_values",
}
# Effects and the only places for them.
ONLY_IN: dict[str, set[str]] = {
    "aiohttp": {
        "collector.receiver",
        "collector.exporter",
        "collector.sandbox",
        "collector.admin",
        "collector.service",
        "collector.dev",
        "collector.commands",
    },
    "google": PROTOBUF,
    "opentelemetry": PROTOBUF,
    "prometheus_client": {"collector.metrics", "collector.admin"},
    "zstandard": {
        "collector.receiver",
        "collector.processor.encoder",
        "collector.processor.multipart",
        "collector.exporter.split",
        "collector.journal",
        "collector.sandbox",
    },
    "sqlite3": {"collector.sandbox"},
    "yaml": {"collector.config"},
    "argparse": {"collector.config", "collector.__main__", "collector.commands"},
}
PURE = ("translators", "collector.processor")
IMPURE = {"asyncio", "socket", "threading", "subprocess", "random", "structlog", "logging"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            if module == "collector":
                yield from ((node.lineno, f"collector.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def room_of(module: str) -> str:
    return max((room for room in MAY_IMPORT if within(module, {room})), key=len)


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_down(path: Path) -> None:
    module = module_of(path)
    if within(module, FREE):
        return
    room = room_of(module)
    allowed = MAY_IMPORT[room] | {room}
    if room == "collector":
        # What lies in no room (config, admin, metrics ...) knows the model and itself only.
        allowed = MODEL | {"translators", ".".join(module.split(".")[:2])}

    wrong = [
        f"line {line} imports {name}"
        for line, name in imports_of(path)
        if within(name, {"collector", "translators"}) and not within(name, allowed)
    ]

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_effects_stay_in_their_places(path: Path) -> None:
    module = module_of(path)
    wrong = [
        f"line {line} imports {name}"
        for line, name in imports_of(path)
        for effect, places in ONLY_IN.items()
        if within(name, {effect}) and not within(module, places)
    ]
    if module.startswith(PURE):
        wrong += [
            f"line {line} imports {name}"
            for line, name in imports_of(path)
            if name.partition(".")[0] in IMPURE
        ]

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_the_process_is_touched_in_named_places_only(path: Path) -> None:
    module = module_of(path)
    wrong = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            what = f"{node.value.id}.{node.attr}"
            if what == "os.environ" and not within(module, {"collector.config"}):
                wrong.append(f"line {node.lineno}: {what}")
            if what in ("time.time", "time.time_ns", "time.monotonic", "datetime.now") and (
                module != "collector.clock"
            ):
                wrong.append(f"line {node.lineno}: {what}")
            if what == "asyncio.create_task":
                wrong.append(f"line {node.lineno}: {what} outside of a TaskGroup")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
            and not within(module, {"collector.__main__", "collector.commands"})
        ):
            wrong.append(f"line {node.lineno}: print")

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
