"""The `schemabot` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    try:
        from schemabot.cli.main import cli

        cli(serve=_serve)
    except KeyboardInterrupt:  # while importing; later ones are told about
        sys.exit(130)


def _serve(tcp: tuple[str, int] | None) -> int:
    """The language server, imported when it is started: the commands do without the protocol's 0.4 s."""
    from schemabot.lsp.main import serve

    return serve(tcp)


if __name__ == "__main__":
    # `python -m` puts the current folder first on the import path: a workspace must not lend us its modules.
    if not sys.flags.safe_path and sys.path and sys.path[0] == os.getcwd():  # noqa: PTH109
        del sys.path[0]
    main()
