"""Projects, which the API calls sessions: the containers that runs are logged to."""

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from collector.sandbox.database import Database
from collector.sandbox.documents import JsonObject, contains, dump_json, parse_json
from collector.sandbox.errors import Conflict

DEFAULT_PROJECT = "default"
"""Where runs go that name no project."""

_EDITABLE = ("description", "extra", "end_time", "reference_dataset_id")


@dataclass(frozen=True, slots=True)
class Project:
    """A project; *doc* holds description, extra, end_time and reference_dataset_id."""

    tenant: str
    id: str
    name: str
    start_us: int
    doc: JsonObject


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects to list; None leaves a condition out."""

    ids: tuple[str, ...] | None = None
    name: str | None = None
    name_contains: str | None = None
    reference_datasets: tuple[str, ...] | None = None
    reference_free: bool | None = None
    metadata: JsonObject | None = None

    def takes(self, project: Project) -> bool:
        """Say whether the project meets every condition."""
        dataset = project.doc.get("reference_dataset_id")
        return (
            (self.ids is None or project.id in self.ids)
            and (self.name is None or project.name == self.name)
            and (
                self.name_contains is None
                or self.name_contains.casefold() in project.name.casefold()
            )
            and (self.reference_datasets is None or dataset in self.reference_datasets)
            and (self.reference_free is None or (dataset is None) == self.reference_free)
            and (
                self.metadata is None
                or contains((project.doc.get("extra") or {}).get("metadata") or {}, self.metadata)
            )
        )


class ProjectTable:
    """The projects of all tenants; names are unique within a tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, tenant: str, project_id: str) -> Project | None:
        """Return the project with this id."""
        return self._one("tenant = ? AND id = ?", (tenant, project_id))

    def find_named(self, tenant: str, name: str) -> Project | None:
        """Return the project with this name."""
        return self._one("tenant = ? AND name = ?", (tenant, name))

    def list(self, tenant: str, wanted: ProjectFilter) -> Iterator[Project]:
        """Yield the tenant's projects that *wanted* takes, newest first."""
        rows = self._database.execute(
            "SELECT * FROM projects WHERE tenant = ? ORDER BY start_us DESC, name", (tenant,)
        )
        return (project for project in map(_project, rows) if wanted.takes(project))

    def everything(self) -> Iterator[Project]:
        """Yield the projects of all tenants, newest first."""
        rows = self._database.execute("SELECT * FROM projects ORDER BY start_us DESC, name")
        return map(_project, rows)

    def ensure(self, tenant: str, fields: JsonObject, now_us: int) -> str:
        """Return the id of the project a run names, made on first use.

        ``session_id`` wins over ``session_name``; an address stands for the project of its agent.
        """
        project_id = fields.get("session_id")
        name = fields.get("session_name") or fields.get("address") or project_id or DEFAULT_PROJECT
        if project_id is not None:
            if self.find(tenant, project_id) is not None:
                return str(project_id)
            if self.find_named(tenant, name) is not None:
                name = project_id
        else:
            known = self.find_named(tenant, name)
            if known is not None:
                return known.id
            project_id = str(uuid.uuid5(uuid.UUID(tenant), name))
        self.create(Project(tenant, project_id, name, now_us, {}))
        return str(project_id)

    def create(self, project: Project) -> None:
        """Add a project.

        Raises:
            Conflict: its name or id is taken.
        """
        try:
            self._database.execute(
                "INSERT INTO projects VALUES (?, ?, ?, ?, ?)",
                (
                    project.tenant,
                    project.id,
                    project.name,
                    project.start_us,
                    dump_json(project.doc),
                ),
            )
        except sqlite3.IntegrityError as error:
            raise Conflict(f"a project {project.name!r} already exists") from error

    def update(self, project: Project, changes: JsonObject) -> Project:
        """Return the project after the changes that are not null.

        Raises:
            Conflict: the new name is taken.
        """
        doc = dict(project.doc)
        for key in _EDITABLE:
            if changes.get(key) is not None:
                doc[key] = changes[key]
        changed = Project(
            project.tenant, project.id, changes.get("name") or project.name, project.start_us, doc
        )
        try:
            self._database.execute(
                "UPDATE projects SET name = ?, doc = ? WHERE tenant = ? AND id = ?",
                (changed.name, dump_json(doc), project.tenant, project.id),
            )
        except sqlite3.IntegrityError as error:
            raise Conflict(f"a project {changed.name!r} already exists") from error
        return changed

    def delete(self, tenant: str, project_id: str) -> bool:
        """Forget the project, not its runs; say whether there was one."""
        cursor = self._database.execute(
            "DELETE FROM projects WHERE tenant = ? AND id = ?", (tenant, project_id)
        )
        return cursor.rowcount > 0

    def _one(self, condition: str, values: tuple[object, ...]) -> Project | None:
        row = self._database.execute(f"SELECT * FROM projects WHERE {condition}", values).fetchone()
        return None if row is None else _project(row)


def _project(row: sqlite3.Row) -> Project:
    return Project(row[0], row[1], row[2], row[3], parse_json(row[4].encode()))
