"""Pages to print: all words inside the page and clear of each other, and the committed PDF files are those."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_text import wrong_places
from pypdf import PdfReader

from cxkit.cli import main
from cxkit.views.paper import PAGES, write_paper
from cxkit.views.paper_words import PAPER_WORDS

FOLDER = Path(__file__).parents[1] / "course" / "facilitator" / "to_print"


@pytest.mark.parametrize("language", PAPER_WORDS)
@pytest.mark.parametrize("page", PAGES)
def test_words_lie_inside_the_page_and_clear_of_each_other(page, language):
    picture = PAGES[page](language)
    assert wrong_places(picture) == []
    assert picture.alt and len(picture.twin) > 4


def test_each_language_has_the_same_words():
    assert {frozenset(words) for words in PAPER_WORDS.values()} == {frozenset(PAPER_WORDS["en"])}


@pytest.mark.parametrize("language", PAPER_WORDS)
def test_the_committed_pages_are_what_the_command_writes(language, tmp_path, capsys):
    assert main(["paper", str(tmp_path), "--language", language]) == 0
    written = sorted(tmp_path.iterdir())
    assert [one.name for one in written] == sorted(f"{page}_{language}.pdf" for page in PAGES)
    for one in written:
        assert one.read_bytes() == (FOLDER / one.name).read_bytes(), (
            f"stale: cxkit paper course/facilitator/to_print --language {language}"
        )
    assert capsys.readouterr().out.count("Wrote ") == len(PAGES)


def test_a_reader_finds_the_words_in_the_pdf():
    [page] = PdfReader(FOLDER / "persona_card_en.pdf").pages
    text = page.extract_text()
    for key in ("persona.title", "situation.hint", "share", "persona.foot"):
        assert PAPER_WORDS["en"][key].split()[0] in text
    assert page.mediabox.width > page.mediabox.height


def test_another_language_is_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match="en, he, not in “fr”"):
        write_paper(tmp_path / "new", "fr")
    assert not (tmp_path / "new").exists()
