"""The alternatives of what the policies demand, sorted by whose rows they let pass."""

from __future__ import annotations

from collections.abc import Callable

from schemabot.catalog.objects import Table
from schemabot.isolation import terms as t
from schemabot.isolation.branches import Branch, TooManyError, branches
from schemabot.isolation.closure import Closure
from schemabot.isolation.reach import Reach, Subject
from schemabot.isolation.tenancy_model import TenancyModel


class Alternatives:
    """The alternatives of a formula about a row of `table`; `new` is a row that is to be written.

    `possible` are those that some caller can fulfil, `open` those of them that may let a row of somebody else
    pass. `through` are the tables that the others rest on; `shared` tells that rows without an organisation pass.
    """

    def __init__(
        self, table: Table, formula: t.Formula, model: TenancyModel, *, new: bool,
        closure: Callable[[Branch], Closure], is_impossible: Callable[[Closure], bool],
        reach: Callable[[Closure, Subject], Reach],
    ) -> None:  # fmt: skip
        self.new = new
        self.through: set[int] = set()
        self.shared = False
        self._table = table
        self._model = model
        self._reach = reach
        try:
            self._branches: list[Branch] | None = branches(formula)
        except TooManyError:
            self._branches = None
        closures = [closure(branch) for branch in self._branches or ()]
        self.possible = [each for each in closures if not is_impossible(each)]
        self.open = [each for each in self.possible if not self._is_kept(each)]

    def _is_kept(self, closure: Closure) -> bool:
        """Whether the alternative lets no row of somebody else pass."""
        if closure.row_is_own:
            self.through |= closure.through
            return True
        if self._is_nobodys(closure):
            self.shared = True
            return True
        return False

    def _is_nobodys(self, closure: Closure) -> bool:
        """Whether it demands a row without an organisation, and no user's own either."""
        ownership = self._model.ownership(self._table.oid)
        columns = ownership.columns
        if ownership.kind == "parent" and len(ownership.parents) == 1:
            columns = ownership.parents[0].columns
        if ownership.kind == "user" or self._model.user_columns(self._table):
            return False
        return any(
            isinstance(x, t.NullTest) and x.null and isinstance(x.term, t.Field)
            and x.term.source == t.ROW and x.term.number in columns
            for x in closure.branch.literals
        )  # fmt: skip

    @property
    def denied(self) -> bool:
        """Whether nothing passes."""
        return self._branches is not None and not self.possible

    @property
    def isolated(self) -> bool:
        """Whether only the caller's rows pass."""
        return self._branches is not None and not self.open

    def proof(self, subject: Subject) -> tuple[Closure, tuple[str, ...]] | None:
        """An alternative that is surely open to such a row, the plainest first."""
        found = []
        for closure in self.open if subject == "foreign" else self.possible:
            reach = self._reach(closure, subject)
            if reach.obstacle() is None:
                found.append((closure, tuple(dict.fromkeys(reach.conditions))))
        return min(found, key=lambda each: len(each[1]), default=None)

    def obstacles(self) -> tuple[str, ...]:
        """What keeps the open alternatives from being decided."""
        if self._branches is None:
            return ("too many alternatives",)
        reasons = [self._reach(closure, "foreign").obstacle() for closure in self.open]
        return tuple(dict.fromkeys(reason for reason in reasons if reason))
