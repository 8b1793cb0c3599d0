"""Headers say whose spans they are."""

import pytest

from collector.errors import Refused
from collector.receiver.tenancy import Tenancy


def tenancy(api_key: str | None = None, workspace: str | None = None) -> Tenancy:
    return Tenancy("https://upstream.test", api_key=api_key, workspace=workspace, project="default")


def key_of(headers: dict[str, str], default: str | None = None) -> str:
    return tenancy(default).destination(headers).api_key


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"X-API-Key": "k1"}, "k1"),
        ({"X-API-Key": ' "k1" '}, "k1"),
        ({"X-API-Key": "'k1'"}, "k1"),
        ({"Authorization": "Bearer k2"}, "k2"),
        ({"Authorization": "bearer  k2 "}, "k2"),
        ({"X-API-Key": "k1", "Authorization": "Bearer k2"}, "k1"),
        ({"X-API-Key": "", "Authorization": "Bearer k2"}, "k2"),
        ({"X-API-Key": ' "" '}, "k3"),
        ({"Authorization": "Basic dXNlcg=="}, "k3"),
        ({"Authorization": "Bearer"}, "k3"),
        ({}, "k3"),
    ],
)
def test_a_key_comes_from_its_header_then_from_bearer_then_from_the_default(
    headers: dict[str, str], key: str
) -> None:
    assert key_of(headers, default="k3") == key


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": " "}, {"Authorization": "Basic x"}, {"X-API-Key": "clé"}]
)
def test_without_a_usable_key_it_is_401(headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        key_of(headers)

    assert refused.value.status == 401


def test_a_key_is_in_no_refusal() -> None:
    with pytest.raises(Refused) as refused:
        key_of({"X-API-Key": "sécret"})

    assert "cret" not in str(refused.value)


def test_project_and_workspace_come_from_headers_or_defaults() -> None:
    from_headers = tenancy("k", "w").destination({"Langsmith-Project": "p", "X-Tenant-Id": "t"})
    from_defaults = tenancy("k", "w").destination({})

    assert (from_headers.project, from_headers.workspace) == ("p", "t")
    assert (from_defaults.project, from_defaults.workspace) == ("default", "w")
    assert from_headers.endpoint == "https://upstream.test"


def test_without_any_workspace_there_is_none() -> None:
    assert tenancy("k").destination({}).workspace is None


def test_a_workspace_that_cannot_be_a_header_is_400() -> None:
    with pytest.raises(Refused) as refused:
        tenancy("k").destination({"X-Tenant-Id": "wörk"})

    assert refused.value.status == 400


def test_a_project_may_be_in_any_script_and_never_holds_half_characters() -> None:
    project_of = tenancy("k").destination

    assert project_of({"Langsmith-Project": "東京"}).project == "東京"
    assert project_of({"Langsmith-Project": "caf\udce9"}).project == "caf\ufffd"


def test_requests_of_one_tenant_and_project_share_one_destination() -> None:
    shared = tenancy()
    first = shared.destination({"X-API-Key": "a"})

    assert shared.destination({"Authorization": "Bearer a"}) is first
    assert shared.destination({"X-API-Key": "b"}) is not first
    assert shared.destination({"X-API-Key": "a", "Langsmith-Project": "p"}) is not first


def test_the_destinations_remembered_are_bounded() -> None:
    shared = tenancy()
    first = shared.destination({"X-API-Key": "first"})
    for number in range(1024):
        shared.destination({"X-API-Key": f"k{number}"})

    assert shared.destination({"X-API-Key": "first"}) is not first
