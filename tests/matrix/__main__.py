"""Runs the tests that prove the coverage matrix, and writes its page: ``make matrix``."""

import sys

import pytest

from tests.matrix.rows import PAGE, page, rows


class Outcomes:
    """Notes which tests passed, whatever their parameters."""

    def __init__(self) -> None:
        self.seen: dict[str, bool] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of one test; a test passes if all its phases do."""
        test = report.nodeid.partition("[")[0]
        self.seen[test] = self.seen.get(test, True) and report.passed

    @property
    def passed(self) -> set[str]:
        """Tests of which every case passed."""
        return {test for test, passed in self.seen.items() if passed}


def main() -> int:
    """Run the tests, write the page, and return the exit code of pytest."""
    outcomes = Outcomes()
    tests = sorted({test for row in rows() for test in row.tests})
    code = pytest.main(["--quiet", *tests], plugins=[outcomes])
    PAGE.write_text(page(outcomes.passed), "utf-8")
    proved = sum(bool(row.tests) and outcomes.passed.issuperset(row.tests) for row in rows())
    sys.stdout.write(f"{proved} of {len(rows())} rows proved\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
