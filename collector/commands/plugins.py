"""The translators that the settings name, plug-ins included."""

from collector.config import Settings, SettingsError
from translators.base import Translator
from translators.registry import ALL, BUILTIN, chosen


def load_translators(settings: Settings) -> tuple[Translator, ...]:
    """Return the translators of *settings*, the strongest first.

    Raises:
        SettingsError: plug-ins do not load; it names all that do not.
    """
    builtin = {ALL, *(translator.name for translator in BUILTIN)}
    problems = []
    for name in settings.translators:
        if name in builtin:
            continue
        try:
            chosen([name])
        except Exception as exc:  # noqa: BLE001 -- somebody else's code may fail in any way
            problems.append(f"TRANSLATORS: {name} does not load: {type(exc).__name__}: {exc}")
    if problems:
        raise SettingsError(problems)
    return chosen(settings.translators)
