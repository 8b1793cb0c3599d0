"""The frame of the API: who may ask, what the client is told, how no is said."""

import pytest

from tests.collector.sandbox.wire import ROOT, Api, multipart, part, root


@pytest.mark.parametrize("path", ["/info", "/api/v1/info"])
async def test_info_needs_no_key_and_holds_all_the_client_looks_for(api: Api, path: str) -> None:
    status, info = await api.call("GET", path, key=None)

    assert status == 200
    assert info["version"] == "0.18.0"
    assert info["instance_flags"]["zstd_compression_enabled"] is True
    assert info["batch_ingest_config"] == {
        "use_multipart_endpoint": True,
        "scale_up_qsize_trigger": 200,
        "scale_up_nthreads_limit": 32,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20971520,
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/runs/multipart"),
        ("POST", "/runs/batch"),
        ("POST", "/runs"),
        ("PATCH", f"/runs/{ROOT}"),
        ("GET", f"/runs/{ROOT}"),
        ("POST", "/runs/query"),
        ("POST", "/runs/stats"),
        ("GET", "/sessions"),
        ("POST", "/sessions"),
        ("GET", f"/sessions/{ROOT}"),
        ("GET", "/settings"),
        ("GET", "/feedback"),
        ("POST", "/feedback"),
        ("POST", "/api/v2/runs/query"),
        ("GET", f"/api/v2/runs/{ROOT}"),
        ("POST", "/api/v2/threads/query"),
        ("POST", "/api/v2/traces/query"),
    ],
)
async def test_everything_else_needs_a_key(api: Api, method: str, path: str) -> None:
    status, answer = await api.call(method, path, key=None, json={})

    assert status == 401
    assert answer == {"detail": "no API key: send x-api-key, or Authorization: Bearer"}


@pytest.mark.parametrize("headers", [{"x-api-key": "  "}, {"Authorization": "Basic abc"}])
async def test_an_empty_key_is_no_key(api: Api, headers: dict[str, str]) -> None:
    status, _ = await api.call("GET", "/sessions", key=None, headers=headers)

    assert status == 401


async def test_settings_name_the_tenant_that_owns_the_projects(api: Api) -> None:
    await api.multipart(multipart(part(f"post.{ROOT}", root())))

    _, settings = await api.call("GET", "/settings")
    _, projects = await api.call("GET", "/sessions?limit=1")

    assert settings == {
        "id": projects[0]["tenant_id"],
        "display_name": "Sandbox",
        "created_at": "2026-01-02T00:00:00.000000+00:00",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("PUT", "/sessions", 405, "Method Not Allowed"),
        ("GET", "/runs/7", 422, "'7' is not a UUID"),
        ("GET", "/attachments/7", 404, "attachment not found"),
    ],
)
async def test_every_refusal_is_json_with_a_detail(
    api: Api, method: str, path: str, status: int, detail: str
) -> None:
    assert await api.call(method, path) == (status, {"detail": detail})


async def test_a_multipart_route_takes_multipart_only(api: Api) -> None:
    status, answer = await api.call("POST", "/runs/multipart", json={})

    assert status == 415
    assert "is not multipart/form-data" in answer["detail"]
