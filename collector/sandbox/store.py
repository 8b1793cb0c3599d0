"""The sandbox's memory: runs, their attachments, projects and feedback, apart by tenant."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.sandbox.database import Database
from collector.sandbox.documents import JsonObject, dump_json, parse_json
from collector.sandbox.feedback import FeedbackTable
from collector.sandbox.operations import Attachment
from collector.sandbox.projects import ProjectTable

_RUN = "tenant, id, project_id, start_us, posts, doc"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is kept: *doc* merges everything posted and patched so far."""

    tenant: str
    id: str
    project_id: str
    start_us: int
    """Start in microseconds; 0 for a run of which only an incomplete patch has come."""
    posts: int
    doc: JsonObject


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment without its bytes; *token* is all it takes to download them."""

    name: str
    media_type: str
    token: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs to read; None leaves a condition out, and *ids* overrules all others."""

    project_ids: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    trace_id: str | None = None
    parent_run_id: str | None = None
    run_type: str | None = None
    is_root: bool | None = None
    failed: bool | None = None
    min_start_us: int | None = None
    max_start_us: int | None = None
    ascending: bool = False


class RunStore:
    """Everything the sandbox keeps, in a SQLite file.

    A file that exists is continued. The calls are short and local, so the event loop makes
    them itself.
    """

    def __init__(self, path: str) -> None:
        """Open the file at *path*, or keep all in RAM for ``":memory:"``."""
        self.database = Database(path)
        self.projects = ProjectTable(self.database)
        self.feedback = FeedbackTable(self.database)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        self.database.close()

    def posts(self, run_id: str) -> int:
        """Return how often a post of this run was accepted, over all tenants: 2 is a duplicate."""
        query = "SELECT coalesce(sum(posts), 0) FROM runs WHERE id = ?"
        return int(self.database.execute(query, (run_id,)).fetchone()[0])

    def find(self, tenant: str, run_id: str) -> StoredRun | None:
        """Return the run, complete or not."""
        query = f"SELECT {_RUN} FROM runs WHERE tenant = ? AND id = ?"
        row = self.database.execute(query, (tenant, run_id)).fetchone()
        return None if row is None else _stored(row)

    def put(self, run: StoredRun) -> None:
        """Write the run in place of what was kept under its id."""
        doc = run.doc
        readable = all(doc.get(name) for name in ("name", "run_type", "start_time", "dotted_order"))
        self.database.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.tenant,
                run.id,
                run.project_id,
                doc.get("trace_id"),
                doc.get("parent_run_id"),
                doc.get("dotted_order"),
                doc.get("run_type"),
                run.start_us,
                bool(doc.get("error")),
                readable,
                run.posts,
                dump_json(doc),
            ),
        )

    def dotted_order(self, tenant: str, run_id: str) -> str | None:
        """Return the run's dotted_order, or None for a run that is not here."""
        query = "SELECT dotted_order FROM runs WHERE tenant = ? AND id = ?"
        row = self.database.execute(query, (tenant, run_id)).fetchone()
        return None if row is None else row[0]

    def children(self, tenant: str, run_id: str) -> list[tuple[str, str]]:
        """Return id and dotted_order of the direct children."""
        query = "SELECT id, dotted_order FROM runs WHERE tenant = ? AND parent_run_id = ?"
        return [(row[0], row[1]) for row in self.database.execute(query, (tenant, run_id))]

    def descendant_ids(self, run: StoredRun) -> list[str]:
        """Return the ids of all runs below this one, in dotted_order."""
        # "/" follows "." in ASCII, so the range holds exactly what continues the path.
        rows = self.database.execute(
            "SELECT id FROM runs WHERE tenant = ? AND trace_id = ? AND readable"
            " AND dotted_order > ? || '.' AND dotted_order < ? || '/' ORDER BY dotted_order",
            (run.tenant, run.doc["trace_id"], run.doc["dotted_order"], run.doc["dotted_order"]),
        )
        return [row[0] for row in rows]

    def select(
        self, tenant: str, selection: Selection, after: StoredRun | None = None
    ) -> Iterator[StoredRun]:
        """Yield the selected runs by start time and dotted_order, from behind *after* on."""
        conditions, values = _conditions(tenant, selection)
        direction = "ASC" if selection.ascending else "DESC"
        if after is not None:
            comparison = ">" if selection.ascending else "<"
            conditions.append(f"(start_us, dotted_order) {comparison} (?, ?)")
            values += (after.start_us, after.doc["dotted_order"])
        query = (
            f"SELECT {_RUN} FROM runs WHERE {' AND '.join(conditions)}"
            f" ORDER BY start_us {direction}, dotted_order {direction}"
        )
        for row in self.database.execute(query, tuple(values)):
            yield _stored(row)

    def attach(self, tenant: str, attachments: Iterable[Attachment]) -> None:
        """Keep the attachments; one of the same name is replaced and keeps its token."""
        for item in attachments:
            self.database.execute(
                "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (tenant, run_id, name)"
                " DO UPDATE SET media_type = excluded.media_type, data = excluded.data",
                (
                    tenant,
                    item.run_id,
                    item.name,
                    item.media_type,
                    secrets.token_urlsafe(24),
                    item.data,
                ),
            )

    def attachments(self, tenant: str, run_id: str) -> list[StoredAttachment]:
        """Return the run's attachments by name."""
        rows = self.database.execute(
            "SELECT name, media_type, token FROM attachments"
            " WHERE tenant = ? AND run_id = ? ORDER BY name",
            (tenant, run_id),
        )
        return [StoredAttachment(row[0], row[1], row[2]) for row in rows]

    def attachment_data(self, token: str) -> tuple[str, bytes] | None:
        """Return media type and bytes of the attachment with this token."""
        query = "SELECT media_type, data FROM attachments WHERE token = ?"
        row = self.database.execute(query, (token,)).fetchone()
        return None if row is None else (row[0], row[1])

    def delete_project(self, tenant: str, project_id: str) -> bool:
        """Forget a project and all that is in it; say whether there was one."""
        runs = "SELECT id FROM runs WHERE tenant = ? AND project_id = ?"
        key = (tenant, project_id)
        with self.database.transaction():
            for table in ("attachments", "feedback"):
                self.database.execute(
                    f"DELETE FROM {table} WHERE tenant = ? AND run_id IN ({runs})", (tenant, *key)
                )
            self.database.execute("DELETE FROM runs WHERE tenant = ? AND project_id = ?", key)
            return self.projects.delete(tenant, project_id)


def _stored(row: sqlite3.Row) -> StoredRun:
    return StoredRun(row[0], row[1], row[2], row[3], row[4], parse_json(row[5].encode()))


def _conditions(tenant: str, selection: Selection) -> tuple[list[str], list[object]]:
    conditions = ["tenant = ?", "readable"]
    values: list[object] = [tenant]

    def one_of(column: str, allowed: tuple[str, ...]) -> None:
        if len(allowed) == 1:
            # An equality lets the index deliver the order; a page costs no sort of all runs.
            conditions.append(f"{column} = ?")
            values.append(allowed[0])
        else:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(dump_json(list(allowed)))

    if selection.ids is not None:
        one_of("id", selection.ids)
        return conditions, values
    if selection.project_ids is not None:
        one_of("project_id", selection.project_ids)
    for condition, value in (
        ("trace_id = ?", selection.trace_id),
        ("parent_run_id = ?", selection.parent_run_id),
        ("run_type = ?", selection.run_type),
        ("(parent_run_id IS NULL) = ?", selection.is_root),
        ("failed = ?", selection.failed),
        ("start_us >= ?", selection.min_start_us),
        ("start_us <= ?", selection.max_start_us),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    return conditions, values
