"""What the README shows of other tools' files is right, and fits the image."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.readme import README

IMAGE = (Path(README).parent / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
YAML = re.findall(r"^```yaml\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def pod() -> Any:
    (found,) = (one for text in YAML if "spec" in (one := yaml.safe_load(text)))
    return found["spec"]


def proxy() -> Any:
    (found,) = pod()["initContainers"]
    return found


@pytest.mark.parametrize("text", YAML)
def test_what_is_yaml_is_yaml(text: str) -> None:
    assert isinstance(yaml.safe_load(text), dict)


def test_the_pod_mounts_a_volume_where_the_image_has_its_data() -> None:
    (mount,) = proxy()["volumeMounts"]
    (volume,) = pod()["volumes"]

    assert mount["name"] == volume["name"]
    assert f"\nVOLUME {mount['mountPath']}\n" in IMAGE


def test_the_pods_volume_belongs_to_the_user_of_the_image() -> None:
    assert f"\nUSER {pod()['securityContext']['fsGroup']}\n" in IMAGE


def test_a_disk_that_does_not_work_gets_no_pod_killed() -> None:
    """Ready it is not then; whoever is killed for it starts on the same disk."""
    probes = {name: probe["httpGet"]["path"] for name, probe in proxy().items() if "Probe" in name}

    assert probes == {"startupProbe": "/live", "readinessProbe": "/ready", "livenessProbe": "/live"}
