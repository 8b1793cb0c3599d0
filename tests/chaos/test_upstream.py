"""The upstream process answers as told, and takes only what it answered 2xx."""

import time

import pytest
import zstandard
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.chaos.script import Rule
from tests.chaos.upstream import UpstreamProcess
from tests.fakes import PATIENCE

ROOT = "00000000-0000-0000-0001-000000000001"
CHILD = "00000000-0000-0000-0001-000000000002"


def part(name: str, content: str) -> str:
    return (
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: application/json'
        f"\r\nContent-Length: {len(content)}\r\n\r\n{content}\r\n"
    )


TYPE = {"Content-Type": "multipart/form-data; boundary=b"}
BODY = zstandard.compress(
    (
        part(f"post.{ROOT}", '{"id":"x"}')
        + part(f"post.{ROOT}.inputs", '{"text":"said-0001000000000001"}')
        + part(f"post.{CHILD}", f'{{"parent_run_id":"{ROOT}","tag":"poisoned"}}')
        + "--b--\r\n"
    ).encode()
)


async def post(
    upstream: UpstreamProcess, key: str = "k", *, patience: float = PATIENCE
) -> tuple[int, str]:
    """Upload the two runs; return status and answer, 0 for a broken connection or none in time."""
    async with ClientSession(timeout=ClientTimeout(total=patience)) as session:
        try:
            async with session.post(
                f"{upstream.url}/runs/multipart", data=BODY, headers={"x-api-key": key, **TYPE}
            ) as response:
                return response.status, await response.text()
        except (ClientError, TimeoutError) as error:
            return 0, type(error).__name__


async def test_what_is_taken_is_told() -> None:
    async with UpstreamProcess() as upstream:
        assert [await post(upstream), await post(upstream)] == [(202, "{}"), (202, "{}")]
        runs = await upstream.runs()

    root, child = runs[ROOT], runs[CHILD]
    assert (root.posts, root.keys, root.parents, root.payloads, root.said) == (
        2,
        ["k"],
        [""],
        1,
        True,
    )
    assert (child.parents, child.said) == ([ROOT], False)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        pytest.param(Rule(status=503), 503, id="status"),
        pytest.param(Rule(key="k", status=401), 401, id="its key"),
        pytest.param(Rule(key="another", status=401), 202, id="another key"),
        pytest.param(Rule(max_bytes=100), 413, id="too large"),
        pytest.param(Rule(max_bytes=10_000), 202, id="not too large"),
        pytest.param(Rule(poison="poisoned"), 422, id="poison"),
        pytest.param(Rule(poison="nowhere"), 202, id="no poison"),
        pytest.param(Rule(times=0, status=500), 202, id="used up"),
        pytest.param(Rule(cut_after=10), 0, id="reset within the body"),
        pytest.param(Rule(cut_answer=True), 0, id="reset instead of an answer"),
    ],
)
async def test_only_what_is_answered_2xx_is_taken(rule: Rule, status: int) -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(rule)

        assert (await post(upstream))[0] == status
        assert await upstream.count() == (2 if status == 202 else 0)


@pytest.mark.parametrize(
    "rule", [pytest.param(Rule(never=True), id="no answer"), pytest.param(Rule(rate=1), id="slow")]
)
async def test_what_is_never_answered_is_not_taken(rule: Rule) -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(rule)

        assert (await post(upstream, patience=0.5))[0] == 0
        assert await upstream.count() == 0


async def test_a_bad_run_is_named_as_the_sandbox_names_it() -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(Rule(poison="poisoned"))

        assert f"run {CHILD}, part post" in (await post(upstream))[1]


async def test_a_bad_run_is_not_named_where_the_rule_says_so() -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(Rule(poison="poisoned", names=False))
        status, text = await post(upstream)

        assert status == 422
        assert CHILD not in text


async def test_it_counts_requests_made_of_what_it_refused_before() -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(Rule(poison="poisoned", times=1))
        await post(upstream)
        await post(upstream)

        assert await upstream.answers() == {"422": 1, "202": 1, "again": 1}


async def test_a_rule_for_each_second_request_leaves_the_others() -> None:
    async with UpstreamProcess() as upstream:
        await upstream.script(Rule(every=2, status=503))

        assert [(await post(upstream))[0] for _ in range(4)] == [202, 503, 202, 503]


async def test_it_tells_when_uploads_came() -> None:
    async with UpstreamProcess() as upstream:
        await post(upstream)
        between = time.monotonic()
        await post(upstream)
        after = time.monotonic()

        assert len(await upstream.asked(0.0)) == 2
        assert len(await upstream.asked(between, after)) == 1
        assert await upstream.asked(after) == []


async def test_a_frozen_upstream_goes_on_where_it_was() -> None:
    async with UpstreamProcess() as upstream:
        upstream.freeze()
        assert (await post(upstream, patience=0.5))[0] == 0
        upstream.thaw()

        assert (await post(upstream))[0] == 202


async def test_what_breaks_the_sandboxs_rules_is_refused() -> None:
    async with UpstreamProcess(sandbox=True) as upstream:
        status, text = await post(upstream)

        assert (status, f"run {ROOT}, part " in text) == (422, True)
        assert await upstream.in_sandbox() == []
