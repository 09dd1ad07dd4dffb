"""The feedback page: what a learner reads after `nbgrader generate_feedback`, and what must never stand there."""

from __future__ import annotations

import os
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader_course import ROOT, Course, answer_cell, grade_id, model_answers

from cxkit.grading.feedback import only_pages, questions_beside
from cxkit.grading.feedback_words import WORDS
from cxkit.grading.page import feedback_page
from cxkit.grading.said import clean, marked_cells
from cxkit.teaching.marking import Mark, Point
from cxkit.teaching.questions import read_questions

EXERCISE, HEBREW = "01_physio_journey", "90_hebrew"
SECRET = "the secret of another learner"
EVIL = "<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(2)>"
HOSTILE_CODE = f"""
from IPython.display import HTML, Javascript, display
from cxkit.teaching.marking import Mark
from pathlib import Path

display(HTML({EVIL!r})); display(Javascript("alert(3)")); print({EVIL!r})
Path("left_behind.html").write_text({EVIL!r})
Path("deep/er").mkdir(parents=True)
Path("deep/er/dump.txt").write_text("dumped")
Mark._repr_html_ = lambda self: (
    {EVIL!r} + "<div class='cx-mark'><ul><li>Kind words {EVIL}</li></ul>" + {EVIL!r} + "</div><p>outside</p>"
)

def ownerless(touchpoints):
    return ["?"]
"""
# a small exercise in Hebrew is the English one, of which some texts are put into Hebrew
IN_HEBREW = {
    "His journey after a knee operation": "המסע שלו אחרי ניתוח בברך",
    "1. Build his journey": "1. בניית המסע שלו",
    "2. Find the wait": "2. איפה ההמתנה",
    "3. Find where it breaks": "3. איפה זה נשבר",
    "The steps of his journey": "הצעדים במסע שלו",
    "Which step comes right after that wait?": "איזה צעד בא מיד אחרי ההמתנה?",
    "How long was that wait?": "כמה זמן נמשכה ההמתנה?",
    "Some weeks. The story gives no number": "כמה שבועות. הסיפור לא נותן מספר",
    "At which step would you mend the service first?": "באיזה צעד היית מתקנים את השירות קודם?",
    "What is the pain point there? Say it as the patient would say it.": "מהי נקודת הכאב? במילים של המטופל.",
    "He reads that he is on the list. Who should be accountable for this moment from now on?": "מי אחראי מעכשיו לרגע הזה?",
    "He reads that he is on the list": "הוא קורא שהוא ברשימה",
    "The practice asks what to do better": "המרפאה שואלת מה לשפר",
    "He asks what happened to his new time": "הוא שואל מה קרה לתור החדש שלו",
    "He learns that a session is cancelled": "הוא לומד שפגישה בוטלה",
    "The physiotherapist shows him exercises": "הפיזיותרפיסטית מראה לו תרגילים",
    "He asks for a first session": "הוא מבקש פגישה ראשונה",
    "# Marked: the order of the steps": "# Marked: סדר הצעדים",
    "# Marked: the stage of each step": "# Marked: השלב של כל צעד",
    "# Marked: the channel of each step": "# Marked: הערוץ של כל צעד",
    "# Marked: the owner of each step": "# Marked: האחראי של כל צעד",
    "# Marked: the wait": "# Marked: ההמתנה",
    "# Marked: the optional part in code": "# Marked: חלק הרשות בקוד",
    "label: Stage": "label: שלב",
    "label: Channel": "label: ערוץ",
    "label: Owner": "label: אחראי",
    "language: en": "language: he",
    "Who in the practice takes calls and finds a time?": "מי במרפאה עונה לטלפון ומוצא תור?",
    "“Eight days” is in the story, but it belongs to another wait.": "“שמונה ימים” כתוב בסיפור, אבל זו המתנה אחרת.",
}


