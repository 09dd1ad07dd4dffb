"""How a journey and its faults show themselves in a notebook and a terminal."""

import os
import pickle
import subprocess
import sys
from html.parser import HTMLParser

from cxkit.journey import Journey, JourneyError

CALL = {"stage": "care", "touchpoint": "Calls", "channel": "phone"}


def test_a_journey_shows_itself_in_one_line():
    journey = Journey([CALL, CALL], title="Lucy\nlearns", persona="Lucy")
    assert repr(journey) == "Journey “Lucy learns” of 2 touchpoints, as-is, Lucy"
    assert len(journey) == 2


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read_html(journey):
    parser = _Tags()
    parser.feed(journey._repr_html_())
    assert parser.open == []
    return parser


def test_a_notebook_shows_a_table_that_a_screen_reader_can_follow():
    rows = [
        CALL | {"quote": "<b>“Why?”</b>\nhe", "expected": 7.0, "inferred": "expected"},
        CALL | {"experienced": 2.5},
    ]
    page = read_html(Journey(rows, title="A & B"))
    assert page.tags[0] == ("table", {"lang": "en", "dir": "ltr"})
    assert page.tags[1][0] == "caption" and "A & B · as-is. In italics: worked out, not told." in page.text
    heads = [attrs["scope"] for tag, attrs in page.tags if tag == "th"]
    assert heads == ["col"] * 6 + ["row"] * 2  # the columns without content are left out
    assert {"<b>“Why?”</b>", "≈ 7", "2.5"} <= set(page.text)
    assert not [tag for tag, _ in page.tags if tag == "b"]


def test_a_hebrew_journey_is_shown_from_right_to_left():
    page = read_html(Journey([CALL | {"touchpoint": "מתקשרת"}], language="he"))
    assert page.tags[0] == ("table", {"lang": "he", "dir": "rtl"})


def test_an_error_shows_in_a_notebook_as_words_alone(tmp_path):
    code = f"from cxkit.journey import Journey; Journey([{CALL | {'channel': 'fone'}}])"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"IPYTHONDIR": str(tmp_path)},
    )
    shown = done.stdout.strip()
    assert shown == "Row 2, column channel: “fone” is not a word for channel. Did you mean phone?"


def test_an_error_can_be_sent_and_a_flood_of_faults_is_cut_for_the_screen_only():
    error = JourneyError([{"row": 2, "column": "x", "value": "", "message": "Wrong."}] * 50)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert error._render_traceback_()[38:] == ["Row 2, column x: Wrong."] * 2 + ["… and 10 more."]
    assert len(str(error).split("\n")) == 50
    assert str(JourneyError("The file is empty.")) == "The file is empty."
