"""The course as it is committed: quizzes answer every choice, notebooks are calm, whole and readable."""

from __future__ import annotations

import ast
import json
import re
import warnings
from itertools import pairwise
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from nbgrader_course import ROOT, grade_id, model_answers

from cxkit.teaching.activities import activities
from cxkit.teaching.questions import option_id, questions_of, read_questions

with warnings.catch_warnings():
    # the library writes a pattern in a way that newer Pythons warn about
    warnings.simplefilter("ignore")
    import readability


def below(folder, pattern):
    return [
        path
        for path in sorted((ROOT / folder).rglob(pattern))
        if not any(part.startswith(".") for part in path.parts)
    ]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


QUIZZES = below("course/quizzes", "*.yaml")
GUESSES = below("course/guesses", "*.yaml")
LESSONS = [path for path in below("course", "*.ipynb") if path.parent.name == "course"]
SHEETS = [
    path
    for folder in ("exercises", "solutions")
    for path in below(folder, "*.yaml")
    if path.stem == path.parent.name
]
REASONS = below("solutions", "reasons.yaml")
NOTEBOOKS = [*LESSONS, *below("exercises", "*.ipynb"), *below("solutions", "*.ipynb")]
EXERCISES = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())
each_quiz = pytest.mark.parametrize("path", QUIZZES, ids=name_of)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=name_of)
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)


def read(path):
    return nbformat.read(path, as_version=4)


def cells(path, kind):
    return [cell for cell in read(path).cells if cell.cell_type == kind]


