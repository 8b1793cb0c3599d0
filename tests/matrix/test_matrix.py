"""The matrix claims nothing that no test holds."""

import pytest

from tests.matrix.rows import PAGE, PEERS, Row, functions_in, page, rows


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.section}: {row.feature}")
def test_every_row_names_tests_that_there_are(row: Row) -> None:
    missing = [
        test
        for test in row.tests
        if test.partition("::")[2] not in set(functions_in(test.partition("::")[0]))
    ]

    assert row.tests
    assert missing == []
    assert len(row.peers.split()) == len(PEERS)


def test_the_page_is_current_and_every_row_is_proved() -> None:
    everything = {test for row in rows() for test in row.tests}

    assert PAGE.read_text("utf-8") == page(everything), "renew it: make matrix"


def test_a_row_whose_test_failed_is_not_claimed() -> None:
    text = page(())

    assert "**Y** |" not in text
