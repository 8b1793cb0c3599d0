"""``collector-proxy dead-letters``: list, show, retry, drop. The proxy may run meanwhile."""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from collector.clock import Clock, SystemClock
from collector.commands.letter_choice import Choice, Chosen, chosen
from collector.commands.letter_lines import list_lines, show_lines
from collector.commands.retry_letters import Retry, Target
from collector.config import Parser, Settings, SettingsError, api_key_from, flags, resolve
from collector.config.units import seconds
from collector.exporter.letter import NoLetter
from collector.exporter.retry import RetryPolicy
from collector.exporter.uploader import Uploader, client_session

_ACTIONS = {
    "list": "tell of each letter in a line; the default",
    "show": "tell what a letter says, and which runs are in it",
    "retry": "upload letters again, and delete those that upstream takes",
    "drop": "delete letters",
}
_OPERANDS = {"list": "", "show": " ID", "retry": " [ID ...]", "drop": " [ID ...]"}
_DAY = 86400.0


def dead_letters(argv: Sequence[str], tell: Callable[[str], None], clock: Clock) -> int:
    """Do what *argv* says with the letters in the folder of the settings.

    Args:
        argv: what stands behind the command.
        tell: takes the lines of the answer.

    Returns:
        0, or 1 where a letter was not delivered, shown or deleted.

    Raises:
        SettingsError: the settings or the arguments cannot be used; nothing was done.
    """
    words = list(argv)
    action = words.pop(0) if words and not words[0].startswith("-") else "list"
    options, unknown = _parser(action).parse_known_intermixed_args(words)
    if action == "retry" and options.endpoint is not None:
        options.langsmith_endpoint = options.endpoint
    settings = resolve(options, unknown)
    folder = settings.dead_letter_dir
    if folder is None:
        raise SettingsError(["DEAD_LETTER_DIR is not set: there are no dead letters without it"])
    letters = chosen(folder, _choice(action, options), clock.now_ns())
    if action == "list":
        for line in list_lines(letters, clock.now_ns(), as_json=options.json):
            tell(line)
        return 0
    if action == "show":
        return _show(letters, folder, options.body, tell)
    if action == "drop":
        return _drop(letters, folder, options.yes, tell)
    return 0 if asyncio.run(_retry(letters, folder, options, settings, tell)) else 1


def _parser(action: str) -> Parser:
    if action not in _ACTIONS:
        raise SettingsError([f"dead-letters cannot {action!r}; there are {', '.join(_ACTIONS)}"])
    about = [f"  {name:<11}{text}" for name, text in _ACTIONS.items()]
    parser = Parser(
        usage=f"collector-proxy dead-letters {action}{_OPERANDS[action]} [flags]",
        description="\n".join([_ACTIONS[action], "", "what can be done:", *about]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[flags()],
        allow_abbrev=False,
    )
    add = parser.add_argument
    if action == "show":
        add("ids", metavar="ID", nargs=1, help="id of the letter, or its last eight characters")
        add("--body", action="store_true", help="all that was sent: a JSON object a line and run")
        return parser
    add("--reason", help="only letters with this reason, such as 422")
    if action != "retry":
        add("--older-than", metavar="AGE", type=_age, default=0.0, help="such as 12h or 7d")
    if action == "list":
        add("--json", action="store_true", help="a JSON object a letter and line")
        return parser
    add("ids", metavar="ID", nargs="*", help="ids of letters, or their last eight characters")
    add("--all", action="store_true", help="all letters")
    if action == "drop":
        add("--yes", action="store_true", help="do it; without, it is only told what would go")
        return parser
    add("--endpoint", metavar="URL", help="send there, whoever refused the letters before")
    add("--new-key", action="store_true", help="send letters of other keys, too, with this key")
    add("--api-key-env", metavar="NAME", help="variable that holds the key (LANGSMITH_API_KEY)")
    return parser


def _age(text: str) -> float:
    try:
        days = text.removesuffix("d")
        return seconds(text) if days == text else seconds(days) * _DAY
    except ValueError:
        raise argparse.ArgumentTypeError("must be an age such as 12h or 7d") from None


def _choice(action: str, options: argparse.Namespace) -> Choice:
    given = vars(options)
    words, reason = given.get("ids") or [], given.get("reason")
    older_than = given.get("older_than", 0.0)
    if action in ("retry", "drop"):
        if words and options.all:
            raise SettingsError(["either ids or --all"])
        if not (words or options.all or reason is not None or older_than):
            raise SettingsError([f"{action} which letters? Say ids, --reason or --all"])
    return Choice(words, reason, older_than)


def _show(letters: Iterator[Chosen], folder: Path, body: bool, tell: Callable[[str], None]) -> int:
    for one in letters:
        try:
            for line in show_lines(one, folder, body=body):
                tell(line)
        except NoLetter as problem:
            tell(f"{one.file.id}  {problem}")
            return 1
    return 0


def _drop(letters: Iterator[Chosen], folder: Path, sure: bool, tell: Callable[[str], None]) -> int:
    ok = True
    for one in letters:
        outcome = "would be dropped: say --yes"
        if sure:
            try:
                (folder / one.file.name).unlink(missing_ok=True)
                outcome = "dropped"
            except OSError as error:
                outcome = f"cannot be deleted: {error.strerror}"
        ok = ok and outcome == "dropped"
        tell(f"{one.file.id}  {outcome}")
    return 0 if ok else 1


async def _retry(
    letters: Iterator[Chosen],
    folder: Path,
    options: argparse.Namespace,
    settings: Settings,
    tell: Callable[[str], None],
) -> bool:
    variable = options.api_key_env
    key = settings.langsmith_api_key if variable is None else api_key_from(variable)
    if key is None:
        raise SettingsError(["retry needs a key: set LANGSMITH_API_KEY, or say --api-key-env NAME"])
    target = Target(
        settings.langsmith_endpoint,
        key.get_secret_value(),
        settings.langsmith_workspace_id,
        redirect=options.endpoint is not None,
        new_key=options.new_key,
    )
    policy = RetryPolicy(settings.max_retries, settings.retry_backoff)
    async with client_session(1, settings.upload_timeout) as session:
        uploader = Uploader(session, SystemClock())
        return await Retry(folder, target, uploader, policy, settings.max_retries).run(
            letters, tell
        )