def hebrew_exercise(course: Course) -> None:
    """Exercise 1 with some of its texts in Hebrew, and two cells that an instructor marks by hand."""
    folder = course.folder / "solutions" / HEBREW
    folder.mkdir()
    for ending in ("ipynb", "yaml"):
        text = (course.folder / "solutions" / EXERCISE / f"{EXERCISE}.{ending}").read_text("utf-8")
        for english, hebrew in sorted(IN_HEBREW.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(english, hebrew)
        (folder / f"{HEBREW}.{ending}").write_text(text.replace(EXERCISE, HEBREW), "utf-8")
    path = folder / f"{HEBREW}.ipynb"
    notebook = nbformat.read(path, as_version=4)

    def by_hand(name: str, points: int, **about: bool) -> dict:
        flags = {"grade": False, "locked": False, "solution": False, "task": False, **about}
        return {"nbgrader": {"grade_id": name, "points": points, "schema_version": 3, **flags}}

    notebook.cells += [
        new_markdown_cell(
            "## מכתב לצוות\nכתבו מכתב.\n\n### BEGIN MARK SCHEME\nTHE KEY FOR GRADERS\n### END MARK SCHEME",
            metadata=by_hand("letter", 3, task=True, locked=True),
        ),
        new_markdown_cell("", metadata=by_hand("my_plan", 2, grade=True, solution=True)),
    ]
    nbformat.write(notebook, path)


def change(course: Course, learner: str, exercise: str, cells: dict[str, str]) -> None:
    """Put sources into the cells of a submission: grade id to source."""
    path = course.folder / "submitted" / learner / exercise / f"{exercise}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cells.get(grade_id(cell), cell.source)
    nbformat.write(notebook, path)


def set_by_hand(course: Course, exercise: str, learner: str, scores: dict, comments: dict) -> None:
    """What an instructor does in the grading pages."""
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as book:
        for name, score in scores.items():
            grade = book.find_grade(name, exercise, exercise, learner)
            grade.manual_score, grade.needs_manual_grade = score, False
        for name, comment in comments.items():
            book.find_comment(name, exercise, exercise, learner).manual_comment = comment
        book.db.commit()


HALF_DONE = {
    "journey": [
        {"step": "survey", "stage": "post-care", "channel": "letter", "owner": "Practice manager"},
        {"step": "first session", "stage": "care", "channel": "in person"},
        {"step": "appointment", "stage": "pre-care", "channel": "phone", "owner": "Physiotherapist"},
        {"step": "cancelled", "stage": "care", "channel": "phone", "owner": "Front desk"},
        {"step": "list", "stage": "care", "channel": "app", "owner": "Front desk"},
        {"step": "question", "stage": "care", "channel": "email", "owner": "Front desk"},
    ],
    "wait_before": "list",
    "wait_length": "eight days",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, warm):
    """Five submissions through nbgrader's own commands, each of them once for all tests here."""
    course = Course(tmp_path_factory.mktemp("course"), warm)
    hebrew_exercise(course)
    model = model_answers(EXERCISE)
    for exercise in (EXERCISE, HEBREW):
        course.run("generate_assignment", exercise, "--create")
    course.submit("model", EXERCISE, answer_cell(model))
    change(
        course,
        "model",
        EXERCISE,
        {
            "code": 'def ownerless(t):\n    return [o["touchpoint"] for o in t if o["owner"] in ("", "Nobody")]'
        },
    )
    course.submit("half", EXERCISE, answer_cell(HALF_DONE))
    change(course, "half", EXERCISE, {"code": "sheet = None"})
    course.submit("hand", EXERCISE, answer_cell(model))
    course.submit(
        "typed",
        EXERCISE,
        "answers = dict(wait_before='question')\nanswers['wait_length'] = 'some ' + 'weeks'",
    )
    hostile = {
        **model,
        "break_words": EVIL + " \u202e and \ud800 more",
        "new_owner": EVIL,
        "wait_length": EVIL,
    }
    course.submit("hostile", EXERCISE, answer_cell(hostile).encode("utf-8", "replace").decode())
    change(course, "hostile", EXERCISE, {"code": HOSTILE_CODE})
    (course.folder / "secret.txt").write_text(SECRET, "utf-8")
    (course.folder / "submitted" / "hostile" / EXERCISE / "notes.txt").symlink_to(
        course.folder / "secret.txt"
    )
    course.submit(
        "hebrew", HEBREW, answer_cell({**HALF_DONE, "break_words": "אני ברשימה, ואף אחד לא מחפש לי תור"})
    )
    change(course, "hebrew", HEBREW, {"my_plan": "אבקש מהצוות לבדוק את הרשימה כל יום.\n\n" + EVIL})
    for exercise in (EXERCISE, HEBREW):
        course.run("autograde", exercise, "--create")
    set_by_hand(
        course, EXERCISE, "hand", {"breaks": 2.5}, {"answers": f"Well told.\n\nNow name the person. {EVIL}"}
    )
    set_by_hand(course, HEBREW, "hebrew", {"letter": 2}, {"letter": "מכתב ברור."})
    for exercise in (EXERCISE, HEBREW):
        course.run("generate_feedback", exercise)
    return course


@pytest.fixture(scope="module")
def pages(course):
    """Learner to page."""
    return {
        path.parents[1].name: path.read_text("utf-8")
        for path in sorted(course.folder.glob("feedback/*/*/*.html"))
    }


class Page(HTMLParser):
    """Tags with their attributes, headings, and the text that a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.headings, self._texts, self._hidden = [], [], [], 0
        self.feed(page)
        self.text = " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(tag)
        self._hidden += tag == "style"

    def handle_endtag(self, tag):
        self._hidden -= tag == "style"

    def handle_data(self, data):
        if not self._hidden:
            self._texts.append(data)


def sound(page: str) -> None:
    """What holds for every page, whatever a learner has handed in."""
    read = Page(page)
    assert page.startswith("<!doctype html>") and [tag for tag, _ in read.tags].count("main") == 1
    assert read.headings[0] == "h1" and read.headings.count("h1") == 1
    ranks = [int(one[1]) for one in read.headings]
    assert all(after <= before + 1 for before, after in pairwise(ranks))
    known = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "footer",
        "div",
        "span",
        "p",
        "h1",
    }
    known |= {
        "h2",
        "h3",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "a",
        "bdi",
    }
    assert {tag for tag, _ in read.tags} <= known
    for _, about in read.tags:
        assert not {"src", "onerror", "onclick", "onload", "srcdoc"} & set(about)
        assert about.get("href", "#").startswith("#")
    ids = [about["id"] for _, about in read.tags if "id" in about]
    assert len(ids) == len(set(ids))
    assert {about["href"][1:] for _, about in read.tags if "href" in about} <= set(ids)
    assert "url(" not in page and "@import" not in page
    for sign in (
        "sheet.mark(",
        "sheet.check(",
        "in_order",
        "HIDDEN",
        "import ",
        "Traceback",
        "NameError",
        "widget-view",
        "THE KEY",
        "Test cell",
    ):
        assert sign not in read.text, sign


@pytest.mark.nbgrader
def test_every_page_is_one_sound_file(course, pages):
    assert set(pages) == {"model", "half", "hand", "typed", "hostile", "hebrew"}
    for page in pages.values():
        sound(page)


@pytest.mark.nbgrader
def test_marks_stand_at_the_top_and_the_extra_ones_apart(course, pages):
    assert "20 of 20 marks and 2 of 2 extra" in Page(pages["model"]).text
    half = Page(pages["half"]).text
    marks = course.marks(EXERCISE)["half"]
    own = sum(mark for name, mark in marks.items() if name != "extra")
    assert f"{own:g} of 20 marks and 0 of 2 extra" in half
    assert half.index("Marks by part") < half.index("Your answers")
    for part in ("1. Build his journey", "2. Find the wait", "3. Find where it breaks", "Extra marks"):
        assert half.count(part) == 2


@pytest.mark.nbgrader
def test_answers_are_in_the_words_of_the_form(pages):
    text = Page(pages["half"]).text
    assert "How long was that wait? Eight days" in text
    assert "Who should be accountable for this moment from now on? No answer" in text
    assert "2 The physiotherapist shows him exercises care in person –" in text
    assert "first session" not in re.sub("a first session|second session|the first session", "", text)


@pytest.mark.nbgrader
def test_the_words_are_those_of_the_notebook(course, pages):
    page = Page(pages["half"]).text
    path = course.folder / "autograded" / "half" / EXERCISE / f"{EXERCISE}.ipynb"
    said = [one for one in marked_cells(nbformat.read(path, as_version=4)) if one.words]
    assert len(said) == 6
    for line in [line for one in said for line in one.words]:
        assert line in page
    # a check that stopped has one plain line
    assert page.count(WORDS["en"]["no_words"]) == 1


@pytest.mark.nbgrader
def test_what_an_instructor_did_by_hand_is_shown(course, pages):
    page = pages["hand"]
    text = Page(page).text
    assert "19.5 of 20 marks" in text and "Your instructor set these marks by hand." in text
    assert "Your instructor says Well told. Now name the person. <script>" in text
    hebrew = Page(pages["hebrew"]).text
    assert "מכתב לצוות 2 מתוך 3" in hebrew and "מכתב ברור." in hebrew
    assert "My plan עוד לא נבדק" in hebrew and "אבקש מהצוות לבדוק את הרשימה כל יום." in hebrew
    assert WORDS["he"]["some_open"].format(of=2) in hebrew


@pytest.mark.nbgrader
def test_what_a_learner_has_typed_or_run_stays_text(course, pages):
    page = Page(pages["hostile"])
    assert EVIL in page.text and "Kind words" in page.text
    assert "outside" not in page.text and "alert(3)" not in page.text
    assert not [tag for tag, _ in page.tags if tag in ("script", "img")]


@pytest.mark.nbgrader
def test_nothing_is_copied_beside_the_page(course):
    folder = course.folder / "feedback" / "hostile" / EXERCISE
    assert [path.name for path in folder.rglob("*")] == [f"{EXERCISE}.html"]
    # the same files still lie beside the autograded notebook, for the instructor
    beside = {path.name for path in (course.folder / "autograded" / "hostile" / EXERCISE).rglob("*")}
    assert {"left_behind.html", "dump.txt", "notes.txt"} <= beside
    assert SECRET not in (folder / f"{EXERCISE}.html").read_text("utf-8")


@pytest.mark.nbgrader
def test_answers_typed_as_code_are_left_out_and_that_is_said(pages):
    text = Page(pages["typed"]).text
    assert WORDS["en"]["unreadable"] in text and "How long was that wait?" not in text
    assert "2 of 2 marks" in text


@pytest.mark.nbgrader
def test_a_hebrew_page_is_hebrew_from_right_to_left(pages):
    page = pages["hebrew"]
    assert '<html lang="he" dir="rtl">' in page
    text = Page(page).text
    for english in ("Your marks", "Your answers", "No answer", "Marks by part", "Order", "Extra"):
        assert english not in text
    assert "כמה זמן נמשכה ההמתנה?" in text and "שמונה ימים” כתוב בסיפור" in text


def check_cell(name: str = "wait", first: str = "# Marked: the wait (2 marks)", html: str = "", **about):
    outputs = [new_output("execute_result", {"text/plain": "1", "text/html": html})] if html else []
    source = f'{first}\nsheet.check("wait")\nsecret_key = "b"'
    return new_code_cell(
        source,
        outputs=outputs,
        metadata={"nbgrader": {"grade": True, "grade_id": name, "points": 2, **about}},
    )


def answers_cell(answers) -> nbformat.NotebookNode:
    return new_code_cell(
        answer_cell(answers), metadata={"nbgrader": {"grade_id": "answers", "solution": True}}
    )


def test_the_words_of_a_mark_are_found_in_its_box():
    mark = Mark([Point(1, 2, "Look at “him” & <her>.")])
    (found,) = marked_cells(new_notebook(cells=[check_cell(html=mark._repr_html_())]))
    assert found.words == ["Look at “him” & <her>."] and found.got == 1 and not found.by_hand


@pytest.mark.parametrize(
    "html",
    [
        "<div class='cx-mark'><ul><li>Fine</li></ul></div><ul><li>outside</li></ul>",
        "<ul><li>outside</li></ul><div class='cx-mark'><div><li>Fine</div></div><li>outside</li>",
        "<div class='cx-mark-not'><li>outside</li></div><div class='a cx-mark'><li>Fine<!-- outside --></li></div>",
    ],
)
def test_only_the_box_of_a_mark_is_read(html):
    (found,) = marked_cells(new_notebook(cells=[check_cell(html=html)]))
    assert found.words == ["Fine"]


def test_without_questions_the_page_works_with_ids():
    answers = {
        "journey": [{"step": "list", "owner": "Nobody"}],
        "wait_before": "list",
        "two": ["a", "b"],
        "n": 3.5,
    }
    page = feedback_page(new_notebook(cells=[answers_cell(answers), check_cell(score=1)]), title="a title")
    sound(page)
    text = Page(page).text
    assert (
        "1 of 2 marks" in text
        and "wait_before list" in text
        and "1 list Nobody" in text
        and "secret" not in text
    )


def test_marks_taken_off_for_coming_late_are_told():
    page = feedback_page(new_notebook(cells=[check_cell(score=2)]), late=1.5)
    assert (
        "0.5 of 2 marks" in Page(page).text
        and "Your work came late. That costs 1.5 marks." in Page(page).text
    )


QUESTIONS = """
title: T
language: en
parts:
- id: wait
  title: All kinds
  questions:
  - {id: several, kind: several, row: J1, ask: "Which?", options: [{id: a, label: Option A}, {id: b, label: Option B}]}
  - {id: number, kind: number, row: J1, ask: "How long?", unit: days}
  - {id: typed, kind: number, row: J1, ask: "How many?", unit: days}
  - {id: scale, kind: scale, row: J1, ask: "How much?", low: 0, high: 2, labels: [low, middle, high]}
  - {id: sort, kind: steps, row: J1, ask: Sort, ordered: false, cards: [{id: x, label: Card X}, {id: y, label: Card Y}],
     columns: [{id: touch, label: Touchpoint, options: [{id: p, label: By phone}, web]}]}
  - {id: own_map, kind: journey, row: J1, ask: Your map, file: my.csv}
"""
ALL_KINDS = {
    "several": ["a", "b"],
    "number": 12.0,
    "typed": "12,5 Days",
    "scale": 2,
    "sort": [{"step": "y", "touch": "p"}],
    "own_map": [
        {
            "stage": "care",
            "touchpoint": "He calls",
            "channel": "phone",
            "wait_days": 3,
            "evidence": "inferred",
        }
    ],
}


def test_every_kind_of_answer_is_shown_as_the_form_says_it(tmp_path):
    (tmp_path / "t.yaml").write_text(QUESTIONS, "utf-8")
    questions = questions_beside("t", [tmp_path / "nowhere", tmp_path])
    page = feedback_page(new_notebook(cells=[answers_cell(ALL_KINDS), check_cell(score=1)]), questions)
    sound(page)
    text = Page(page).text
    for shown in (
        "Which? Option A Option B",
        "How long? 12 days",
        "How many? 12,5 Days How much? high",
        "Sort Item Touchpoint Card Y By phone",
        "Your map Order Touchpoint What you said about it 1 He calls Stage: Care Channel: phone",
        "Channel: phone Wait (days): 3 Evidence: inferred",
    ):
        assert shown in text, (shown, text)


@pytest.mark.parametrize(
    "answers",
    [
        {
            "several": [[], {}, None, EVIL],
            "number": "9" * 5000,
            "scale": "NaN",
            "sort": [{"step": "no"}],
            "own_map": [{}],
        },
        {
            "own_map": [{"touchpoint": EVIL, "owner": ["a"], EVIL: 1, "stage": None}],
            "scale": 99,
            "sort": "x",
            "typed": {},
        },
        {1: 2, None: 3, "several": EVIL, EVIL: [{EVIL: EVIL}]},
        ["no", "dict"],
        "text",
    ],
)
@pytest.mark.parametrize("with_questions", [True, False])
def test_no_answer_breaks_the_page(answers, with_questions, tmp_path):
    (tmp_path / "t.yaml").write_text(QUESTIONS, "utf-8")
    questions = read_questions(tmp_path / "t.yaml") if with_questions else None
    cell = answers_cell({})
    cell.source = f"answers = {answers!r}"
    sound(feedback_page(new_notebook(cells=[cell, check_cell(score=1)]), questions))


@pytest.mark.parametrize(
    "exercise", sorted(path.name for path in (ROOT / "solutions").glob("*/") if path.is_dir())
)
def test_every_exercise_has_a_page_in_the_words_of_its_form(exercise):
    folder = ROOT / "solutions" / exercise
    notebook = nbformat.read(folder / f"{exercise}.ipynb", as_version=4)
    questions = read_questions(folder / f"{exercise}.yaml")
    page = feedback_page(notebook, questions, learner="ann")
    sound(page)
    text = Page(page).text
    words = WORDS.get(questions["language"], WORDS["en"])
    # no answer of the solution is left over without its question, and no check without its part
    assert (
        words["no_answer"] not in text
        and words["other_title"] not in text
        and words["unreadable"] not in text
    )
    heads = [unescape(one) for one in re.findall(r"<h2[^>]*>([^<]+)", page)]
    assert [one for one in heads if one != words["read_title"]] == [
        *(part["title"] for part in questions["parts"]),
        words["extra_title"],
    ]


def test_a_questions_file_with_faults_is_passed_over(tmp_path):
    (tmp_path / "t.yaml").write_text("title: [", "utf-8")
    assert questions_beside("t", [tmp_path]) is None


def test_a_timestamp_is_kept_only_where_it_is_one(tmp_path):
    feedback = tmp_path / "feedback" / "ann" / "ex"
    for name, text in {
        "timestamp.txt": "2026-11-22 10:00:00.5 UTC\n",
        "ex.html": "page",
        "data.csv": "1",
    }.items():
        feedback.mkdir(parents=True, exist_ok=True)
        (feedback / name).write_text(text, "utf-8")
    call = {
        "assignment": "ex",
        "student": "*",
        "notebooks": [str(tmp_path / "autograded" / "ann" / "ex" / "ex.ipynb")],
    }
    only_pages(**call)
    assert sorted(path.name for path in feedback.iterdir()) == ["ex.html", "timestamp.txt"]
    (feedback / "timestamp.txt").write_text("root:x:0:0", "utf-8")
    only_pages(**call)
    assert [path.name for path in feedback.iterdir()] == ["ex.html"]


def test_a_text_without_end_is_cut():
    assert len(clean("x" * 100_000)) < 5000


def test_each_language_has_the_same_words_with_the_same_places():
    def places(text):
        return sorted(re.findall(r"\{(\w+)\}", text))

    for language, words in WORDS.items():
        assert set(words) == set(WORDS["en"]), language
        for key, text in words.items():
            assert places(text) == places(WORDS["en"][key]), (language, key)


@pytest.mark.nbgrader
@pytest.mark.browser
def test_pages_are_accessible_fit_a_phone_and_run_nothing(pages, tmp_path):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    keep = os.environ.get("CXKIT_SHOTS")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for learner in ("model", "half", "hand", "hostile", "hebrew"):
            path = tmp_path / f"{learner}.html"
            # axe is a script: on this copy alone, scripts may run
            policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
            assert policy.search(pages[learner])
            path.write_text(policy.sub("", pages[learner]), "utf-8")
            for width in (1200, 360):
                page = browser.new_page(viewport={"width": width, "height": 800})
                asked, spoken = [], []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.on(
                    "dialog", lambda dialog, spoken=spoken: spoken.append(dialog.message) or dialog.dismiss()
                )
                page.goto(path.as_uri())
                assert asked == [path.as_uri()] and not spoken
                wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (learner, width, wide)
                found = Axe().run(page).response["violations"]
                assert not found, (learner, width, [(one["id"], one["nodes"][0]["html"]) for one in found])
                if keep:
                    page.screenshot(path=f"{keep}/{learner}_{width}.png", full_page=True)
                    if width == 1200:
                        page.pdf(path=f"{keep}/{learner}.pdf")
                page.close()
        browser.close()
