"""The smallest proxy that can be measured: one upload for each request, or trouble when told so.

FAKE_PROXY names the trouble: ``loses`` (the last span of a request), ``busy`` (503 to the first try
of every request), ``refuses`` (400 to everything), ``dies`` (before it listens).
"""

import hashlib
import os
import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TROUBLE = os.environ.get("FAKE_PROXY", "")
SEEN: set[bytes] = set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        digest = hashlib.sha256(body).digest()
        if TROUBLE == "refuses":
            self._answer(400)
        elif TROUBLE == "busy" and digest not in SEEN:
            SEEN.add(digest)
            self._answer(503)
        else:
            upload(body)
            self._answer(200)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def upload(body: bytes) -> None:
    ids = [
        UUID(bytes=bytes(8) + span.span_id)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    kept = ids[:-1] if TROUBLE == "loses" else ids
    parts = "".join(f'Content-Disposition: form-data; name="post.{id}"\r\n\r\n' for id in kept)
    upstream = HTTPConnection(os.environ["LANGSMITH_ENDPOINT"].removeprefix("http://"), timeout=10)
    upstream.request("POST", "/runs/multipart", parts.encode())
    upstream.getresponse().read()
    upstream.close()


if __name__ == "__main__":
    if TROUBLE == "dies":
        sys.exit(3)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Handler).serve_forever()
