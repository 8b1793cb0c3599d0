"""What the upstream process is told to do, as JSON between the two processes."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """How requests are answered; the first rule that applies is taken.

    Attributes:
        key: only requests with this API key, ``""`` for all.
        every: only each so-manieth request that comes to this rule; 1 is each.
        times: only so many requests, None without end.
        status: of the answer; a 2xx means that the runs are taken.
        headers: of the answer.
        delay: seconds before the answer.
        jitter: seconds at most, at random, on top of *delay*.
        cut_after: reset the connection when so many bytes of the body were read.
        cut_answer: reset it instead of an answer, when the body was read; nothing is taken.
        never: the body is read, and no answer comes.
        rate: read no more than so many bytes a second.
        max_bytes: answer 413 where the body before compression is longer.
        poison: answer 422 where a run holds this text.
        names: the answer to such a run names it.
    """

    key: str = ""
    every: int = 1
    times: int | None = None
    status: int = 202
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    jitter: float = 0.0
    cut_after: int | None = None
    cut_answer: bool = False
    never: bool = False
    rate: int | None = None
    max_bytes: int | None = None
    poison: str = ""
    names: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, members: dict[str, Any]) -> "Rule":
        """Return the rule that ``to_json`` wrote."""
        known = {field.name for field in fields(cls)}
        assert members.keys() <= known
        headers = tuple((name, value) for name, value in members.pop("headers", ()))
        return cls(**members, headers=headers)


class Script:
    """Rules in their order, with what is left of each."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._asked = [0] * len(rules)
        self._given = [0] * len(rules)

    def answer(self, key: str) -> Rule:
        """Return the rule for a request with *key*; without one it is taken at once."""
        for number, rule in enumerate(self._rules):
            if rule.key and rule.key != key:
                continue
            self._asked[number] += 1
            if self._asked[number] % rule.every:
                continue
            if rule.times is not None and self._given[number] >= rule.times:
                continue
            self._given[number] += 1
            return rule
        return Rule()
