"""Life and death of the server, and messages that nobody should send."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from schemabot.lsp.server import SchemaBotServer
from support.editor import SERVER


class Raw:
    """A client that sends whatever it is told to."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*SERVER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def answer(self, id_: int) -> dict[str, Any]:
        assert self.process.stdout is not None
        while True:
            header = self.process.stdout.readline()
            assert header, "the server has gone"
            length = int(header.split(b":")[1])
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if message.get("id") == id_ and "method" not in message:
                return message

    def initialize(self, process: int | None = None) -> dict[str, Any]:
        self.send(
            id=1, method="initialize", params={"processId": process, "rootUri": None, "capabilities": {}}
        )
        answer = self.answer(1)
        self.send(method="initialized", params={})
        return answer

    def end(self) -> int:
        self.send(id=99, method="shutdown")
        self.answer(99)
        self.send(method="exit")
        return self.process.wait(10)


@pytest.fixture
def raw():
    started: list[Raw] = []

    def make(*arguments: str) -> Raw:
        started.append(Raw(*arguments))
        return started[-1]

    yield make
    for item in started:
        item.process.kill()
        item.process.communicate()


def test_shutdown_and_exit(raw):
    client = raw()
    answer = client.initialize()
    assert answer["result"]["serverInfo"]["name"] == "schemabot"
    assert client.end() == 0


def test_exit_without_shutdown_is_a_failure(raw):
    client = raw()
    client.initialize()
    client.send(method="exit")
    assert client.process.wait(10) == 1


def test_the_end_of_input_ends_the_server(raw):
    client = raw()
    client.initialize()
    client.process.stdin.close()
    client.process.stdin = None
    assert client.process.wait(10) == 1


def test_the_server_follows_its_parent(raw):
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    client = raw()
    client.initialize(parent.pid)
    parent.kill()
    parent.wait()
    assert client.process.wait(15) == 1


def test_unknown_requests_are_answered(raw):
    client = raw()
    client.initialize()
    client.send(id=2, method="textDocument/brew", params={"x": 1})
    assert client.answer(2)["error"]["code"] == -32601
    client.send(method="$/whatever", params=None)
    client.send(id=3, method="textDocument/codeAction", params={"textDocument": {"uri": "file:///none.sql"}})
    assert client.answer(3)["error"]["code"] in (-32602, -32603, -32600)
    client.send(id=4, method="textDocument/diagnostic", params={"textDocument": {"uri": "file:///none.sql"}})
    assert client.answer(4)["result"]["items"] == []
    assert client.end() == 0


def test_a_request_after_shutdown_is_refused(raw):
    client = raw()
    client.initialize()
    client.send(id=2, method="shutdown")
    client.answer(2)
    client.send(id=3, method="textDocument/diagnostic", params={"textDocument": {"uri": "file:///none.sql"}})
    assert client.answer(3)["error"]["code"] == -32600
    client.send(method="exit")
    assert client.process.wait(10) == 0


def test_malformed_messages_are_survived(raw):
    client = raw()
    client.initialize()
    client.send_bytes(b"Content-Length: 7\r\n\r\n{oops!}")
    client.send(id=2, method="workspace/executeCommand", params={"command": "schemabot.none"})
    assert "error" in client.answer(2)
    client.send(
        method="textDocument/didChange",
        params={"textDocument": {"uri": "file:///never-opened.sql", "version": 2}, "contentChanges": []},
    )
    assert client.end() == 0


def test_tcp(tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*SERVER, "--tcp", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:

        async def talk() -> dict[str, Any]:
            for _ in range(100):
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
            params = {"processId": os.getpid(), "rootUri": None, "capabilities": {}}
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            header = await asyncio.wait_for(reader.readline(), 10)
            while (await reader.readline()).strip():
                pass
            answer: dict[str, Any] = json.loads(await reader.readexactly(int(header.split(b":")[1])))
            writer.close()
            return answer

        assert asyncio.run(talk())["result"]["serverInfo"]["name"] == "schemabot"
        process.wait(10)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_nothing_but_the_protocol_goes_to_stdout(raw):
    client = raw()
    client.initialize()
    assert client.end() == 0
    assert client.process.stdout.read() == b""


def test_shutdown_cancels_what_is_still_being_answered() -> None:
    """pygls walked its requests while they left: an error instead of an answer, and a kill by Neovim."""
    protocol = SchemaBotServer().protocol
    waiting: list[Future[Any]] = [Future() for _ in range(3)]
    for number, future in enumerate(waiting):
        protocol._request_futures[number] = future
        future.add_done_callback(lambda _, number=number: protocol._request_futures.pop(number))
    protocol.lsp_shutdown()
    assert all(future.cancelled() for future in waiting)
    assert protocol.was_shut_down
