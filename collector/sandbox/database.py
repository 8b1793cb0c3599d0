"""The SQLite file behind the sandbox: its tables and its one kind of transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_SCHEMA = """
CREATE TABLE IF NOT EXISTS projects (
    tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, start_us INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (tenant, id), UNIQUE (tenant, name)
);
CREATE TABLE IF NOT EXISTS runs (
    tenant TEXT NOT NULL, id TEXT NOT NULL, project_id TEXT NOT NULL, trace_id TEXT,
    parent_run_id TEXT, dotted_order TEXT, run_type TEXT, start_us INTEGER,
    failed INTEGER NOT NULL, readable INTEGER NOT NULL, posts INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS runs_of_project ON runs (tenant, project_id, start_us, dotted_order);
CREATE INDEX IF NOT EXISTS runs_of_trace ON runs (tenant, trace_id, start_us, dotted_order);
CREATE INDEX IF NOT EXISTS runs_of_parent ON runs (tenant, parent_run_id);
CREATE TABLE IF NOT EXISTS attachments (
    tenant TEXT NOT NULL, run_id TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE, data BLOB NOT NULL,
    PRIMARY KEY (tenant, run_id, name)
);
CREATE TABLE IF NOT EXISTS feedback (
    tenant TEXT NOT NULL, id TEXT NOT NULL, run_id TEXT, key TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX IF NOT EXISTS feedback_of_run ON feedback (tenant, run_id);
"""


class Database:
    """One SQLite connection that any thread may use; a statement is its own transaction
    unless it runs inside :meth:`transaction`."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all statements of the block, or none when it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self._connection.close()
