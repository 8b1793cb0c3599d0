"""The scenarios by name: each breaks one thing and returns what it found."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from tests.chaos.result import Result
from tests.chaos.scenarios.backlog import backlog_beside_live, logs_in_outage
from tests.chaos.scenarios.corruption import corrupt_files
from tests.chaos.scenarios.disk import disk_away, disk_full
from tests.chaos.scenarios.hour import hour_of_outage
from tests.chaos.scenarios.kill9 import kill9, kill9_memory
from tests.chaos.scenarios.outages import never_answers, resets, retry_after, slow, upstream503
from tests.chaos.scenarios.overload import overload
from tests.chaos.scenarios.refusals import limit413, poison
from tests.chaos.scenarios.sigterm import sigterm
from tests.chaos.scenarios.tenants import revoked, revoked_flood

# Takes (long form?, rounds); None are the scenario's own for that form.
Scenario = Callable[[bool, int | None], Coroutine[Any, Any, Result]]

SCENARIOS: Mapping[str, Scenario] = {
    "kill9": kill9,
    "kill9_memory": kill9_memory,
    "upstream503": upstream503,
    "retry_after": retry_after,
    "resets": resets,
    "never_answers": never_answers,
    "slow": slow,
    "hour_of_outage": hour_of_outage,
    "backlog_beside_live": backlog_beside_live,
    "logs_in_outage": logs_in_outage,
    "poison": poison,
    "limit413": limit413,
    "revoked": revoked,
    "revoked_flood": revoked_flood,
    "disk_full": disk_full,
    "disk_away": disk_away,
    "corrupt_files": corrupt_files,
    "overload": overload,
    "sigterm": sigterm,
}
