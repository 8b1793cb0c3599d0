"""What every route needs: the store, the clock, the caller's tenant, and answers in JSON."""

import hashlib
import uuid

from aiohttp import web

from collector.clock import Clock
from collector.sandbox.documents import Json, dump_json
from collector.sandbox.dotted_order import is_run_id
from collector.sandbox.errors import Unauthorized, Unprocessable
from collector.sandbox.query import RunReader
from collector.sandbox.store import RunStore

STORE = web.AppKey("store", RunStore)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
TENANTS = web.AppKey("tenants", bool)

# Any fixed UUID would do; a changed one would hide what existing files hold.
_TENANTS = uuid.UUID("5a1d2c62-97a0-5a8f-8f0e-1f7f4f3f5b11")


def tenant_of(request: web.Request) -> str:
    """Return the tenant id of the request: one per API key and workspace, or one for all.

    Raises:
        Unauthorized: neither ``x-api-key`` nor a bearer token.
    """
    key = request.headers.get("x-api-key", "").strip()
    if not key:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else ""
    if not key:
        raise Unauthorized("no API key: send x-api-key, or Authorization: Bearer")
    if not request.app[TENANTS]:
        return str(_TENANTS)
    workspace = request.headers.get("X-Tenant-Id", "").strip()
    digest = hashlib.sha256(f"{key}\0{workspace}".encode()).hexdigest()
    return str(uuid.uuid5(_TENANTS, digest))


def store_of(request: web.Request) -> RunStore:
    """Return the store."""
    return request.app[STORE]


def reader_of(request: web.Request) -> RunReader:
    """Return a reader of the caller's runs."""
    return RunReader(store_of(request), tenant_of(request))


def now_us(request: web.Request) -> int:
    """Return the time in microseconds since 1970 UTC."""
    return request.app[CLOCK].now_ns() // 1000


def path_id(request: web.Request, name: str) -> str:
    """Return the UUID in the request's path.

    Raises:
        Unprocessable: it is none.
    """
    text = request.match_info[name].lower()
    if not is_run_id(text):
        raise Unprocessable(f"{text!r} is not a UUID")
    return text


def answer(value: Json, status: int = 200) -> web.Response:
    """Return a JSON response."""
    return web.Response(text=dump_json(value), status=status, content_type="application/json")


def flag(request: web.Request, name: str, default: bool | None) -> bool | None:
    """Return a boolean of the query string, which the Python client spells ``True``/``False``.

    Raises:
        Unprocessable: it is neither true nor false.
    """
    text = request.query.get(name)
    if text is None:
        return default
    if text.lower() not in ("true", "false"):
        raise Unprocessable(f"{name} is neither true nor false")
    return text.lower() == "true"


def page_bounds(request: web.Request) -> slice:
    """Return what ``offset`` and ``limit`` (100 unless said otherwise) leave of a list.

    Raises:
        Unprocessable: not whole numbers, or negative.
    """
    texts = request.query.get("offset", "0"), request.query.get("limit", "100")
    if not all(text.isascii() and text.isdigit() for text in texts):
        raise Unprocessable("offset and limit are whole numbers from 0")
    offset, limit = map(int, texts)
    return slice(offset, offset + limit)
