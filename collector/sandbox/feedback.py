"""Feedback: scores and comments on runs."""

from collector.sandbox.database import Database
from collector.sandbox.documents import JsonObject, dump_json, parse_json


class FeedbackTable:
    """The feedback of all tenants, each kept as the JSON object it came as."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tenant: str, feedback: JsonObject) -> None:
        """Keep one feedback object in place of any with its id."""
        self._database.execute(
            "INSERT INTO feedback VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO UPDATE"
            " SET run_id = excluded.run_id, key = excluded.key, doc = excluded.doc",
            (
                tenant,
                feedback["id"],
                feedback.get("run_id"),
                feedback["key"],
                dump_json(feedback),
            ),
        )

    def find(self, tenant: str, feedback_id: str) -> JsonObject | None:
        """Return one feedback object."""
        query = "SELECT doc FROM feedback WHERE tenant = ? AND id = ?"
        row = self._database.execute(query, (tenant, feedback_id)).fetchone()
        return None if row is None else parse_json(row[0].encode())

    def list(
        self, tenant: str, run_ids: list[str] | None = None, keys: list[str] | None = None
    ) -> list[JsonObject]:
        """Return feedback in the order it came, of these runs and under these keys if given."""
        conditions, values = ["tenant = ?"], [tenant]
        for column, allowed in (("run_id", run_ids), ("key", keys)):
            if allowed is not None:
                conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
                values.append(dump_json(allowed))
        rows = self._database.execute(
            f"SELECT doc FROM feedback WHERE {' AND '.join(conditions)} ORDER BY rowid",
            tuple(values),
        )
        return [parse_json(row[0].encode()) for row in rows]

    def delete(self, tenant: str, feedback_id: str) -> bool:
        """Forget one feedback object; say whether there was one."""
        cursor = self._database.execute(
            "DELETE FROM feedback WHERE tenant = ? AND id = ?", (tenant, feedback_id)
        )
        return cursor.rowcount > 0


def feedback_stats(feedback: list[JsonObject]) -> JsonObject:
    """Return ``{key: {"n", "avg", "values"}}``; avg is None where nothing was scored."""
    stats: JsonObject = {}
    for item in feedback:
        entry = stats.setdefault(item["key"], {"n": 0, "avg": None, "values": {}, "scores": []})
        entry["n"] += 1
        if isinstance(item.get("score"), int | float):
            entry["scores"].append(float(item["score"]))
        if isinstance(item.get("value"), str):
            entry["values"][item["value"]] = entry["values"].get(item["value"], 0) + 1
    for entry in stats.values():
        scores = entry.pop("scores")
        if scores:
            entry["avg"] = sum(scores) / len(scores)
    return stats
