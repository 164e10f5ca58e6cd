"""The `schemabot` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    try:
        from schemabot.cli.main import cli

        cli()
    except KeyboardInterrupt:  # while importing; later ones are told about
        sys.exit(130)


if __name__ == "__main__":
    # `python -m` puts the current folder first on the import path: a workspace must not lend us its modules.
    if not sys.flags.safe_path and sys.path and sys.path[0] == os.getcwd():  # noqa: PTH109
        del sys.path[0]
    main()
