import io
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure
from PIL import Image

from cxkit.views.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"


def picture(**changes):
    about = {
        "alt": "Scores fall from 9 to 1 & “stay” <there>.",
        "title": "A fall",
        "twin": pd.DataFrame({"touchpoint": ["Calls", "<b>Pays</b>"], "gap": [-8.0, None], "n": [1.0, 2.5]}),
        "figsize": (4, 3),
    }
    drawn = Picture(**{**about, **changes})
    drawn.add_axes((0.1, 0.1, 0.8, 0.8)).plot([9, 1])
    return drawn


class Tags(HTMLParser):
    """The start tags of a page, in order, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def test_is_a_figure_that_pyplot_does_not_know():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    assert isinstance(picture(), Figure)
    assert plt.get_fignums() == before


def test_page_has_the_words_and_an_accessible_table():
    shown = picture()
    page = Tags(shown._repr_html_())
    (image,) = page.all("img")
    assert image["alt"] == shown.alt
    assert image["src"].startswith("data:image/png;base64,")
    assert "width:100%" in image["style"] and "max-width:384px" in image["style"]
    assert "min-width:269px" in image["style"], (
        "letters grow when somebody zooms in: the picture scrolls instead"
    )
    (frame,) = [
        part for part in page.all("div") if "overflow-x:auto" in part["style"] and part["role"] == "group"
    ]
    assert frame["tabindex"] == "0" and frame["aria-label"] == "A fall"
    assert [tag for tag, _ in page.tags][:5] == ["figure", "div", "img", "details", "summary"]
    assert "Show as a table" in page.words and "A fall" in page.words
    assert [head["scope"] for head in page.all("th")] == ["col"] * 3 + ["row"] * 2
    assert "<b>Pays</b>" in page.words, "text is shown, not run"
    assert "−8" in page.words and "2.5" in page.words and "nan" not in page.words


def test_page_runs_from_right_to_left_in_hebrew():
    (frame,) = Tags(picture(language="he-IL")._repr_html_()).all("figure")
    assert (frame["dir"], frame["lang"]) == ("rtl", "he-IL")
    assert "הצגה כטבלה" in picture(language="he")._repr_html_()


def test_table_shows_an_index_that_says_something_and_no_empty_table():
    named = pd.DataFrame({"share": [0.5]}, index=pd.Index(["web"], name="channel"))
    assert "web" in Tags(picture(twin=named)._repr_html_()).words
    assert "<details>" not in picture(twin=None)._repr_html_()


def test_notebook_gets_the_picture_once(monkeypatch):
    published = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: published.append((bundle, raw)))
    formatter = DisplayFormatter()
    # What pyplot's inline backend does, and what would give a second copy.
    formatter.formatters["image/png"].for_type(Figure, lambda figure: b"a second copy")
    assert formatter.format(picture()) == ({}, {})
    ((bundle, raw),) = published
    assert raw and set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == picture().alt


def test_svg_has_title_and_description_and_is_the_same_each_time(tmp_path):
    first, second = tmp_path / "a.svg", tmp_path / "b.SVG"
    picture(language="he").save(first)
    picture(language="he").save(second)
    assert first.read_bytes() == second.read_bytes()
    root = ElementTree.parse(first).getroot()
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    labels = {part.get("id"): part.text for part in root if part.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [labels[name] for name in root.get("aria-labelledby").split()] == ["A fall", picture().alt]
    assert not root.findall(f".//{SVG}text"), "letters are paths, so that no font is needed"


def test_two_svg_pictures_in_one_page_share_no_id():
    found = []
    for title in ("A fall", "Another"):
        drawn = picture(title=title)
        drawn.axes[0].text(0, 5, "Calls", gid="title")
        drawn.axes[0].text(0, 3, "Pays", gid="title")
        drawn.axes[0].fill_between([0, 1], [9, 1], hatch="//")
        svg = drawn.svg().decode()
        ids = [part.get("id") for part in ElementTree.fromstring(svg).iter() if part.get("id")]
        assert len(ids) == len(set(ids)) and svg.count('data-name="title"') == 2
        used = re.findall(r'(?:href="|url\()#([^")]+)', svg)
        assert set(ids) == {*used, *re.search('aria-labelledby="([^"]*)"', svg)[1].split()}
        found.append(set(ids))
    assert not found[0] & found[1]


def test_png_is_twice_as_sharp_and_carries_its_words(tmp_path):
    path = picture().save(tmp_path / "a.png")
    with Image.open(path) as image:
        assert image.size == (4 * 192, 3 * 192)
        assert image.text["Description"] == picture().alt
        assert image.text["Title"] == "A fall"
    assert path.read_bytes() == picture().save(tmp_path / "b.png").read_bytes()


def test_screen_copy_looks_like_the_file():
    with (
        Image.open(io.BytesIO(picture()._small_png())) as small,
        Image.open(io.BytesIO(picture()._png())) as full,
    ):
        assert small.size == full.size
        pairs = zip(small.convert("L").tobytes(), full.convert("L").tobytes(), strict=True)
        assert sum(abs(a - b) > 40 for a, b in pairs) == 0


def test_screen_copy_keeps_pale_tints_apart():
    from cxkit.views import look

    tints = [band for band, _ in look.STAGES.values()]
    drawn = Picture(alt="Three bands.", figsize=(4, 3), facecolor="#FFFFFF")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 3)
    for place, tint in enumerate(tints):
        axes.axvspan(place, place + 1, color=tint)
        axes.plot([place + 0.1, place + 0.6], [0, 1], color=f"C{place}")
    with Image.open(io.BytesIO(drawn._small_png())) as small:
        width, height = small.size
        found = {small.convert("RGB").getpixel((int(width * (i + 0.9) / 3), height // 2)) for i in range(3)}
    assert len(found) == 3


def test_pdf_embeds_its_fonts_and_is_the_same_each_time(tmp_path):
    first, second = picture().save(tmp_path / "a.pdf"), picture().save(tmp_path / "b.pdf")
    data = first.read_bytes()
    assert data == second.read_bytes()
    assert b"/FontFile2" in data and b"/Title (A fall)" in data and b"/Subject" in data
    assert b"/CreationDate" not in data


@pytest.mark.parametrize("name", ["map.gif", "map", "map.svg.zip"])
def test_unknown_suffix_is_refused_in_words(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg .*\.png .*\.pdf"):
        picture().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_old_file_survives_a_failure(tmp_path, monkeypatch):
    path = picture().save(tmp_path / "a.svg")
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="disk is full"):
        picture(title="Another").save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]


def test_settings_of_the_user_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    picture()._repr_html_()
    assert dict(matplotlib.rcParams) == before
