"""From what may stand at a place to the names of the catalog that do."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.quoting import quote_identifier as quoted
from schemabot.features.completion.guesses import likely_tables, qualifiers, written_columns
from schemabot.features.completion.object_candidates import ObjectCandidates
from schemabot.features.completion.proposal import Proposal
from schemabot.features.completion.wanted import ROWS, Rows, Scope, Wanted


class Candidates(ObjectCandidates):
    """Proposals at one place: what a value may be, and the objects."""

    def of(self, wanted: Wanted) -> Iterator[Proposal]:
        """All that may stand here."""
        for place, rows in enumerate(wanted.columns):
            if not self.chain or self.chain[-1] == rows.name:
                yield from self._columns(rows, wanted.named, 0.3 - place / 50)
        if wanted.expression:
            yield from self._expression(wanted)
        if wanted.kinds:
            yield from self._objects(wanted)

    def _expression(self, wanted: Wanted) -> Iterator[Proposal]:
        scope = wanted.scope
        if self.chain:
            yield from self._qualified(wanted)
            return
        if wanted.head == "assignment":
            yield from self._assigned(scope)
            return
        seen: set[str] = set()
        for place, rows in enumerate((*scope.rows, *scope.outer)):
            prior = 0.25 if place < len(scope.rows) else 0.12
            if rows.name in ("new", "old", "excluded"):
                yield Proposal(rows.name, "alias", rows.name, 0.1)
                continue
            for proposal in self._columns(rows, prior=prior):
                if proposal.label not in seen:
                    seen.add(proposal.label)
                    yield proposal
            if rows.name:
                yield Proposal(rows.name, "alias", quoted(rows.name), 0.15, "rows in scope")
        for name in scope.variables:
            yield Proposal(name, "variable", quoted(name), 0.2, "variable")
        yield from self._functions(("function",), called=True)
        if self.typed or wanted.head != "key":
            yield from self._schemas(0.0)
        if not scope.rows and wanted.head != "key":
            yield from self._guessed_rows("")
            for name in dict.fromkeys(qualifiers(self.words)):
                if scope.named(name) is None and name not in self.catalog.schemas:
                    yield Proposal(name, "alias", quoted(name), 0.2, "used before")

    def _assigned(self, scope: Scope) -> Iterator[Proposal]:
        """What a statement of PL/pgSQL can give a value to."""
        for name in (*scope.variables, *(rows.name for rows in scope.outer)):
            yield Proposal(name, "variable", quoted(name), 0.1, "variable")

    def _qualified(self, wanted: Wanted) -> Iterator[Proposal]:
        scope, chain = wanted.scope, self.chain
        rows = scope.named(chain[-1]) if len(chain) == 1 else None
        if rows is not None:
            if rows.relation is None and not rows.columns:
                yield from self._guessed_rows(rows.name)
            yield from self._columns(rows)
            return
        if len(chain) == 1 and chain[0] in self.catalog.schemas:
            yield from self._functions(("function",), called=True)
            yield from self._relations(ROWS, -0.1)
            return
        relation = self.names.rows(chain)
        if relation is not None:
            yield from self._columns(Rows(relation.name, relation))
        elif len(chain) == 1:
            yield from self._guessed_rows(chain[0])

    def _guessed_rows(self, alias: str) -> Iterator[Proposal]:
        """The columns of the table that fits what was written of the rows so far; nothing says yet which it is."""
        written = written_columns(self.words, alias)
        for place, table in enumerate(likely_tables(self.catalog, self.index, written)):
            yield from self._columns(Rows(table.name, table), written, 0.15 - place / 20)
        yield from self._guessed_columns()

    def _guessed_columns(self) -> Iterator[Proposal]:
        """Names of columns that were written at such places: nothing says yet which table is meant."""
        likely = self._likely()
        for name in likely:
            if self.index.has_column(name):
                yield Proposal(name, "column", quoted(name), 0.05)
        if self.typed:
            typed = self.typed.lower()
            for name in self.index.column_names:
                if name not in likely and typed in name.lower():
                    yield Proposal(name, "column", quoted(name), -0.05)
