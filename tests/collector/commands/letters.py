"""Dead letters with real runs in them."""

from pathlib import Path

from collector.exporter.dead_letters import DeadLetterDir
from collector.exporter.split import run_ids
from collector.metrics import Metrics
from collector.model import Batch, Destination, EncodedRun, Place, SealedBatch
from collector.processor.encoder import Sealer
from tests.collector.processor.runs import encoded, padded
from tests.fakes import FakeClock

KEY = "lsv2_pt_secret"
ENDPOINT = "https://upstream.test/api/v1"
TIME = "20260101T000000000000Z"


def placed(number: int, name: str = "chat") -> EncodedRun:
    """Return a root run."""
    run = encoded(number)
    run.place = Place(padded(number), TIME + padded(number), None)
    run.fields = b'"name":"%b","run_type":"llm","session_name":"default"' % name.encode()
    return run


def sealed(
    *runs: EncodedRun, endpoint: str = ENDPOINT, key: str = KEY, workspace: str | None = None
) -> SealedBatch:
    where = Destination(endpoint, key, workspace, "default")
    return Sealer()(Batch(where, list(runs), 1000, "runs"))


class Letters:
    """A folder of letters, with a clock that goes on an hour with each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self._letters = DeadLetterDir(
            folder, self.clock, Metrics(), max_bytes=1 << 30, max_age=1e9, run_ids=run_ids
        )

    def write(
        self, batch: SealedBatch | None = None, reason: str = "422", detail: str = "bad run"
    ) -> str:
        """Write a letter, of one run if not told; return its id."""
        now = self.clock.now_ns()
        path = self._letters.write(batch or sealed(placed(1)), reason, detail, first_ns=now)
        self.clock.advance(3600.0)
        assert path is not None
        return path.name.removeprefix("trace_").removesuffix(".json")

    def ids(self) -> list[str]:
        """Return the ids of the letters that are there."""
        return sorted(path.stem.removeprefix("trace_") for path in self.folder.iterdir())

    def damage(self) -> str:
        """Write a file that is not a whole letter; return its id."""
        letter_id = f"{self.clock.now_ns() // 10**9}.000000_0badf11e"
        (self.folder / f"trace_{letter_id}.json").write_bytes(b'{"version":1,')
        return letter_id
