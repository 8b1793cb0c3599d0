"""The texts made of the declaration are current."""

from pathlib import Path

import yaml

from collector.config import Settings, example_yaml, load, readme_table

ROOT = Path(__file__).parents[3]
RENEW = "renew it: python -c 'from collector.config import *; print(example_yaml(), end=\"\")'"


def test_the_example_file_is_current() -> None:
    assert (ROOT / "config.example.yaml").read_text("utf-8") == example_yaml(), RENEW


def test_the_readmes_table_is_current() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme.partition("<!-- settings:begin -->")[2].partition("<!-- settings:end -->")[0]

    assert table.strip() == readme_table(), "renew it: put readme_table() between the marks"


def test_the_example_file_sets_nothing_until_edited() -> None:
    assert yaml.safe_load(example_yaml()) is None


def test_the_example_file_without_its_comment_signs_is_the_defaults(tmp_path: Path) -> None:
    lines = [line[1:] for line in example_yaml().splitlines() if line[:2] not in ("", "#", "# ")]
    file = tmp_path / "config.yaml"
    file.write_text("\n".join(lines))

    assert [line.partition(":")[0] for line in lines] == list(Settings.model_fields)
    assert load(["--config", str(file)], {}) == Settings()


def test_the_table_has_a_row_for_each_setting() -> None:
    rows = readme_table().splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == [name.upper() for name in Settings.model_fields]
    assert rows[1] == "| `HTTP_PORT` | `4318` | Port for OTLP/HTTP; 0 takes any free one. |"
    assert all(row.count("|") == 4 for row in rows)
