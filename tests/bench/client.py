"""A small language client that measures what somebody who types feels. Standard library only."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": True}, "configuration": False},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
        }
    },
}


class Client:
    """Talks to one server over standard input and output; diagnostics are pushed or pulled, as the server can."""

    def __init__(self, command: list[str], root: Path, pull: bool = False) -> None:
        self.command, self.root, self.pull = command, root, pull
        self.pushed: dict[tuple[str, int | None], float] = {}
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._arrived = asyncio.Event()
        self._id = 0

    async def start(self) -> float:
        """Start the server and initialize it; seconds until it answered."""
        begin = time.perf_counter()
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self.root,
            limit=2**26,
        )
        self._reader = asyncio.create_task(self._read())
        capabilities = json.loads(json.dumps(CAPABILITIES))
        if self.pull:
            capabilities["textDocument"]["diagnostic"] = {"dynamicRegistration": False}
        answer = await self.request(
            "initialize",
            {"processId": os.getpid(), "rootUri": self.root.as_uri(), "capabilities": capabilities},
        )
        self.pulls = self.pull or not answer["capabilities"].get("textDocumentSync")
        if "diagnosticProvider" in answer["capabilities"] and self.pull:
            self.pulls = True
        self.notify("initialized", {})
        return time.perf_counter() - begin

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its result."""
        self._id += 1
        future = asyncio.get_running_loop().create_future()
        self._answers[self._id] = future
        self._send({"jsonrpc": "2.0", "id": self._id, "method": method, "params": params})
        return await asyncio.wait_for(future, 120)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            if not header.lower().startswith(b"content-length:"):
                continue
            length = int(header.split(b":")[1])
            while (await self.process.stdout.readline()).strip():
                pass
            message = json.loads(await self.process.stdout.readexactly(length))
            now = time.perf_counter()
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                self.pushed[params["uri"], params.get("version")] = now
                self._arrived.set()
            elif "method" in message and "id" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            elif message.get("id") in self._answers:
                future = self._answers.pop(message["id"])
                if not future.done():
                    if "error" in message:
                        future.set_exception(RuntimeError(str(message["error"])))
                    else:
                        future.set_result(message["result"])

    async def diagnostics(self, uri: str, version: int) -> None:
        """Wait for the diagnostics of that version."""
        if self.pull:
            await self.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            return
        while (uri, version) not in self.pushed:
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), 120)

    async def type(self, path: Path, line: int, text: str) -> list[float]:
        """Open a file, type `text` in a new line after `line`, wait for each key's diagnostics; seconds per key."""
        uri = path.as_uri()
        version = 1
        document = {"uri": uri, "languageId": "sql", "version": version, "text": path.read_text()}
        self.notify("textDocument/didOpen", {"textDocument": document})
        await self.diagnostics(uri, version)
        times: list[float] = []
        at = {"line": line, "character": 0}
        for index, character in enumerate("\n" + text):
            version += 1
            begin = time.perf_counter()
            change = {"range": {"start": dict(at), "end": dict(at)}, "text": character}
            self.notify(
                "textDocument/didChange",
                {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
            )
            await self.diagnostics(uri, version)
            if index:
                times.append(time.perf_counter() - begin)
            if character == "\n":
                at["line"], at["character"] = at["line"] + (1 if index else 0), 0
            else:
                at["character"] += 1
        return times

    def peak_memory(self) -> float:
        """The server's peak resident memory in MB (Linux), else 0."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0.0
        return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmHWM"))

    async def stop(self) -> None:
        """Shut the server down."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self._reader.cancel()
