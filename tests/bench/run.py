"""`make bench`: what a user of a project of 1,000 migrations waits for, beside squawk when it is installed.

Times are of this machine at this moment; compare within one run. Everything is made in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import attrs
from client import Client
from workspace_gen import generate

from schemabot.analysis import analyse, select_rules
from schemabot.cli.projects import load
from schemabot.syntax.source import Source
from schemabot.workspace.loader import Selection

TYPED = """create table public.bench_typed (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id),
  name text not null
);
alter table public.bench_typed enable row level security;
"""

PROPOSED = (
    "select ",
    "select * from ",
    "alter table public.",
    "create policy p on public.organizations for select using (",
)
"""Unfinished statements behind the newest file, at whose ends completion is asked for."""


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[max(0, min(len(values) - 1, round(share * len(values)) - 1))]


def row(name: str, *cells: str) -> None:
    print(f"{name:<44}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


def milliseconds(times: list[float]) -> str:
    return f"{percentile(times, 0.5) * 1000:.2f} / {percentile(times, 0.95) * 1000:.2f} ms"


async def typing(
    command: list[str], root: Path, newest: Path, middle: Path, pull: bool = False
) -> dict[str, str]:
    """What a client feels of one server."""
    figures: dict[str, str] = {}
    for name, path in (("newest", newest), ("middle", middle)):
        client = Client(command, root, pull)
        begin = time.perf_counter()
        await client.start()
        line = path.read_text().count("\n") // 2
        text = path.read_text()
        while text.splitlines()[line].strip() and line > 0:
            line -= 1
        document = {"uri": path.as_uri(), "languageId": "sql", "version": 0, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": document})
        await client.diagnostics(path.as_uri(), 0)
        figures.setdefault("start to first diagnostics", f"{(time.perf_counter() - begin) * 1000:.0f} ms")
        await asyncio.sleep(2.5)
        client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        await asyncio.sleep(1.5)
        times = await client.type(path, line, TYPED)
        figures[f"key to diagnostics, {name} file, p50 / p95"] = milliseconds(times)
        figures["peak memory of the server"] = f"{client.peak_memory():.0f} MB"
        await client.stop()
    return figures


async def proposing(command: list[str], root: Path, newest: Path, count: int = 40) -> dict[str, str]:
    """How long a client waits for completion behind the newest file, when the diagnostics have come."""
    client = Client(command, root)
    await client.start()
    uri, text, figures = newest.as_uri(), newest.read_text(), {}
    line = text.count("\n")
    document = {"uri": uri, "languageId": "sql", "version": 0, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": document})
    await client.diagnostics(uri, 0)
    for version, typed in enumerate(PROPOSED, 1):
        change = {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"text": text + typed}],
        }
        client.notify("textDocument/didChange", change)
        await client.diagnostics(uri, version)
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": len(typed)}}
        times = []
        for _ in range(count):
            begin = time.perf_counter()
            answer = await client.request("textDocument/completion", place)
            times.append(time.perf_counter() - begin)
            assert answer["items"], typed
        figures.setdefault("first completion of a session", f"{times[0] * 1000:.0f} ms")
        figures[f"completion, {' '.join(typed.split()[-3:])}, p50 / p95"] = milliseconds(times[1:])
    await client.stop()
    return figures


def checked(command: list[str], cache: Path) -> tuple[float, float]:
    """Wall seconds and peak MB of one `check` as a whole process."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "SCHEMABOT_CACHE_DIR": str(cache)},
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def replayed(root: Path, middle: Path, cache: Path) -> tuple[float, float, float]:
    """Seconds until the catalog at the end is right: facts not cached, cached, and after a statement more in the middle."""
    os.environ["SCHEMABOT_CACHE_DIR"] = str(cache)
    seconds = []
    for _ in range(2):
        begin = time.perf_counter()
        (loaded,) = load([str(root)], Selection())
        rules = select_rules({}, loaded.project.settings)
        analysis = analyse(loaded.project, rules, loaded.base)
        seconds.append(time.perf_counter() - begin)
        loaded.save_cache()
    text = middle.read_text() + "\ncreate table public.bench_added (id int);\n"
    begin = time.perf_counter()
    index = loaded.project.index(str(middle))
    assert index is not None
    file = loaded.project.migrations[index]
    changed = loaded.project.with_file(index, attrs.evolve(file, source=Source.of(text)))
    head = analyse(changed, rules, loaded.base, analysis).head
    seconds.append(time.perf_counter() - begin)
    assert head.catalog.table("public", "bench_added") is not None
    return seconds[0], seconds[1], seconds[2]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--migrations", type=int, default=1000)
    count = arguments.parse_args().migrations
    schemabot = str(Path(sys.executable).with_name("schemabot"))
    squawk = shutil.which("squawk") or shutil.which(str(Path(sys.executable).with_name("squawk")))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        newest = generate(count, root)
        files = sorted((root / "supabase" / "migrations").glob("*.sql"))
        middle = files[len(files) // 2]
        print(f"{len(files)} migrations, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB")
        row("", "schemabot", "squawk" if squawk else "squawk (absent)")
        ours = asyncio.run(typing([schemabot, "lsp"], root, newest, middle))
        ours |= asyncio.run(proposing([schemabot, "lsp"], root, newest))
        theirs = asyncio.run(typing([squawk, "server"], root, newest, middle, pull=True)) if squawk else {}
        for name, value in ours.items():
            row(name, value, theirs.get(name, "-"))
        cold, warm, peaks = [], [], []
        other: list[float] = []
        for turn in range(3):
            cache = Path(folder) / f"cache{turn}"
            seconds, peak = checked([schemabot, "check", str(root)], cache)
            cold.append(seconds)
            peaks.append(peak)
            warm += [checked([schemabot, "check", str(root)], cache)[0] for _ in range(2)]
            if squawk:
                other.append(checked([squawk, *map(str, files)], cache)[0])
        row(
            "check, cold, median",
            f"{percentile(cold, 0.5):.2f} s",
            f"{percentile(other, 0.5):.2f} s" if other else "-",
        )
        row("check, warm, median", f"{percentile(warm, 0.5):.2f} s", "-")
        names = ("facts not cached", "facts cached", "a statement more in the middle file")
        for name, took in zip(names, replayed(root, middle, Path(folder) / "replay"), strict=True):
            row(f"catalog, {name}", f"{took * 1000:.0f} ms", "-")
        row("peak memory of check", f"{max(peaks):.0f} MB", "-")


if __name__ == "__main__":
    main()
