"""The what-if panel: levers to move, and people and money that follow, with how sure that is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from cxkit.cases import Case
from cxkit.cases import case as case_by_name
from cxkit.views import look
from cxkit.views.panel.view import Told

if TYPE_CHECKING:
    from cxkit.measures.whatif import WhatIf

__all__ = ["Panel", "what_if_panel"]

HERE = Path(__file__).parent
COLOURS = {
    name.lower().replace("_", "-"): getattr(look, name)
    for name in ("INK", "QUIET", "RULE", "PAPER", "BLUE", "BELOW", "BELOW_FILL", "BELOW_PALE", "ABOVE", "ABOVE_FILL", "STAR",
                 "STAR_FILL")
}  # fmt: skip


def what_if_panel(
    case: str | Case,
    *,
    levers: Mapping[str, float] | None = None,
    guess: bool = False,
    language: str | None = None,
) -> Panel:
    """Levers to move, and people and money that follow with their intervals: `what_if` in the hand.

    Args:
        case: the name of a case that has levers, or the `Case`.
        levers: where to start, such as {"cover_points": 2}. What is not named stands as it is today.
        guess: ask the learner how many more people will stay before the result is shown.
        language: of the panel's words, such as "he"; without it, the language of the case. A case that is not told in
            that language keeps its own names, in English inside the other language's page, and the panel says so.

    Returns:
        A `Panel` that shows itself in a notebook. `panel.levers` is where the levers stand, and can be set;
        `panel.result` is what `what_if` says of them; `panel.guess` is the learner's guess (0 or more, or fewer).

    Raises:
        ValueError: for a case without levers, an unknown lever (with the nearest name), or a setting out of its range.

    >>> panel = what_if_panel("hmo_opt_out", levers={"cover_points": 2})
    >>> panel.levers["cover_points"]
    2.0
    """
    if isinstance(case, Case):
        found = case
    else:
        from cxkit.measures.whatif import levers as of_case

        of_case(case)  # a name without levers is refused in its own words
        found = case_by_name(case)
        if language:
            with contextlib.suppress(ValueError):  # not told in that language: its own words, in our frame
                found = case_by_name(case, language)
    return Panel(found, dict(levers or {}), guess=guess, language=language or found.language)


class Panel(anywidget.AnyWidget):
    """The panel in the notebook; make one with `what_if_panel`.

    Attributes:
        levers: every lever and where it stands. Set it to move them; what is not named goes back to today.
        result: the `WhatIf` of these levers.
        guess: {"value": how many more people, "levers": the settings it was for}; empty without a guess.
    """

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = "\n".join((HERE / file).read_text("utf-8") for file in ("charts.js", "panel.js"))
    _css = (
        ".cx-panel {"
        + "".join(f" --{name}: {colour};" for name, colour in COLOURS.items())
        + " }\n"
        + (HERE / "panel.css").read_text("utf-8")
    )

    spec = traitlets.Dict().tag(sync=True)
    levers = traitlets.Dict().tag(sync=True)
    guess = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, levers: Mapping[str, float], *, guess: bool, language: str) -> None:
        from cxkit.measures.whatif import levers as of_case

        self.result: WhatIf
        self._case, self._hidden, self._count = case, guess, 0
        table = of_case(case)
        self._told = Told(case, language)
        super().__init__(spec=self._told.spec(table, guess), levers=dict(levers))
        self._show()
        self.observe(lambda _: self._show(), "levers")
        self.on_msg(self._heard)

    @traitlets.validate("levers")
    def _set(self, proposal: Any) -> dict[str, float]:
        from cxkit.measures.whatif import what_if

        # one call both judges the settings and answers them
        self.result = what_if(self._case, proposal["value"])
        return dict(self.result.levers)

    def _show(self, ticket: str = "", problem: str = "") -> None:
        self._count += 1
        view = self._told.view(self.result, self.guess, self._hidden)
        # the count makes each answer a new one: equal traits are not sent
        self.view = {**view, "ticket": ticket, "problem": problem, "count": self._count}

    def _heard(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """Answer the page: `{"kind": "ask" | "guess" | "again", "ticket": …, "levers": …, "guess": …}`."""
        problem = ""
        with self.hold_sync():
            try:
                self.levers = message.get("levers", {})
                if message.get("kind") == "guess":
                    self._guessed(message.get("guess"))
                elif message.get("kind") == "again":
                    self._hidden = True
            except (ValueError, traitlets.TraitError) as fault:
                problem = str(fault)
            self._show(str(message.get("ticket", "")), problem)

    def _guessed(self, guess: Any) -> None:
        n = self.result.people.as_is.n
        words = self._told.words
        if self.levers == {
            row["name"]: row["as_is"] for group in self.spec["groups"] for row in group["levers"]
        }:
            raise ValueError(words["guess.move"])
        if isinstance(guess, bool) or not isinstance(guess, int) or not -n <= guess <= n:
            ends = {"low": self._told.people(-n), "high": self._told.people(n)}
            raise ValueError(words["guess.bad"].format(**ends))
        self.guess = {"value": guess, "levers": dict(self.levers)}
        self._hidden = False

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        plain = f"{self._told.words['title']} {self._case.title}"
        return {**data, "text/html": self.on_paper(), "text/plain": plain}, metadata

    def on_paper(self) -> str:
        """The levers and their result as plain HTML: for print, and for a page where the panel cannot run."""
        return self._told.paper(self.result, self._hidden)
