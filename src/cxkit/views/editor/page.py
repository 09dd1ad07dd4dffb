"""The script and the style of the editor's form, each put together from its files."""

from __future__ import annotations

from pathlib import Path

from cxkit.views import look

HERE = Path(__file__).parent
SCRIPTS = ("store.js", "fields.js", "board.js", "editor.js")
COLOURS = ("INK", "QUIET", "RULE", "PAPER", "BLUE", "BELOW", "BELOW_PALE", "ABOVE", "STAR", "STAR_FILL")


def script() -> str:
    """The form's own code, one module."""
    return "\n".join((HERE / name).read_text("utf-8") for name in SCRIPTS)


def style() -> str:
    """The form's style sheet, with the map's palette in front."""
    lines = [f"--{name.lower().replace('_', '-')}: {getattr(look, name)};" for name in COLOURS]
    for stage, (tint, ink) in look.STAGES.items():
        lines += [f"--{stage}-tint: {tint};", f"--{stage}-ink: {ink};"]
    return ".cxe, .cxe-large { " + " ".join(lines) + " }\n" + (HERE / "editor.css").read_text("utf-8")
