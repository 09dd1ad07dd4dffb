"""Learning alone with an answer sheet: its marks at once, hints and tries counted, and the model answer after two tries.

All this needs the solution at hand. In a classroom there is none: then a learner hears what is complete.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any

from . import progress
from .form import Words, say
from .marking import Mark
from .model_answer import model_html, model_of, reasons_of
from .questions import questions_of
from .selfcheck import Checked, Total, check_answers, find_solution, marks_by_hand, total_of

if TYPE_CHECKING:
    from .sheet import Sheet

TRIES = 2


class Practice:
    """What the buttons of one answer sheet do for a learner; `name` finds its solution and its record ("": none)."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet, self.name, self.labels = sheet, name, sheet.labels
        self.round = 0
        # what the last check in this kernel was about, and what it said
        self.found: list[Checked] = []
        self.answers: dict[str, Any] = {}
        self.by_hand = 0.0
        self._memory: dict[str, Any] | None = None
        if name and not progress.grading():
            self._greet()

    # ---- what the sheet asks for ----

    def check(self) -> None:
        """Answer the button: marks and words where the solution is at hand, else what is complete."""
        solution = None if progress.grading() or not self.name else find_solution(self.name)
        self.found = []
        if solution is None:
            self._say_complete([self.labels["marks_by_instructor"]])
            return
        sheet = self.sheet
        try:
            self.found = check_answers(solution, copy.deepcopy(sheet.given), functions=sheet.functions())
            self.by_hand = marks_by_hand(solution)
        except Exception as fault:  # whatever is wrong in a solution, the learner reads words
            self._say_complete([self.labels["check_fault"].format(fault=fault)])
            return
        self.answers = copy.deepcopy(sheet.answers)
        total = total_of(self.found)
        tried = self._count(total)
        sheet.messages = {**sheet.messages, **self._part_words()}
        self._show(self._total(total), [tried, self.labels["as_graded"]], full=total.full, again=True)

    def changed(self) -> None:
        """Follow a change of the answers: marks of other answers must not look like marks of these."""
        if not self.found:
            # without marks, a part that was checked once stays true to its answers
            if any(key.startswith("part:") for key in self.sheet.messages):
                self._say_complete(self.sheet.result.get("lines", []), again=False)
            return
        self.sheet.messages = {**self.sheet.messages, **self._part_words()}
        total = total_of(self.found)
        said = self._total(total)
        if self.sheet.answers == self.answers:
            self._show(said, [self.labels["as_graded"]], full=total.full)
        else:
            self._show(self.labels["total_before"].format(total=said), [])

    def hint(self, question: Any, opened: Any) -> None:
        """Count a hint that was opened; one that is opened again counts once."""
        known = {one["id"]: len(one.get("hints", [])) for one in questions_of(self.sheet.questions)}
        if question not in known or not isinstance(opened, int):
            return
        kept = self._kept()
        hints = kept["hints"]
        hints = {**hints, question: max(hints.get(question, 0), min(opened, known[question]))}
        self._keep(hints=hints, hints_of=self._hints_of())
        self.sheet.result = {**self.sheet.result, "hints": self._hint_words()}

    def show_model(self) -> None:
        """Show the model answer beside the learner's, where it may be opened by now."""
        solution = find_solution(self.name) if self.name and not progress.grading() else None
        if solution is None or not self._may_open():
            self._show(self.sheet.result.get("total", ""), [self.labels["try_more"].format(n=TRIES)])
            return
        sheet = self.sheet
        try:
            html = model_html(
                sheet.questions, sheet.answers, model_of(solution), reasons_of(solution), self.labels
            )
        except (OSError, ValueError) as fault:
            self._show(sheet.result.get("total", ""), [self.labels["check_fault"].format(fault=fault)])
            return
        if not self._kept()["model"]:
            self._keep(model=True)
        self.round += 1
        sheet.model_answer = {
            "html": html + f'<p class="cx-note">{self.labels["model_noted"]}</p>',
            "round": self.round,
        }

    # ---- the record ----

    def _kept(self) -> dict[str, Any]:
        # what the disk did not take is known until the kernel ends
        return self._memory or progress.exercise_record(self.name)

    def _keep(self, **changes: Any) -> None:
        kept = {**self._kept(), **changes}
        if not self.name:
            self._memory = kept
            return
        try:
            progress.record_exercise(self.name, self.sheet.questions["title"], **changes)
            self._memory = None
        except OSError as fault:
            self._memory = kept
            self.sheet.cannot_keep(fault)

    def _count(self, total: Total) -> str:
        """Note a check in the record; say which try it was. Answers that were checked already are no new try."""
        kept, labels = self._kept(), self.labels
        digest = _digest(self.sheet.answers)
        again = digest == kept["checked"] or not self.sheet.answers
        tries = kept["tries"] + (not again)
        marks = [total.value, total.of, total.extra, total.extra_of]
        self._keep(
            tries=tries,
            marks=marks,
            checked=digest if self.sheet.answers else kept["checked"],
            hints_of=self._hints_of(),
        )
        if not tries:
            return labels["try_more"].format(n=TRIES)
        said = labels["try_same" if again else "try_n"].format(n=tries)
        return said if self._may_open() else f"{said} {labels['try_more'].format(n=TRIES)}"

    def _may_open(self) -> bool:
        kept = self._kept()
        marks = kept["marks"]
        # with full marks there is nothing left that it could give away
        return bool(kept["tries"] >= TRIES or kept["model"] or (marks and marks[0] >= marks[1]))

    # ---- what the page shows ----

    def _greet(self) -> None:
        kept = self._kept()
        if not (kept["tries"] or kept["hints"]):
            return
        total = ""
        if kept["marks"]:
            total = self.labels["total_last"].format(total=Total(*kept["marks"]).words(self.labels))
        self._show(total, [])

    def _show(self, total: str, lines: list[str], *, full: bool = False, again: bool = False) -> None:
        """Bring the line at the foot up to date; `again` where it answers a button."""
        self.round += again
        extras = [_mark_words(one, self.labels) for one in self.found if one.extra]
        for one in extras:
            # the kernel knows a function only as it was when its cell last ran
            one["lines"] = one["lines"] if one["ok"] else [*one["lines"], self.labels["code_first"]]
        self.sheet.result = {
            "total": total,
            "full": full,
            "lines": lines,
            "extra": extras,
            "hints": self._hint_words(),
            "model": self._may_open() and bool(self.name) and find_solution(self.name) is not None,
            "round": self.round,
        }

    def _total(self, total: Total) -> str:
        said = total.words(self.labels)
        return (
            self.labels["total_by_hand"].format(total=said, n=f"{self.by_hand:g}") if self.by_hand else said
        )

    def _hint_words(self) -> str:
        opened = sum(self._kept()["hints"].values())
        of = self._hints_of()
        return self.labels["hints_opened"].format(n=min(opened, of), of=of) if opened else ""

    def _hints_of(self) -> int:
        return sum(len(one.get("hints", [])) for one in questions_of(self.sheet.questions))

    def _say_complete(self, lines: list[str], *, again: bool = True) -> None:
        parts = [part["id"] for part in self.sheet.questions["parts"]]
        words = {f"part:{part}": self.sheet.look(part) for part in parts}
        done = sum(not self.sheet.open_points(part) for part in parts)
        self.sheet.messages = {**self.sheet.messages, **words}
        total = self.labels["parts_complete"].format(n=done, of=len(parts))
        self._show(total, lines, full=done == len(parts), again=again)

    def _part_words(self) -> dict[str, Words]:
        """The words below each part: its marks, or that it was changed since they were given."""
        words: dict[str, Words] = {}
        for part in self.sheet.questions["parts"]:
            asked = [question["id"] for question in part["questions"]]
            same = all(self.sheet.answers.get(one) == self.answers.get(one) for one in asked)
            marked = [_mark_words(one, self.labels) for one in self.found if one.part == part["id"]]
            if not marked and self.by_hand:
                words[f"part:{part['id']}"] = [*self.sheet.look(part["id"]), say(self.labels["read_by_hand"])]
                continue
            words[f"part:{part['id']}"] = marked if same else [say(self.labels["changed_since"])]
        return words


def _mark_words(one: Checked, labels: dict[str, str]) -> dict[str, Any]:
    """One check cell as a message: its marks, and the words that an instructor's run gives."""
    mark: Mark = one.mark
    full = mark.value >= mark.of
    # extra marks that are not there are no fault
    none = ("plain", "○") if one.extra else ("bad", "✗")
    state, sign = ("good", "✓") if full else ("partly", "◐") if mark.value > 0 else none
    said = labels["marks"].format(value=f"{mark.value:g}", of=f"{mark.of:g}")
    return {"ok": full, "state": state, "sign": sign, "text": f"{one.title}: {said}", "lines": mark.words}


def _digest(answers: Any) -> str:
    text = json.dumps(answers, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
