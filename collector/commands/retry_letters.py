"""``collector-proxy dead-letters retry``: uploads again what upstream refused."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from collector.commands.letter_choice import Chosen
from collector.commands.letter_lines import plain
from collector.errors import DestinationRefused, UploadRejected, UploadUnavailable
from collector.exporter.letter import Letter, NoLetter, without_password
from collector.exporter.retry import RetryPolicy
from collector.exporter.sender import Upload
from collector.exporter.split import pieces
from collector.model import Destination, Receipt, SealedBatch

_DELIVERED = "delivered"
_ALREADY_THERE = "409"
# What says that upstream itself is away: the next letter would fare no better.
_AWAY = ("connection", "timeout")


class Target(NamedTuple):
    """Where letters shall go.

    Attributes:
        endpoint, api_key: of the uploads.
        workspace: for letters that name none.
        redirect: take letters that another endpoint refused, too.
        new_key: take letters that were sent with another key, too.
    """

    endpoint: str
    api_key: str
    workspace: str | None
    redirect: bool = False
    new_key: bool = False


class Retry:
    """Uploads letters, one after the other, and deletes each that upstream took."""

    def __init__(
        self,
        folder: Path,
        target: Target,
        uploader: Upload,
        policy: RetryPolicy,
        max_retries: int,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Join the parts.

        Args:
            folder: where the letters lie.
            policy: the pauses between the tries of one letter.
            max_retries: tries of an upload after the first one, while the trouble may pass.
            sleep: waits for seconds.
        """
        self._folder = folder
        self._target = target
        self._uploader = uploader
        self._policy = policy
        self._max_retries = max_retries
        self._sleep = sleep
        # Tenants with whose other letters there is no use in trying.
        self._hopeless: set[tuple[str, str, str | None]] = set()

    async def run(self, letters: Iterable[Chosen], tell: Callable[[str], None]) -> bool:
        """Upload *letters*, tell of each what became of it, and return whether all went.

        Where upstream cannot be reached, or refuses the key, the rest is not tried.
        """
        all_went = True
        for one in letters:
            outcome = await self._outcome(one.letter)
            if outcome == _DELIVERED:
                try:
                    (self._folder / one.file.name).unlink(missing_ok=True)
                except OSError as error:
                    outcome = f"delivered, but its file cannot be deleted: {error.strerror}"
            all_went = all_went and outcome == _DELIVERED
            tell(f"{one.file.id}  {plain(outcome)}")
        return all_went

    async def _outcome(self, letter: Letter | NoLetter) -> str:
        if isinstance(letter, NoLetter):
            return f"kept: the file {letter}"
        if (objection := _objection(letter, self._target)) is not None:
            return f"kept: {objection}"
        batch = _batch(letter, self._target)
        tenant = batch.destination.tenant
        if tenant in self._hopeless:
            return "kept: not tried, because of the trouble before"
        try:
            return await self._deliver(batch)
        except UploadUnavailable as trouble:
            if trouble.reason in _AWAY:
                self._hopeless.add(tenant)
            return f"kept: upload failed, {trouble.reason}"
        except DestinationRefused as refusal:
            if _is_hopeless(refusal):
                self._hopeless.add(tenant)
            is_key = refusal.trouble == "key"
            words = "the key is refused" if is_key else "LangSmith's API is not there"
            return f"kept: {refusal.reason}, {words}"

    async def _deliver(self, batch: SealedBatch) -> str:
        try:
            await self._upload(batch)
        except UploadRejected as verdict:
            if batch.runs < 2:
                return _DELIVERED if verdict.reason == _ALREADY_THERE else f"kept: {_told(verdict)}"
            # Of several runs one may be the cause, or the one that upstream has already.
            try:
                singles = pieces(batch, [[position] for position in range(batch.runs)])
            except (ValueError, IndexError):
                return f"kept: its body cannot be taken apart, and whole it is {_told(verdict)}"
        else:
            return _DELIVERED
        refused: list[UploadRejected] = []
        for single in singles:
            try:
                await self._upload(single)
            except UploadRejected as verdict:
                if verdict.reason != _ALREADY_THERE:
                    refused.append(verdict)
        if not refused:
            return _DELIVERED
        return f"kept: {len(refused)} of {batch.runs} runs {_told(refused[0])}"

    async def _upload(self, batch: SealedBatch) -> None:
        failures = 0
        while True:
            try:
                return await self._uploader.upload(batch)
            except UploadUnavailable as trouble:
                failures += 1
                if failures > self._max_retries:
                    raise
                wish = trouble.retry_after
            await self._sleep(self._policy.delay(failures, random.random(), wish))


def _is_hopeless(refusal: DestinationRefused) -> bool:
    # All else, as a 415 or the page of a firewall, may be said of what this letter holds.
    return refusal.trouble == "key" or refusal.reason[0] in "23" or refusal.reason in ("404", "405")


def _told(verdict: UploadRejected) -> str:
    return f"refused again, {verdict.reason}: {verdict.detail or 'without a word'}"


def _objection(letter: Letter, target: Target) -> str | None:
    """Return why *letter* must not go to *target* unless somebody says so, None for nothing."""
    if _is_elsewhere(letter, target):
        if target.redirect:
            return None
        return f"{letter.url} refused it, not {without_password(target.endpoint)}: say --endpoint"
    if letter.url is None or letter.destination is None or target.new_key:
        return None
    own = Destination(target.endpoint, target.api_key, letter.workspace, "")
    if own.label != letter.destination:
        # One tenant's runs must not reach another one by mistake.
        return "it was sent with another key: say --new-key to send it with this one"
    return None


def _is_elsewhere(letter: Letter, target: Target) -> bool:
    return letter.url is not None and letter.url != without_password(target.endpoint)


def _batch(letter: Letter, target: Target) -> SealedBatch:
    # A workspace belongs to its endpoint.
    workspace = None if _is_elsewhere(letter, target) else letter.workspace
    where = Destination(target.endpoint, target.api_key, workspace or target.workspace, "")
    owner = Receipt(0, len(letter.ends), lambda _: None)
    owners = [owner] * len(letter.ends)
    return SealedBatch(where, letter.body, letter.headers, owners, letter.ends, letter.raw_size)
