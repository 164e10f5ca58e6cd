"""A small stand-in for Supabase's Management API: its endpoint for read-only queries, answered by a real PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
import psycopg

REF = "abcdefghijklmnopqrst"
TOKEN = "sbp_s3cr3t"


@attrs.define
class Fault:
    """How one request is answered instead; `cut` ends the connection after that many bytes of the body."""

    status: int = 201
    body: bytes | None = None
    headers: dict[str, str] = attrs.Factory(dict)
    cut: int | None = None
    silent: bool = False


@attrs.define
class Api:
    """What the server was asked, and what it is to do wrong next."""

    conninfo: str
    url: str = ""
    faults: list[Fault] = attrs.Factory(list)
    asked: list[tuple[str, str]] = attrs.Factory(list)
    ended: threading.Event = attrs.Factory(threading.Event)

    def rows(self, text: str) -> list[dict[str, Any]]:
        """As postgres-meta answers: the rows of the last statement that gave any."""
        found: list[dict[str, Any]] = []
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("set default_transaction_read_only to on")
            cursor = connection.execute(text.encode())
            while True:
                if cursor.description:
                    names = [column.name for column in cursor.description]
                    kinds = [column.type_code for column in cursor.description]
                    some = [
                        {
                            name: str(value) if kind == 20 else value
                            for name, kind, value in zip(names, kinds, row, strict=True)
                        }
                        for row in cursor.fetchall()
                    ]
                    found = some or found
                if not cursor.nextset():
                    return found


def _handler(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["content-length"])))["query"]
            api.asked.append((self.path, self.headers["authorization"]))
            fault = api.faults.pop(0) if api.faults else None
            if fault is not None and fault.silent:
                api.ended.wait(30)
                self.close_connection = True
                return
            status, body = self.answer(query) if fault is None or fault.body is None else (201, fault.body)
            self.send_response(status if fault is None else fault.status)
            for name, value in (fault.headers if fault else {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if fault is None or fault.cut is None else body[: fault.cut])
            self.close_connection = fault is not None and fault.cut is not None

        def answer(self, query: str) -> tuple[int, bytes]:
            if self.path != f"/v1/projects/{REF}/database/query/read-only":
                return 404, b'{"message":"Not Found"}'
            if self.headers["authorization"] != f"Bearer {TOKEN}":
                return 401, b'{"message":"Unauthorized"}'
            try:
                return 201, json.dumps(api.rows(query), default=_plain).encode()
            except psycopg.Error as error:
                said = str(error).splitlines()[0]
                return 400, json.dumps({"message": f"Failed to run sql query: ERROR: {said}"}).encode()

    return Handler


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


@contextmanager
def management_api(conninfo: str) -> Iterator[Api]:
    """The API for one project, on a free port of this machine."""
    api = Api(conninfo)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        api.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
