"""cxkit: see a health-care service through the customer's eyes, map the journey, and prove where it breaks.

    import cxkit as cx

gives the whole vocabulary. Names load on first use, so that `import cxkit` costs little.

In a notebook, what cxkit refuses is told in words, without a traceback. `%tb` in the next cell shows the traceback.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cases import case, cases
    from .journey import Journey, JourneyError, Persona, read_journey
    from .log import read_log
    from .measures.chain import chain
    from .measures.compare import compare
    from .measures.delays import handoffs, variants, waits
    from .measures.drivers import drivers
    from .measures.estimate import Estimate
    from .measures.gap import gap
    from .measures.iceberg import iceberg
    from .measures.leaks import attrition, leak_points
    from .measures.plan import compare_to_plan
    from .measures.queues import queue, staffing
    from .measures.redesign import mismatch, opportunities, prioritise
    from .measures.retention import revenue_at_risk, survival, waiting_cost
    from .measures.scores import ces, csat, normalized_gain, nps, peak_end, proportion
    from .measures.shapley import importance_performance, shapley
    from .measures.voice import agreement, code_quotes, complaints
    from .measures.whatif import levers, what_if
    from .teaching.activities import activity
    from .teaching.certificate import certificate
    from .teaching.conversation import conversation
    from .teaching.facts import facts
    from .teaching.glossary import glossary
    from .teaching.guess import guess
    from .teaching.lesson import start
    from .teaching.progress_view import progress
    from .teaching.quiz import quiz
    from .teaching.sheet import sheet
    from .templates import template, templates
    from .views.charts.change import plot_compare
    from .views.charts.choice import plot_prioritise
    from .views.charts.delays import plot_handoffs, plot_waits
    from .views.charts.drivers import plot_drivers, plot_shapley
    from .views.charts.gap import plot_gap
    from .views.charts.grid import plot_importance_performance
    from .views.charts.leaving import plot_survival
    from .views.charts.paths import plot_leaks, plot_variants
    from .views.charts.plan import plot_what_if
    from .views.charts.voice import plot_complaints, plot_iceberg
    from .views.editor import edit
    from .views.panel import what_if_panel

__version__ = "0.1.0"

WHERE = {
    "Journey": ".journey",
    "JourneyError": ".journey",
    "Persona": ".journey",
    "read_journey": ".journey",
    "case": ".cases",
    "cases": ".cases",
    "gap": ".measures.gap",
    "read_log": ".log",
    "peak_end": ".measures.scores",
    "nps": ".measures.scores",
    "csat": ".measures.scores",
    "ces": ".measures.scores",
    "proportion": ".measures.scores",
    "normalized_gain": ".measures.scores",
    "chain": ".measures.chain",
    "drivers": ".measures.drivers",
    "shapley": ".measures.shapley",
    "importance_performance": ".measures.shapley",
    "survival": ".measures.retention",
    "revenue_at_risk": ".measures.retention",
    "waiting_cost": ".measures.retention",
    "attrition": ".measures.leaks",
    "leak_points": ".measures.leaks",
    "waits": ".measures.delays",
    "handoffs": ".measures.delays",
    "variants": ".measures.delays",
    "compare_to_plan": ".measures.plan",
    "staffing": ".measures.queues",
    "queue": ".measures.queues",
    "code_quotes": ".measures.voice",
    "agreement": ".measures.voice",
    "complaints": ".measures.voice",
    "iceberg": ".measures.iceberg",
    "opportunities": ".measures.redesign",
    "prioritise": ".measures.redesign",
    "mismatch": ".measures.redesign",
    "compare": ".measures.compare",
    "what_if": ".measures.whatif",
    "levers": ".measures.whatif",
    "plot_survival": ".views.charts.leaving",
    "plot_drivers": ".views.charts.drivers",
    "plot_shapley": ".views.charts.drivers",
    "plot_importance_performance": ".views.charts.grid",
    "plot_gap": ".views.charts.gap",
    "plot_waits": ".views.charts.delays",
    "plot_handoffs": ".views.charts.delays",
    "plot_variants": ".views.charts.paths",
    "plot_leaks": ".views.charts.paths",
    "plot_iceberg": ".views.charts.voice",
    "plot_complaints": ".views.charts.voice",
    "plot_prioritise": ".views.charts.choice",
    "plot_compare": ".views.charts.change",
    "plot_what_if": ".views.charts.plan",
    "what_if_panel": ".views.panel",
    "certificate": ".teaching.certificate",
    "conversation": ".teaching.conversation",
    "facts": ".teaching.facts",
    "glossary": ".teaching.glossary",
    "guess": ".teaching.guess",
    "edit": ".views.editor",
    "template": ".templates",
    "templates": ".templates",
    "Estimate": ".measures.estimate",
    "start": ".teaching.lesson",
    "quiz": ".teaching.quiz",
    "sheet": ".teaching.sheet",
    "activity": ".teaching.activities",
    "progress": ".teaching.progress_view",
}

__all__ = [
    "Estimate",
    "Journey",
    "JourneyError",
    "Persona",
    "activity",
    "agreement",
    "attrition",
    "case",
    "cases",
    "certificate",
    "ces",
    "chain",
    "code_quotes",
    "compare",
    "compare_to_plan",
    "complaints",
    "conversation",
    "csat",
    "drivers",
    "edit",
    "facts",
    "gap",
    "glossary",
    "guess",
    "handoffs",
    "iceberg",
    "importance_performance",
    "leak_points",
    "levers",
    "mismatch",
    "normalized_gain",
    "nps",
    "opportunities",
    "peak_end",
    "plot_compare",
    "plot_complaints",
    "plot_drivers",
    "plot_gap",
    "plot_handoffs",
    "plot_iceberg",
    "plot_importance_performance",
    "plot_leaks",
    "plot_prioritise",
    "plot_shapley",
    "plot_survival",
    "plot_variants",
    "plot_waits",
    "plot_what_if",
    "prioritise",
    "progress",
    "proportion",
    "queue",
    "quiz",
    "read_journey",
    "read_log",
    "revenue_at_risk",
    "shapley",
    "sheet",
    "staffing",
    "start",
    "survival",
    "template",
    "templates",
    "variants",
    "waiting_cost",
    "waits",
    "what_if",
    "what_if_panel",
]


class _Package(ModuleType):
    """A name of the vocabulary stays what it is: importing the module `cxkit.cases` would put it in place of `cx.cases`."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in WHERE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


if "IPython" in sys.modules:
    from .teaching.calm import calm_refusals

    calm_refusals()


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        # difflib only here: it is needed for a slip of the pen, not for every start
        from difflib import get_close_matches

        near = get_close_matches(name, WHERE, 1)
        hint = f"Did you mean {near[0]}?" if near else f"It has: {', '.join(__all__)}."
        raise AttributeError(f"cxkit has no '{name}'. {hint}")
    value = getattr(importlib.import_module(WHERE[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
