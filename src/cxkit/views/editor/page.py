"""What the editor's page is made of: its script and its style, each put together from its files, and what it offers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from cxkit.journey import CHANNELS, EVIDENCE, FAILURES, MOMENTS, STAGES, STATES
from cxkit.journey_cells import PERSONA_FIELDS
from cxkit.languages import right_to_left
from cxkit.templates import templates
from cxkit.views import look
from cxkit.views.editor.copies import copy_kinds
from cxkit.views.editor.draft import ABOUT

HERE = Path(__file__).parent
SCRIPTS = ("store.js", "fields.js", "board.js", "editor.js")
COLOURS = ("INK", "QUIET", "RULE", "PAPER", "BLUE", "BELOW", "BELOW_PALE", "ABOVE", "STAR", "STAR_FILL")
STORIES = {
    "lucy": ("hmo_opt_out", "en"),
    "noa": ("dental_clinic_delays", "en"),
    "noa_he": ("dental_clinic_delays", "he"),
}
LANGUAGES = {"en": "English", "he": "עברית"}


def script() -> str:
    """The form's own code, one module."""
    return "\n".join((HERE / name).read_text("utf-8") for name in SCRIPTS)


def style() -> str:
    """The form's style sheet, with the map's palette in front."""
    lines = [f"--{name.lower().replace('_', '-')}: {getattr(look, name)};" for name in COLOURS]
    for stage, (tint, ink) in look.STAGES.items():
        lines += [f"--{stage}-tint: {tint};", f"--{stage}-ink: {ink};"]
    return ".cxe, .cxe-large { " + " ".join(lines) + " }\n" + (HERE / "editor.css").read_text("utf-8")


def options(file: Path) -> dict[str, Any]:
    """What the form offers to choose from, and which file it is about."""
    real = os.path.realpath(file)
    return {
        "key": hashlib.sha256(real.encode("utf-8", "replace")).hexdigest()[:20],
        "file": file.name,
        "stages": list(STAGES),
        "channels": list(CHANNELS),
        "moments": list(MOMENTS),
        "failures": list(FAILURES),
        "evidence": list(EVIDENCE),
        "states": list(STATES),
        "about": list(ABOUT),
        "persona": list(PERSONA_FIELDS),
        "languages": LANGUAGES,
        "right_to_left": [code for code in ("he", "ar", "fa", "ur") if right_to_left(code)],
        "stories": list(STORIES),
        "templates": list(templates()),
        "copies": copy_kinds(),
        "takes": [".csv", ".xlsx", ".json", ".yaml", ".yml"],
    }
