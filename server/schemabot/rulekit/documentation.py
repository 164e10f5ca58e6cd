"""A rule's docstring as documentation and examples.

    First sentence: the summary.

    Why it matters, in paragraphs of Markdown.

    ## Bad

    ```sql
    create table public.notes (id uuid primary key);
    --           ^^^^^^^^^^^^
    ```

    ## Fixed

    ```sql
    ...
    ```

    ## Good

    ```sql
    ...
    ```

`Bad` may be followed by several `Fixed: title of the fix` sections; a plain `Fixed` is the first fix. `Bad:
what is special` and `Good: ...` carry a title. Carets in a comment line mark the span that the rule reports
in the code line above, `--<^^^` from that line's first character on. `-- file: name.sql` starts another
migration. A `toml` fence in the same section is the project's schemabot.toml. A fence's information string
may carry `platform=postgres` (supabase is the default), `today=2026-01-31`, `layout=goose` (the project's
layout) and `settled=a.sql,b.sql` (files that stand on the default branch).
"""

from __future__ import annotations

import re

import msgspec

_SECTION = re.compile(r"^## +(.+?)\s*$", re.M)
_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.M | re.S)
_ATTRIBUTE = re.compile(r"([\w-]+)=(\S+)")


class Fixed(msgspec.Struct, frozen=True):
    """What a bad example becomes by the fix of that title (None: the first one)."""

    title: str | None
    sql: str


class Example(msgspec.Struct, frozen=True):
    """A `Bad` or `Good` section; `bad` examples hold caret lines and what each fix makes of them."""

    bad: bool
    sql: str
    title: str = ""
    settings: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    fixed: tuple[Fixed, ...] = ()

    def attribute(self, name: str, default: str = "") -> str:
        """What the fence's information string says for `name`."""
        return dict(self.attributes).get(name, default)


class Documentation(msgspec.Struct, frozen=True):
    """Summary, the Markdown before the first example, the examples, and all of it as Markdown."""

    summary: str
    body: str
    examples: tuple[Example, ...]
    markdown: str


def parse_documentation(docstring: str) -> Documentation:
    """Take a rule's docstring apart. Raises `ValueError` when a section is not one of those above."""
    text = docstring.strip()
    heads = list(_SECTION.finditer(text))
    intro = text[: heads[0].start()] if heads else text
    summary, _, body = intro.partition("\n\n")
    examples: list[Example] = []
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        _add_section(head.group(1), text[head.end() : end], examples)
    return Documentation(" ".join(summary.split()), body.strip(), tuple(examples), text)


def _add_section(title: str, content: str, examples: list[Example]) -> None:
    fences = [(m.group(1), m.group(2), m.group(3)) for m in _FENCE.finditer(content)]
    sql = next((fence for fence in fences if fence[0] == "sql"), None)
    word, _, rest = title.partition(":")
    if word in ("Bad", "Good") and sql is not None:
        settings = "".join(body for language, _, body in fences if language == "toml")
        examples.append(Example(word == "Bad", sql[2], rest.strip(), settings, _attributes(sql[1])))
    elif word == "Fixed" and sql is not None and examples and examples[-1].bad:
        fixed = Fixed(rest.strip() or None, sql[2])
        examples[-1] = msgspec.structs.replace(examples[-1], fixed=(*examples[-1].fixed, fixed))
    else:
        raise ValueError(f"section {title!r} is not Bad, Fixed (behind a Bad) or Good, or lacks its SQL")


def _attributes(information: str) -> tuple[tuple[str, str], ...]:
    return tuple((m.group(1), m.group(2)) for m in _ATTRIBUTE.finditer(information))
