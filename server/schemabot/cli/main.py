"""The `schemabot` command: finds the subcommand, and guards it so that no failure ends in a traceback.

Exit codes: 0 clean or done; 1 findings at or above --fail-on, or differences; 2 the tool failed, with one
message on standard error; 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Callable

import click

import schemabot
from schemabot.cli.output import print_error, write_quietly

COMMANDS = {
    "init": "Write schemabot.toml with what was found in a project.",
    "check": "Check migrations and say what is wrong.",
    "fix": "Apply the fixes that are safe.",
    "explain": "Explain a rule, with examples.",
    "rules": "List the rules.",
    "catalog": "Print the schema that the migrations make.",
    "isolation": "Say whether policies keep organisations and users apart.",
    "down": "Print or write what undoes a migration.",
    "new": "Make a new migration.",
    "verify": "Run the migrations on a throw-away PostgreSQL, there and back.",
    "pull": "Read the schema of a real database, for editors.",
    "lsp": "Run the language server.",
}
"""Name and summary; each command lives in a module of its name that is imported when it is called."""

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class _Commands(click.Group):
    """Imports a command's module only when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"schemabot.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 the tool failed.",
)
@click.version_option(schemabot.__version__, "-V", "--version", message="schemabot %(version)s")
@click.option("--debug", is_flag=True, help="Print tracebacks and log messages to standard error.")
def commands(debug: bool) -> None:
    """SchemaBot guards PostgreSQL and Supabase schemas: it replays your migrations and checks the result."""
    import logging

    if debug:
        logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
    else:  # commands report failures themselves; without a handler Python prints warnings with tracebacks
        logging.getLogger("schemabot").addHandler(logging.NullHandler())


def cli(arguments: list[str] | None = None, *, serve: Callable[..., int] | None = None) -> None:
    """Run the command line and exit. `serve` runs the language server: another layer, handed in from above."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _accept_any_name()
    gc.disable()  # the process is short-lived, and what it makes stays to the end
    code = run(arguments, serve)
    write_quietly()
    sys.exit(code)


def run(arguments: list[str], serve: Callable[..., int] | None = None) -> int:
    """Run one command and return its exit code; every failure is one message on standard error."""
    debug = "--debug" in arguments or bool(os.environ.get("SCHEMABOT_DEBUG"))
    try:
        result = commands.main(arguments, "schemabot", standalone_mode=False, obj=serve)
    except click.exceptions.NoArgsIsHelpError as error:
        print_error(error.format_message(), bare=True)
        return 2
    except click.ClickException as error:
        print_error(_with_usage(error))
        return 2
    except (click.Abort, KeyboardInterrupt):
        print_error("interrupted", bare=True)
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception as error:  # the one guard of the command line
        if debug:
            raise
        print_error(_described(error))
        return 2
    return result if isinstance(result, int) else 0


def _with_usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    return f"{message.rstrip('.')} (see {context.command_path} --help)"


def _described(error: Exception) -> str:
    """What failed, in one line: expected failures speak for themselves, others name their kind."""
    from schemabot.workspace.files import Unreadable
    from schemabot.workspace.git import GitError

    if isinstance(error, (Unreadable, GitError, ValueError)):
        return str(error)
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}"
    return f"internal error: {type(error).__name__}: {error} (run again with --debug for the traceback)"


def _accept_any_name() -> None:
    """Let file names and SQL that the terminal's encoding lacks be printed escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
