"""The certificate itself: one page of HTML that needs nothing beside it, and prints on A4, landscape."""

from __future__ import annotations

import base64
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from ..views import look
from .progress_words import words_in
from .words import direction

if TYPE_CHECKING:
    from ..journey import Journey

# All in millimetres of the sheet, so that the screen shows what the printer gives.
STYLE = """
@page { size: A4 landscape; margin: 0; }
* { box-sizing: border-box; }
html { background: #e4e7eb; }
body { margin: 0; color: INK; font: 10pt/1.4 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main { display: flex; flex-direction: column; gap: 4mm; width: 297mm; height: 209mm; margin: 6mm auto;
  padding: 11mm 12mm 8mm; background: #fff; border-top: 3mm solid BLUE; overflow: hidden; }
h1 { margin: 0 0 1.5mm; font-size: 13pt; font-weight: 600; letter-spacing: 0.02em; color: BLUE; }
.name { margin: 0; font-size: 24pt; line-height: 1.15; font-weight: 700; overflow-wrap: anywhere; text-align: start; }
.long { font-size: 15pt; }
.for { margin: 0; color: QUIET; }
.did { margin: 1mm 0 0; font-size: 11pt; }
.body { display: flex; gap: 7mm; flex: 1; min-height: 0; }
.learned { flex: none; width: 62mm; }
h2 { margin: 0 0 1.5mm; font-size: 11pt; color: BLUE; }
ul { margin: 0; padding: 0; padding-inline-start: 4.5mm; font-size: 8.6pt; line-height: 1.33; }
li { margin-bottom: 1mm; }
figure { flex: 1; min-width: 0; min-height: 0; margin: 0; display: flex; flex-direction: column; }
figcaption { margin-bottom: 1.5mm; font-size: 11pt; font-weight: 600; color: BLUE; overflow-wrap: anywhere; }
figure div { flex: 1; min-height: 0; border: 0.3mm solid RULE; }
img { display: block; width: 100%; height: 100%; object-fit: contain; object-position: top; }
footer { color: QUIET; font-size: 8.6pt; }
button { display: block; margin: 6mm auto; padding: 0.5em 1.6em; font: inherit; font-size: 12pt; color: #fff;
  background: BLUE; border: 0; border-radius: 8px; cursor: pointer; }
@media print { html { background: #fff; } main { margin: 0; } button { display: none; } }
"""
LONG_NAME = 36


def isolated(text: str) -> str:
    """A text of any language inside a sentence of another, so that neither turns the other's stops and quotes."""
    return f"\u2068{text}\u2069"


def page(name: str, course: dict[str, Any], journey: Journey, day: date, language: str = "en") -> str:
    """The certificate as HTML.

    Parameters: `name`, any letters; `course`, the list of lessons as `read_lessons` gives it; `journey`, the learner's
    own, which is drawn; `day`, on which the course ended; `language` of the words.
    """
    words = words_in(language)
    lessons = course["lessons"]
    # in halves of an hour: nobody learns to the minute
    hours = f"{round(sum(one['minutes'] for one in lessons) / 30) / 2:g}"
    months = words["months"].split()
    when = words["days"].format(day=day.day, month=months[day.month - 1], year=day.year)
    map_ = journey.draw(size="A4", style="print")
    picture = base64.b64encode(map_.svg()).decode("ascii")
    style = STYLE
    for colour in ("INK", "BLUE", "QUIET", "RULE"):
        style = style.replace(colour, getattr(look, colour))
    did = words["page_did"].format(
        course=isolated(course["title"]), lessons=len(lessons) - 1, hours=hours, day=when
    )
    learned = "".join(f'<li dir="auto">{escape(one["learned"])}</li>' for one in lessons)
    title = (
        escape(words["page_map"].format(title=isolated(journey.title)))
        if journey.title
        else escape(words["page_own"])
    )
    long = " long" if len(name) > LONG_NAME else ""
    return f"""<!doctype html>
<html lang="{language}" dir="{direction(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(words["page_title"].format(name=name))}</title>
<style>{style}</style>
</head>
<body>
<main>
<header>
<h1>{escape(words["page_head"])}</h1>
<p class="for">{escape(words["page_for"])}</p>
<p class="name{long}"><bdi>{escape(name)}</bdi></p>
<p class="did">{escape(did)}</p>
</header>
<div class="body">
<section class="learned"><h2>{escape(words["page_learned"])}</h2><ul>{learned}</ul></section>
<figure><figcaption>{title}</figcaption>
<div><img alt="{escape(map_.alt)}" src="data:image/svg+xml;base64,{picture}"></div></figure>
</div>
<footer>{escape(words["page_honest"])}</footer>
</main>
<button type="button" onclick="window.print()">{escape(words["page_print"])}</button>
</body>
</html>
"""
