"""The runs that the tests of API v2 ask for."""

from typing import Any

from tests.collector.sandbox.wire import (
    CHILD,
    GRANDCHILD,
    OTHER,
    ROOT,
    Api,
    child,
    grandchild,
    other,
    part,
    root,
)

FIFTH = "55555555-5555-4555-8555-555555555555"


async def fill(api: Api) -> str:
    """Post three traces in two threads, and return the id of their project.

    Thread "a/b" has ROOT (with CHILD and GRANDCHILD) and OTHER an hour later; "c" has FIFTH.
    """
    usage = {
        "input_tokens": 2,
        "output_tokens": 3,
        "output_token_details": {"reasoning": 1},
        "total_cost": 0.25,
    }
    await api.post_parts(
        part(f"post.{ROOT}", root(extra=_thread("a/b"), tags=["x"])),
        part(f"post.{ROOT}.inputs", {"q": "first"}),
        part(f"attachment.{ROOT}.photo", b"bytes", "image/png"),
        part(f"post.{CHILD}", child(run_type="llm")),
        part(f"post.{CHILD}.outputs", {"usage_metadata": usage}),
        part(f"post.{CHILD}.events", [{"name": "new_token", "time": "2026-01-01T00:00:02Z"}]),
        part(f"post.{GRANDCHILD}", grandchild(error="boom")),
        part(f"post.{OTHER}", other(extra=_thread("a/b"), end_time=None, error="late boom")),
        part(f"post.{OTHER}.outputs", {"a": "last"}),
        part(
            f"post.{FIFTH}",
            root(
                id=FIFTH,
                trace_id=FIFTH,
                dotted_order=f"20260101T000000000000Z{FIFTH}",
                extra=_thread("c"),
            ),
        ),
    )
    _, projects = await api.call("GET", "/sessions")
    return str(projects[0]["id"])


def _thread(name: str) -> dict[str, Any]:
    return {"metadata": {"thread_id": name}}
