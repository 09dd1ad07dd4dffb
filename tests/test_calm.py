"""Errors in a learner's notebook, in a real kernel: words and no traceback, and still errors."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient

from cxkit.teaching.calm import ADVICE, OTHERWISE, calm_errors, in_words

START = "import cxkit as cx\ncx.start('01', 'One')"
OWN = """
class Own(Exception):
    def _render_traceback_(self):
        return ["In its own words."]
raise Own("x")
"""
SHOWS = """
class Shows:
    def _repr_html_(self):
        raise ValueError("cannot show")
    def __repr__(self):
        return "shown"
Shows()
"""
# name: source, the kind of error, what a learner must read
CELLS = {
    "name": ("lucy.draw()", "NameError", [ADVICE["NameError"], "(NameError: name 'lucy' is not defined)"]),
    "syntax": (
        'x = 1\nanswers = {"a" "b": }',
        "SyntaxError",
        [ADVICE["SyntaxError"], 'Line 2: answers = {"a" "b": }'],
    ),
    "open bracket": ("answers = {\n'a': 1,", "SyntaxError", [ADVICE["SyntaxError"]]),
    "open quote": ("answers = {'a: 1}", "SyntaxError", [ADVICE["SyntaxError"], "Line 1"]),
    "open triple quote": ("x = '''abc", "SyntaxError", [ADVICE["SyntaxError"]]),
    "wrong bracket": ("x = (1]", "SyntaxError", [ADVICE["SyntaxError"]]),
    "indent": ("x = 1\n    y = 2", "IndentationError", [ADVICE["SyntaxError"], "Line 2: y = 2"]),
    "odd indent": ("if 1:\n        x = 1\n    y = 2", "IndentationError", [ADVICE["SyntaxError"]]),
    "division": ("1 / 0", "ZeroDivisionError", [OTHERWISE, "(ZeroDivisionError: division by zero)"]),
    "module": ("import no_such_module", "ModuleNotFoundError", [ADVICE["ModuleNotFoundError"]]),
    "file": ("open('no such file')", "FileNotFoundError", [ADVICE["FileNotFoundError"]]),
    "quiz": ("cx.quiz('no_such_quiz')", "FileNotFoundError", ["There is no 'no_such_quiz.yaml'"]),
    "own": (OWN, "Own", ["In its own words."]),
    "while shown": (SHOWS, "ValueError", ["(ValueError: cannot show)"]),
    "awaited": ("import asyncio\nawait asyncio.sleep(0)\n1 / 0", "ZeroDivisionError", [OTHERWISE]),
}
COLOURS = re.compile(r"\x1b\[[\d;]*m")
TRACES = ("Traceback", "\x1b[", "---->", "ipykernel", "site-packages", "<module>", 'File "', "Cell In[")


def run(folder, sources):
    """The cells of a notebook that has run in a real kernel, from the first to the last."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(
        made, timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute()


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """One notebook in one real kernel: start, then every broken cell, then a sound one and `%tb`."""
    sources = [START, *(source for source, _, _ in CELLS.values()), "'still here'", "1 / 0", "%tb"]
    return run(tmp_path_factory.mktemp("nb"), sources)


def errors(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


def test_the_lesson_has_started(notebook):
    assert "✓ Ready: One." in notebook.cells[0].outputs[0].data["text/plain"]


@pytest.mark.parametrize("name", CELLS)
def test_an_error_speaks_in_words_and_stays_an_error(notebook, name):
    _, kind, said = CELLS[name]
    cell = notebook.cells[1 + list(CELLS).index(name)]
    [error] = errors(cell)
    assert error.ename == kind
    text = "\n".join(error.traceback)
    for piece in said:
        assert piece in text
    assert not any(trace in text for trace in TRACES), text
    assert not [output for output in cell.outputs if output.output_type == "stream"]


def test_an_error_with_words_of_its_own_keeps_only_those(notebook):
    [error] = errors(notebook.cells[1 + list(CELLS).index("own")])
    assert error.traceback == ["In its own words."]


def test_after_an_error_the_notebook_goes_on(notebook):
    assert notebook.cells[-3].outputs[0].data["text/plain"] == "'still here'"


def test_the_technical_text_can_still_be_called_up(notebook):
    shown = COLOURS.sub("", "\n".join(errors(notebook.cells[-1])[0].traceback))
    assert "Traceback (most recent call last)" in shown and "----> 1 1 / 0" in shown


@pytest.mark.parametrize(
    "kind", [NameError, UnboundLocalError, IndentationError, KeyError, ZeroDivisionError, OSError]
)
def test_every_kind_of_error_has_advice_first_and_its_name_last(kind):
    advice, detail = in_words(kind, kind("the detail"))
    assert advice in {*ADVICE.values(), OTHERWISE}
    assert detail.startswith(f"({kind.__name__}: ") and "the detail" in detail


def test_outside_a_notebook_it_does_nothing():
    assert calm_errors() is None


CARE = "cx.Journey([{'stage': 'care', 'touchpoint': 'Calls', 'channel': 'phone'}])"
# what a notebook asks of us outside a lesson: the words that it reads
REFUSED = {
    "cx.template('x')": "There is no template “x”.",
    f"{CARE}.draw(size='A9')": "There is no size 'A9'. Choose one of: 16:9, A4, A4 portrait, A3.",
    f"{CARE}.draw(siez='A4')": "A journey map has no option siez. Did you mean size?",
    f"{CARE}.draw(colour='red')": "A journey map has no option colour. It has: size, style, drivers, compare.",
    "cx.what_if_panel('hmo_opt_out', levers={'cover_point': 2})": "There is no lever “cover_point” in this case.",
    "cx.quiz('no_such_quiz')": "There is no 'no_such_quiz.yaml'",
    "cx.templte('x')": "cxkit has no 'templte'. Did you mean template?",
}


FOREIGN = {
    "int('x')": "invalid literal for int()",
    "assert cx.quiz is None": "AssertionError",
    "x": "name 'x'",
}


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A notebook that has imported cxkit, and is no lesson: what each cell shows, and then `%tb`."""
    sources = [*REFUSED, *FOREIGN]
    cells = ["import cxkit as cx", *(part for source in sources for part in (source, "%tb"))]
    shown = run(tmp_path_factory.mktemp("plain"), cells).cells[1:]
    said = [COLOURS.sub("", "\n".join(errors(cell)[0].traceback)) for cell in shown]
    return dict(zip(sources, zip(said[::2], said[1::2], strict=True), strict=True))


@pytest.mark.parametrize("source", REFUSED)
def test_outside_a_lesson_what_we_refuse_is_told_in_words_alone(outside, source):
    said, technical = outside[source]
    assert said.startswith(REFUSED[source]) and not any(trace in said for trace in TRACES), said
    assert "Traceback (most recent call last)" in technical and REFUSED[source] in technical


@pytest.mark.parametrize("source", FOREIGN)
def test_outside_a_lesson_other_errors_stay_as_they_are(outside, source):
    said, technical = outside[source]
    assert "Traceback (most recent call last)" in said and FOREIGN[source] in said and "----> 1" in said
    assert said == technical