def texts(value):
    """Every text below a value of a questions file."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def test_there_is_something_to_check():
    assert QUIZZES and LESSONS and SHEETS and EXERCISES


# ---- questions ----


@pytest.mark.parametrize("path", [*QUIZZES, *GUESSES, *SHEETS], ids=name_of)
def test_a_questions_file_is_valid_and_names_its_concepts(path):
    for question in questions_of(read_questions(path)):
        assert re.fullmatch(r"[JPDMVW]\d( [JPDMVW]\d)*", question["row"]), question["id"]
        for row in question["row"].split():
            assert int(row[1:]) <= {"J": 9, "P": 6, "D": 6, "M": 7, "V": 4, "W": 2}[row[0]], (
                question["id"],
                row,
            )


def judged(path):
    """The questions of a quiz with a key in the file: not those of a form that keeps answers, nor of an activity."""
    spec = read_questions(path)
    without = "answer_cell" in spec or path.stem in activities()
    return [] if without else list(questions_of(spec)), spec.get("feedback") != "none"


@each_quiz
def test_a_choice_has_one_right_option_and_words_for_every_option(path):
    questions, has_words = judged(path)
    for question in questions:
        if question["kind"] == "choice":
            right = [option for option in question["options"] if option.get("right")]
            assert len(right) == 1, question["id"]
            check_words(question, has_words)


@each_quiz
def test_several_has_right_and_wrong_options_and_words_for_every_option(path):
    questions, has_words = judged(path)
    for question in questions:
        if question["kind"] == "several":
            right = [bool(option.get("right")) for option in question["options"]]
            assert any(right) and not all(right), question["id"]
            check_words(question, has_words)


def check_words(question, has_words):
    said = [option.get("feedback", "") for option in question["options"]]
    if has_words:
        assert all(said), question["id"]
        assert len(set(said)) == len(said), f"{question['id']}: each choice has words of its own"
    else:
        assert not any(said), f"{question['id']}: a pre-test says nothing"


@each_quiz
def test_steps_have_keys_that_exist_and_words_for_each_card(path):
    questions, _ = judged(path)
    for question in questions:
        if question["kind"] == "steps":
            columns = {
                column["id"]: {option_id(one) for one in column["options"]} for column in question["columns"]
            }
            cards = {card["id"] for card in question["cards"]}
            assert set(question["right"]) == cards
            assert set(question["feedback"]) == {*cards, "all_right"}
            for card, right in question["right"].items():
                assert set(right) == set(columns), card
                for column, accepted in right.items():
                    assert accepted and set(accepted) < columns[column], (card, column)


@pytest.mark.parametrize("name", activities())
def test_every_control_of_an_activity_stands_somewhere_at_first(name):
    for question in questions_of(read_questions(ROOT / "course" / "quizzes" / f"{name}.yaml")):
        assert question["kind"] != "scale" or "start" in question, question["id"]
        if question["kind"] == "choice" and "start" in question:
            assert question["start"] in {option_id(one) for one in question["options"]}
        assert not {"right", "right_words", "at_least"} & set(question), "the activity judges, not the file"


@each_quiz
def test_a_scale_has_an_answer_and_words(path):
    questions, has_words = judged(path)
    for question in questions:
        assert question["kind"] not in ("text", "number"), f"{question['id']}: nothing judges it"
        if question["kind"] == "scale":
            assert {"at_least", "at_most"} & set(question), question["id"]
            assert not has_words or {"right_words", "wrong_words"} <= set(question)
            low, high = question.get("at_least", question["low"]), question.get("at_most", question["high"])
            assert question["low"] <= low <= high <= question["high"] and (low, high) != (
                question["low"],
                question["high"],
            )


@pytest.mark.parametrize("path", [*QUIZZES, *GUESSES, *SHEETS], ids=name_of)
def test_a_scale_has_a_label_for_each_of_its_places(path):
    for question in questions_of(read_questions(path)):
        if question["kind"] == "scale":
            places = (question["high"] - question["low"]) / question.get("step", 1)
            assert places == int(places), question["id"]
            assert "labels" not in question or len(question["labels"]) == places + 1, question["id"]
            assert question["low"] <= question.get("start", question["low"]) <= question["high"]


@pytest.mark.parametrize("path", GUESSES, ids=name_of)
def test_a_guess_asks_little_and_answers_every_choice(path):
    spec = read_questions(path)
    questions = list(questions_of(spec))
    assert len(questions) <= 2, "one or two questions: a guess is quick"
    assert not {"feedback", "answer_cell", "buttons"} & set(spec)
    for question in questions:
        assert question["kind"] in ("choice", "scale"), question["id"]
        if question["kind"] == "choice":
            assert sum(bool(option.get("right")) for option in question["options"]) == 1, question["id"]
            check_words(question, has_words=True)
        else:
            assert {"unit", "labels"} & set(question), f"{question['id']}: a number of what?"
            assert "start" in question, question["id"]
            assert not {"at_least", "at_most", "right_words", "wrong_words"} & set(question), (
                f"{question['id']}: the estimate answers, not the file"
            )


@each_lesson
def test_what_a_lesson_shows_has_its_file(path):
    folders = {"quiz": "quizzes", "activity": "quizzes", "guess": "guesses", "conversation": "conversations"}
    for cell in cells(path, "code"):
        for kind, name in re.findall(r"cx\.(quiz|activity|guess|conversation)\(\s*\"([^\"]+)\"", cell.source):
            assert (ROOT / "course" / folders[kind] / f"{name}.yaml").is_file(), (kind, name)


def test_the_right_guess_is_not_always_in_the_same_place_nor_always_the_longest():
    places, longest = [], 0
    for path in GUESSES:
        for question in questions_of(read_questions(path)):
            if question["kind"] == "choice":
                lengths = [len(option["label"]) for option in question["options"]]
                right = next(i for i, option in enumerate(question["options"]) if option.get("right"))
                places.append(right)
                longest += lengths[right] == max(lengths)
    # of four or fewer, chance alone may put most in one place
    if len(places) > 4:
        assert max(places.count(place) for place in places) <= 0.7 * len(places)
        assert longest <= 0.7 * len(places)


def test_every_activity_has_its_questions():
    assert set(activities()) <= {path.stem for path in QUIZZES}


def test_the_right_option_is_not_always_in_the_same_place_nor_always_the_longest():
    places, longest, questions = [], 0, 0
    for path in QUIZZES:
        for question in judged(path)[0]:
            if question["kind"] == "choice":
                lengths = [len(option["label"]) for option in question["options"]]
                right = next(i for i, option in enumerate(question["options"]) if option.get("right"))
                places.append(right)
                longest += lengths[right] == max(lengths)
                questions += 1
    assert max(places.count(place) for place in places) <= 0.7 * questions
    assert longest <= 0.7 * questions


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_released_questions_file_is_that_of_the_solution(exercise):
    path = ROOT / "solutions" / exercise / f"{exercise}.yaml"
    released = ROOT / "exercises" / exercise / path.name
    assert released.read_bytes() == path.read_bytes(), (
        f"stale: nbgrader generate_assignment {exercise} --force"
    )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_questions_file_does_not_list_steps_in_their_right_order(exercise):
    spec = read_questions(ROOT / "solutions" / exercise / f"{exercise}.yaml")
    for question in questions_of(spec):
        assert not {"right", "feedback", "at_least", "at_most"} & set(question), question["id"]
        if question["kind"] != "steps" or question.get("ordered") is False:
            continue
        right = [row["step"] for row in model_answers(exercise)[question["id"]]]
        lists = [[card["id"] for card in question["cards"]], list(spec.get("map", {}).get("waits", {}))]
        lists += [[option_id(one) for one in other.get("options", [])] for other in questions_of(spec)]
        for given in lists:
            steps = [step for step in given if step in right]
            if len(steps) > 2:
                assert steps != sorted(steps, key=right.index), f"{exercise}: the order {steps} tells the key"


# ---- notebooks ----


@each_notebook
def test_the_notebook_is_valid_and_runs_by_itself(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.cxkit.autorun is True
    assert notebook.metadata.kernelspec.name == "python3"


@each_notebook
def test_code_is_folded_behind_a_label(path):
    for cell in cells(path, "code"):
        # what a learner may write stays open
        folded = grade_id(cell) != "code"
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) is folded, cell.source
        first = cell.source.splitlines()[0]
        assert re.match(r"# [A-Zא-ת]", first) and 8 <= len(first) <= 80, first


@each_lesson
def test_a_code_cell_is_one_call(path):
    for cell in cells(path, "code"):
        *before, last = ast.parse(cell.source).body
        assert all(isinstance(one, ast.Import | ast.ImportFrom | ast.Assign) for one in before), cell.source
        assert isinstance(last, ast.Assign | ast.Expr), cell.source
        for one in [*before, last]:
            assert sum(isinstance(node, ast.Call) for node in ast.walk(one)) <= 1, cell.source
        assert len(before) <= 2, cell.source


@each_lesson
def test_outputs_are_kept_and_hold_no_error(path):
    code = cells(path, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        kinds = [output.output_type for output in cell.outputs]
        assert set(kinds) <= {"execute_result", "display_data"}, (cell.source, kinds)
        shows = isinstance(ast.parse(cell.source).body[-1], ast.Expr)
        assert bool(kinds) == shows, cell.source


@each_lesson
def test_every_kept_output_says_something_where_no_widget_can_run(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            assert {"text/html", "text/markdown"} & set(output.data), cell.source
    assert "widgets" not in read(path).metadata


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_released_exercise_holds_no_outputs(exercise):
    for path in below(f"exercises/{exercise}", "*.ipynb"):
        assert not any(cell.outputs or cell.execution_count for cell in cells(path, "code"))
        assert [cell.source.splitlines()[1:] for cell in read(path).cells if grade_id(cell) == "answers"] == [
            ["answers = {}", "# Your work goes here."]
        ]


def test_no_path_of_a_machine_stands_anywhere():
    sign = re.compile(r"(?<![\w.])(/work|/root|/home|/tmp|/Users|/usr|/var|file://|[A-Z]:\\+Users)\b")
    for folder in ("course", "exercises", "solutions"):
        for path in below(folder, "*"):
            if path.suffix in (".ipynb", ".yaml", ".md", ".csv", ".json"):
                # a picture's own letters may spell anything
                text = re.sub(r"base64,[\w+/=]+|\"image/png\": \"[^\"]*\"", "", path.read_text("utf-8"))
                assert not sign.findall(text), (name_of(path), sign.findall(text))


def links(text):
    text = re.sub(r"`[^`]*`", "", text)
    yield from re.findall(r"\]\(([^)\s]+)[^)]*\)", text)
    yield from re.findall(r"(?:src|href)=[\"']([^\"']+)", text)


def anchors(path):
    if path.suffix not in (".ipynb", ".md"):
        return set()
    written = path.read_text("utf-8") if path.suffix == ".md" else "\n".join(prose_of_notebook(path))
    heads = re.findall(r"^#+ (.+)$", written, re.M)
    return {head.strip().replace(" ", "-") for head in heads}


@each_notebook
def test_links_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for link in links(cell.source):
            if re.match(r"(https?:|mailto:|attachment:|data:)", link):
                continue
            place, _, anchor = unquote(link).partition("#")
            target = (path.parent / place).resolve() if place else path
            # in exercises/ and solutions/ the folders lie equally deep, so one link serves both
            assert target.is_file(), (name_of(path), link)
            assert ROOT in target.parents
            assert not anchor or anchor in anchors(target), (name_of(path), link)


@each_notebook
def test_headings_start_with_one_title_and_never_skip_a_level(path):
    text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)
    levels = [len(marks) for marks in re.findall(r"^(#{1,6}) ", text, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_lesson
def test_the_times_of_the_parts_add_up_to_that_of_the_title(path):
    notebook = read(path)
    # in English or in Hebrew
    [total] = re.findall(r"(?:About |כ־)(\d+) (?:minutes|דקות)", notebook.cells[0].source)
    heads = [
        line
        for cell in notebook.cells
        for line in cell.source.splitlines()
        if line.startswith("#" if cell.cell_type == "markdown" else "# ")
    ]
    parts = [
        int(minutes)
        for line in heads
        for minutes in re.findall(r"\((\d+) (?:minutes?|דקות)\b", line.replace("(דקה אחת", "(1 דקות"))
    ]
    assert len(parts) >= 3
    assert abs(sum(parts) - int(total)) <= 5, (parts, total)


# ---- prose ----


def prose_of_notebook(path):
    return [cell.source for cell in cells(path, "markdown")]


def prose(path):
    """What a learner reads in a file, as texts without marks of format."""
    if path.suffix == ".ipynb":
        raw = prose_of_notebook(path)
    elif path.suffix == ".md":
        raw = [path.read_text("utf-8")]
    elif path.name == "reasons.yaml":
        raw = list(texts(yaml.safe_load(path.read_text("utf-8"))))
    else:
        raw = list(read_by_learner(yaml.safe_load(path.read_text("utf-8"))))
    return [plain_text(text) for text in raw]


def read_by_learner(value, key=""):
    shown = (
        "title",
        "text",
        "ask",
        "note",
        "hints",
        "label",
        "labels",
        "feedback",
        "right_words",
        "wrong_words",
    )
    if isinstance(value, dict):
        for name, one in value.items():
            yield from read_by_learner(one, key if key == "feedback" else name)
    elif isinstance(value, list):
        for one in value:
            yield from read_by_learner(one, key)
    elif isinstance(value, str) and key in shown:
        yield value


def plain_text(text):
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.M | re.S)
    text = re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.S)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "it", text)
    return re.sub(r"[*_#]", "", text)


WRITTEN = [*NOTEBOOKS, *QUIZZES, *GUESSES, *SHEETS, *REASONS, *below("case_studies", "story*.md")]
# the grade is one for English
PROSE = [path for path in WRITTEN if not re.search(r"[._]he[./]", path.as_posix())]


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_no_exclamation_marks(path):
    for text in prose(path):
        assert not re.search(r"!(?!=)", text), text


def sentences(texts):
    """Sentences as the library wants them: one a line, words and stops apart."""
    for text in texts:
        for line in text.splitlines():
            if re.match(r"\s*\|", line) or not line.strip():
                continue
            line = re.sub(r"^\s*(\d+\.|-|>)\s+", "", line)
            for sentence in re.split(r"(?<=[.?:])[”\"’)]*\s+", line):
                words = re.findall(r"[A-Za-z0-9’'-]*[A-Za-z0-9]", sentence)
                if len(words) > 3:
                    yield " ".join(words) + " ."


def grade(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return readability.getmeasures("\n".join(sentences(texts)), lang="en")["readability grades"][
            "Kincaid"
        ]


def test_the_grade_tells_plain_words_from_hard_ones():
    assert grade(["The clinic had my images the same day. Nobody called me about them."]) < 5
    assert (
        grade(["Organisational accountability necessitates interdepartmental communication methodologies."])
        > 15
    )


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_learners_prose_is_easy_to_read(path):
    found = list(sentences(prose(path)))
    assert found
    assert grade(prose(path)) <= 8


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_no_sentence_is_very_long(path):
    for sentence in sentences(prose(path)):
        assert len(sentence.split()) <= 36, sentence


def test_notebooks_are_written_as_text():
    for path in NOTEBOOKS:
        assert json.loads(path.read_text("utf-8"))["nbformat"] == 4
        assert "\r" not in path.read_text("utf-8")
