"""The instructor's page: one HTML file that needs nothing beside it, and runs nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from ...measures.estimate import Estimate
from ...teaching.words import direction
from ..page import TEMPLATES, _number, environment
from .answers import MOST, NO_ANSWER, ORDER, Counted, Wrong
from .make import Again, Person, Report
from .numbers import FEW, Bar, ItemRow
from .words import words_in

# a page with more rows is slow to read and to print; the files hold them all
MOST_ROWS = 300


@dataclass(frozen=True)
class Span:
    """An estimate as the page shows it: its number and interval in words, and the same as places on a line, in percent."""

    value: str
    interval: str
    n: str
    at: float = 0.0
    low: float = 0.0
    wide: float = 0.0
    drawn: bool = False


@dataclass(frozen=True)
class Row:
    """One item of the table."""

    label: str
    marks: str
    open: str
    reached: Span | None
    tells: Span | None
    reading: list[str]


@dataclass(frozen=True)
class Block:
    """Wrong answers to one question, or sentences about one item: a title, who was counted, and what they gave."""

    title: str
    note: str
    lines: list[tuple[str, Span]] = field(default_factory=list)


class Say:
    """Numbers and answers in the words of one language."""

    def __init__(self, language: str) -> None:
        self.words = words_in(language)
        self.rtl = direction(language) == "rtl"

    def number(self, value: float) -> str:
        return self.signed(_number(value))

    def signed(self, shown: str) -> str:
        """A true minus; in a text from right to left it would else change sides."""
        shown = shown.replace("-", "−")
        return f"\u2066{shown}\u2069" if self.rtl and "−" in shown else shown

    def latin(self, text: str) -> str:
        """A file or a command, which runs from left to right wherever it stands."""
        return f"\u2066{text}\u2069" if self.rtl else text

    def percent(self, share: float) -> str:
        # 99.7% is not all, and 0.3% is not none
        whole = f"{100 * share:.0f}"
        kept = f"{100 * share:.1f}" if whole in ("0", "100") and 0 < share < 1 else whole
        return self.words["percent"].format(n=self.signed("99.9" if kept == "100.0" else kept))

    def mark(self, value: float) -> str:
        """A mean or a middle of marks: more than tenths would say more than is known."""
        return self.number(round(value, 1))

    def two(self, value: float) -> str:
        return self.signed(f"{value:.2f}" if round(value, 2) else "0.00")

    def interval(self, one: Estimate, shown: Any, words: str = "interval") -> str:
        if math.isnan(one.low):
            return self.words["no_interval"]
        return self.words[words].format(low=shown(one.low), high=shown(one.high))

    def span(
        self, one: Estimate | None, shown: Any, low: float, high: float, words: str = "interval"
    ) -> Span | None:
        """An estimate on a line from `low` to `high`; in a table, whose head names the interval, its ends are enough."""
        if one is None or math.isnan(one.value):
            return None

        def at(value: float) -> float:
            return round(100 * min(max((value - low) / (high - low), 0.0), 1.0), 2)

        sure = not math.isnan(one.low)
        ends = (at(one.low), at(one.high)) if sure else (at(one.value), at(one.value))
        return Span(
            shown(one.value),
            self.interval(one, shown, words),
            self.words["n"].format(n=one.n),
            at(one.value),
            ends[0],
            round(ends[1] - ends[0], 2),
            sure,
        )

    def counted(self, one: Counted) -> Span:
        span = self.span(one.share, self.percent, 0, 1)
        assert span is not None
        n = self.words["k_of_n"].format(k=one.people, n=one.share.n)
        return Span(span.value, span.interval, n, span.at, span.low, span.wide, span.drawn)

    def given(self, one: Counted) -> str:
        kind, *texts = one.given
        names = {"step": texts[0], "label": texts[-1], "other": texts[-1]} if texts else {}
        return self.words[kind].format(**names)


def report_page(report: Report, files: tuple[str, str] = ("", "")) -> str:
    """The page of a report. `files`: the names of the CSV and the Excel file beside it.

    Whatever a learner can have typed is shown as text, or left out.
    """
    say = Say(report.language)
    words, summary = say.words, report.summary
    mean = say.span(summary.mean, say.mark, 0, summary.of or 1)
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            words=words,
            language=report.language,
            dir=direction(report.language),
            report=report,
            made=words["made"].format(
                exercise=say.latin(report.exercise), date=say.latin(f"{report.made:%Y-%m-%d}")
            ),
            mean=mean,
            median=say.span(summary.median, say.mark, 0, summary.of or 1),
            notes=_notes(report, say),
            bars=_bars(summary.bars, say),
            bars_alt=_bars_alt(summary.bars, say),
            spread=_spread(report, say),
            again=[_again(one, say) for one in report.again],
            again_note=_again_note(report, say),
            own=[_row(one, report, say) for one in report.rows if not one.item.extra],
            extra=[_row(one, report, say) for one in report.rows if one.item.extra],
            wrong=_wrong(report, say),
            said=[
                Block(
                    one.item.label,
                    words["n"].format(n=one.lost),
                    [(line.given[1], say.counted(line)) for line in one.said],
                )
                for one in report.sentences
            ],
            gain=_gain(report, say),
            people=report.people if len(report.people) <= MOST_ROWS else [],
            cells=lambda person: _cells(person, report, say),
            who=lambda person: person.name if report.names else words["number"].format(n=person.name),
            items=lambda found: ", ".join(one.label for one in found),
            how=[
                words["how_mean"],
                words["how_reached"],
                words["how_tells"],
                words["how_few"].format(few=FEW),
                words["how_hand"],
                words["how_wrong"].format(few=FEW),
            ],
            files=words["files"].format(csv=say.latin(files[0]), xlsx=say.latin(files[1]))
            if all(files)
            else "",
            number=say.number,
            style=Markup((TEMPLATES / "report.css").read_text("utf-8")),
        )
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def _notes(report: Report, say: Say) -> list[str]:
    words, summary = say.words, report.summary
    marked = [one for one in report.people if one.marked]
    notes = []
    if report.few and summary.n:
        notes.append(words["few_one" if summary.n == 1 else "few"].format(n=summary.n))
    if not report.names:
        notes.append(words["no_names_note"])
    if summary.left_out:
        notes.append(words["left_out"].format(items=", ".join(one.label for one in summary.left_out)))
    if summary.n < len(marked):
        notes.append(words["some_open"].format(k=len(marked) - summary.n, n=len(marked)))
    if any(one.late for one in marked):
        notes.append(words["late_note"])
    if report.read < len(marked):
        notes.append(words["unread"].format(k=len(marked) - report.read, n=len(marked)))
    return notes


def _bars(bars: list[Bar], say: Say) -> list[dict[str, Any]]:
    most = max((one.count for one in bars), default=0) or 1
    return [
        {
            "low": say.number(one.low),
            "high": say.number(one.high),
            "count": one.count,
            "tall": round(100 * one.count / most, 2),
            "last": one is bars[-1],
        }
        for one in bars
    ]


def _bars_alt(bars: list[Bar], say: Say) -> str:
    filled = [one for one in bars if one.count]
    told = [
        say.words["bar_alt"].format(low=say.number(one.low), high=say.number(one.high), n=one.count)
        for one in filled
    ]
    return say.words["marks_alt"].format(bars="; ".join(told) + ".")


def _spread(report: Report, say: Say) -> list[str]:
    summary, words = report.summary, say.words
    if not summary.n:
        return []
    if summary.least == summary.most:
        return [words["all_equal"].format(least=say.number(summary.least))]
    said = words["spread"].format(
        least=say.number(summary.least),
        most=say.number(summary.most),
        low=say.mark(summary.low_quarter.value),
        high=say.mark(summary.high_quarter.value),
    )
    low, high = (say.interval(one, say.mark) for one in (summary.low_quarter, summary.high_quarter))
    # with so few that neither end has one, there is nothing to add
    more = [words["spread_more"].format(low=low, high=high)] if {low, high} != {words["no_interval"]} else []
    return [said, *more]


def _row(row: ItemRow, report: Report, say: Say) -> Row:
    words, item = say.words, row.item
    keys = {"tells": "tells_yes"}
    reading = [words[keys.get(one, one)] for one in row.reads]
    if row.why:
        reading.append(words[f"why_{row.why}"])
    if row.n < FEW:
        reading.append(words["few_short"])
    return Row(
        item.label,
        words["item_mark" if item.of == 1 else "item_marks"].format(of=say.number(item.of)),
        words["item_open"].format(k=row.open) if row.open else "",
        say.span(row.reached, say.percent, 0, 1, "to"),
        say.span(row.tells, say.two, -1, 1, "to"),
        reading,
    )


def _again_note(report: Report, say: Say) -> str:
    if report.again:
        return say.words["again_intro"]
    return say.words["again_few"].format(n=report.summary.n) if report.few else say.words["again_none"]


def _again(one: Again, say: Say) -> dict[str, Any]:
    words = say.words
    span = say.span(one.row.reached, say.percent, 0, 1)
    assert one.row.reached is not None and span is not None
    said = one.said.said[0] if one.said and one.said.said else None
    return {
        "label": one.row.item.label,
        "span": span,
        "reached": words["again_reached"].format(share=span.value, interval=span.interval, n=one.row.n),
        "places": [
            (place.concept, words["again_place"].format(lesson=place.lesson, part=place.part))
            for place in one.places
        ],
        "said": (said.given[1], say.counted(said)) if said else None,
        "wrong": (asked(one.wrong[0], say), say.given(one.wrong[1]), say.counted(one.wrong[1]))
        if one.wrong
        else None,
    }


def asked(one: Wrong, say: Say) -> str:
    """The question, and which column of it."""
    ask = str(one.question["ask"])
    columns = {column["id"]: column["label"] for column in one.question.get("columns", [])}
    column = say.words["order"] if one.column == ORDER else columns.get(one.column, "")
    return f"{ask} · {column}" if column else ask


def _wrong(report: Report, say: Say) -> list[Block]:
    blocks: list[Block] = []
    left_open: dict[str, Span] = {}
    for one in report.wrong:
        if [line.given for line in one.answers] == [NO_ANSWER]:
            left_open.setdefault(str(one.question["ask"]), say.counted(one.answers[0]))
            continue
        note = say.words["lost"].format(n=one.lost, items=", ".join(item.label for item in one.items))
        if not one.known:
            note = f"{note} {say.words['nobody_full']}"
        lines = [(say.given(line), say.counted(line)) for line in one.answers[:MOST]]
        blocks.append(Block(asked(one, say), note, lines))
    if left_open:
        blocks.append(Block(say.words["left_open"], say.words["left_open_note"], list(left_open.items())))
    return blocks


def _gain(report: Report, say: Say) -> dict[str, Any]:
    words, gain = say.words, report.gain
    if gain is None:
        command = say.latin(f"cxkit report {report.exercise} --tests FILE")
        note = words["gain_nobody"] if report.tested else words["gain_how"].format(command=command)
        return {"note": note, "tiles": [], "said": [], "questions": []}

    def whole(value: float) -> str:
        return say.percent(value / 100)

    tiles = [
        (words["gain_before"], say.span(gain.before, whole, 0, 100), words["gain_of"]),
        (words["gain_after"], say.span(gain.after, whole, 0, 100), words["gain_of"]),
    ]
    if gain.gain is None:
        said = [words["gain_full"]]
    else:
        tiles.append((words["gain"], say.span(gain.gain, say.two, -1, 1), ""))
        said = [
            words["gain_words" if gain.gain.value >= 0 else "gain_loss"].format(
                percent=say.percent(gain.gain.value),
                interval=say.interval(gain.gain, say.percent),
                n=gain.n,
            )
        ]
    if gain.n < FEW:
        said.append(words["few_one" if gain.n == 1 else "few"].format(n=gain.n))
    if gain.missing:
        said.append(words["gain_missing"].format(k=gain.missing))
    questions = [
        (one.name, *(say.span(each, say.percent, 0, 1, "to") for each in (one.before, one.after)))
        for one in gain.questions
    ]
    return {"note": words["gain_cause"], "tiles": tiles, "said": said, "questions": questions}


def _cells(person: Person, report: Report, say: Say) -> list[str]:
    """A learner's row in the table of all marks, behind the name."""
    words = say.words

    def shown(value: float | None) -> str:
        return words["not_marked"] if value is None else say.number(value)

    if not person.marked:
        return [words["not_marked"] if person.handed_in else words["not_in"]]
    cells = [shown(person.total)]
    cells += [shown(person.got.get(one.name, 0.0)) for one in report.items if not one.extra]
    if report.extra:
        cells.append(shown(person.extra))
    if any(one.late for one in report.people):
        cells.append(say.signed(f"-{_number(person.late)}") if person.late else "")
    return cells
