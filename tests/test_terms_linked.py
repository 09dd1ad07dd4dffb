"""Each term of the glossary is linked where the lessons first use it."""

from __future__ import annotations

import json
import re

import pytest
from nbgrader_course import ROOT

from cxkit.teaching.glossary import anchor, read_glossary

LESSONS = [
    (path.name[:2], json.loads(path.read_text("utf-8"))["cells"])
    for path in sorted((ROOT / "course").glob("*.ipynb"))
    if not path.stem.endswith("_he") and not path.name.startswith("00")
]
# words of every day, which are terms in another place or another sense
EVERYDAY = {
    "cover": "what a plan does, before it is what a plan has",
    "data card": "the first use leads to the card itself",
    "failure": "explained as service failure and sales failure",
    "health plan": "in lesson 2, any plan",
    "lift": "in lesson 3, a word lifts what she expects",
    "log": "in lesson 3, what any call centre keeps",
    "mean": "in lesson 1, what a word means",
    "mend": "to mend something, before it is a kind of opportunity",
    "patient": "a word that nobody looks up",
    "promoter": "explained with the net promoter score",
    "wait": "she waits, before waits are measured",
    "waiting cost": "the words stand side by side by chance",
}


def uses():
    """Each term that a lesson's text uses, with the first place of its use and of its link: (lesson, cell), or None."""
    found = {}
    for entry in read_glossary(ROOT / "course" / "glossary.yaml"):
        term = entry["term"]
        word = re.compile(rf"(?<![\w-]){re.escape(term)}(s|es)?(?![\w-])", re.I)
        link = use = None
        for lesson, cells in LESSONS:
            for place, cell in enumerate(cells):
                if cell["cell_type"] != "markdown":
                    continue
                text = re.sub(r"<!--.*?-->", "", "".join(cell["source"]), flags=re.S)
                if link is None and f"(glossary.md#{anchor(term)})" in text:
                    link = (lesson, place)
                # a list of what is to come is not yet a use
                if place < 2 or "What comes next" in text:
                    continue
                text = re.sub(r"^#.*$|`[^`]*`", "", text, flags=re.M)
                text = re.sub(r"\]\([^)]*\)", "]", text)
                if use is None and word.search(text):
                    use = (lesson, place)
        if use:
            found[term] = (use, link)
    return found


USES = uses()


@pytest.mark.parametrize("term", sorted(set(USES) - set(EVERYDAY)))
def test_a_term_is_linked_at_its_first_use(term):
    use, link = USES[term]
    assert link is not None and link <= use


def test_the_list_of_everyday_words_is_not_longer_than_it_has_to_be():
    late = {term for term, (use, link) in USES.items() if link is None or link > use}
    assert late == set(EVERYDAY) and len(USES) > 60
