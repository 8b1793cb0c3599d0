"""The short form of every scenario; ``make chaos`` runs the long one."""

import pytest

from tests.chaos.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("scenario", [pytest.param(s, id=name) for name, s in SCENARIOS.items()])
async def test_nothing_acknowledged_is_lost(scenario: Scenario) -> None:
    result = await scenario(False, None)

    assert result.problems == [], result.remarks()
