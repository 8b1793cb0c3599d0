"""``collector-proxy check``: what would run, and whether it can."""

from collections.abc import Callable, Mapping
from importlib.metadata import packages_distributions
from typing import NamedTuple

from collector import __version__
from collector.commands.folders import journal_at, problem_of
from collector.commands.plugins import load_translators
from collector.commands.upstream import Answer, try_upstream
from collector.config import Settings
from collector.config.fields import text_of
from translators.registry import BUILTIN

DISTRIBUTION = "collector-proxy"


class Report(NamedTuple):
    """What check found: lines to show, and what is wrong, empty when all is well."""

    lines: list[str]
    problems: list[str]


def check(
    settings: Settings,
    ask: Callable[[str, str | None], Answer] = try_upstream,
    owners: Callable[[], Mapping[str, list[str]]] = packages_distributions,
) -> Report:
    """Report what *settings* would run, and whether it can: folders, import names, upstream.

    Args:
        ask: endpoint and key -> what came of a try.
        owners: top-level import names -> distributions that install them.

    Raises:
        SettingsError: a translator that is named does not load.
    """
    key = settings.langsmith_api_key
    rows = {
        "version": __version__,
        "listens on": f"{settings.http_host}:{settings.http_port}",
        "sends to": settings.langsmith_endpoint,
        "API key": "set" if key else "none, requests must bring their own",
        "workspace": settings.langsmith_workspace_id or "none",
        "project": settings.langsmith_project,
        "translators": ", ".join(_dialects(settings)),
        "journal": "memory",
        "largest request": _largest_request(settings),
        "memory budget": text_of("max_memory_bytes", settings.max_memory_bytes),
        "dead letters": str(settings.dead_letter_dir or "none, counted only"),
    }
    problems = []
    if settings.journal_dir is not None:
        folder = journal_at(settings.journal_dir)
        rows["journal"] = _journal(settings, folder.in_use)
        if folder.problem is not None:
            problems.append(f"JOURNAL_DIR: {folder.problem}")
    if settings.dead_letter_dir is not None:
        problem = problem_of(settings.dead_letter_dir)
        if problem is not None:
            problems.append(f"DEAD_LETTER_DIR: {problem}")
    answer = ask(settings.langsmith_endpoint, key.get_secret_value() if key else None)
    rows["upstream"] = answer.text
    if not answer.fine:
        problems.append(answer.text)
    if others := foreign_owners(owners()):
        problems.append(
            f"the import name 'translators' is also installed by {', '.join(others)}, which may "
            "have overwritten files of this service: give the service its own environment"
        )
    width = max(map(len, rows))
    return Report([f"{name:<{width}}  {value}" for name, value in rows.items()], problems)


def foreign_owners(distributions: Mapping[str, list[str]]) -> list[str]:
    """Return the distributions, other than ours, that install a top-level ``translators``.

    PyPI has an unrelated one; pip overwrites our files with its own without a word.
    """
    return sorted(set(distributions.get("translators", [])) - {DISTRIBUTION})


def _journal(settings: Settings, in_use: bool) -> str:
    bound = text_of("journal_max_bytes", settings.journal_max_bytes)
    used = "; another process uses it" if in_use else ""
    return f"{settings.journal_dir}, sync {settings.journal_sync}, {bound} at most{used}"


def _largest_request(settings: Settings) -> str:
    size = text_of("max_body_bytes", settings.max_body_bytes)
    if settings.journal_dir is None or settings.max_body_bytes < settings.journal_max_bytes:
        return size
    # Requests are kept compressed: how large one may be depends on what is in it.
    bound = text_of("journal_max_bytes", settings.journal_max_bytes)
    return f"{size}, if it fits compressed into the journal's {bound}"


def _dialects(settings: Settings) -> list[str]:
    builtin = {translator.name for translator in BUILTIN}
    return [
        translator.name if translator.name in builtin else f"{translator.name} (plug-in)"
        for translator in load_translators(settings)
    ]
