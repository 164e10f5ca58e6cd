"""`schemabot lsp`: the language server."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from typing import TypeAlias

import click

Serve: TypeAlias = Callable[[tuple[str, int] | None], int]
"""Runs the server, on a TCP address or on standard input and output; `__main__` hands it in."""

LEVELS = ["debug", "info", "warning", "error"]


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Talk on standard input and output (the default).")
@click.option("--tcp", metavar="HOST:PORT", help="Wait for one client on a port instead.")
@click.option("--log-level", type=click.Choice(LEVELS), default="warning", show_default=True)
@click.pass_obj
def command(serve: Serve, stdio: bool, tcp: str | None, log_level: str) -> int:
    """Run the language server. Editors start this; it logs to standard error."""
    if stdio and tcp is not None:
        raise click.UsageError("--stdio and --tcp exclude each other")
    address = None if tcp is None else _address(tcp)
    logging.basicConfig(
        stream=sys.stderr,
        level=log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    gc.enable()
    return serve(address)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise click.BadParameter(f"{text!r} is not HOST:PORT", param_hint="--tcp")
    return host.strip("[]") or "127.0.0.1", int(port)
