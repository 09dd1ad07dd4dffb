"""The fact register: claims about customer journeys that are often repeated, and what better sources say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from .questions import find_questions
from .register import read_register

COLUMNS = (
    "id",
    "claim",
    "said_by",
    "status",
    "finding",
    "numbers",
    "source",
    "year",
    "look",
    "caveat",
    "rows",
    "used_in",
)


def read_facts(path: str | Path) -> list[dict[str, Any]]:
    """The claims of a fact register, one dict each, checked. Raises ValueError that lists every fault.

    >>> read_facts("course/facts.yaml")[0]["id"]
    'who_coined_it'
    """
    return read_register(path, "facts.schema.json", "facts", "id")


def facts() -> pd.DataFrame:
    """The claims that this course checked before it repeated them, from `facts.yaml` beside the lessons.

    Returns:
        One row for each claim, all columns text: `id, claim, said_by, status, finding, numbers, source, year, look,
        caveat, rows, used_in`. `status` is confirmed, corrected, misattributed, rhetoric, unsupported or cannot be
        checked. `numbers` gives each number with its unit. `look` says where to find the source and what was not
        looked up. A cell is empty where there is nothing to tell. `rows` names the course's concepts.

    Raises:
        FileNotFoundError: (in words) when the notebook does not lie in the course's folder.
        ValueError: when the file is not a fact register.

    >>> facts().set_index("id").loc["one_in_a_million", "status"]
    'rhetoric'
    """
    register = read_facts(find_questions("facts", (".", "course")))
    return pd.DataFrame([_row(fact) for fact in register], columns=list(COLUMNS), dtype="str")


def _row(fact: dict[str, Any]) -> dict[str, str]:
    sources = fact["sources"]
    years = [str(source["year"]) for source in sources if "year" in source]
    return {
        **{name: fact[name] for name in ("id", "claim", "said_by", "status", "finding", "caveat")},
        "numbers": "; ".join(
            f"{one['value']:,} {one['unit']} ({one['what']})" for one in fact.get("numbers", [])
        ),
        "source": "; ".join(source["title"] for source in sources),
        "year": "; ".join(dict.fromkeys(years)),
        "look": "; ".join(dict.fromkeys(source["look"] for source in sources)),
        "rows": " ".join(fact["rows"]),
        "used_in": " ".join(fact["used_in"]),
    }
