"""Submissions that came another way than nbgrader's exchange: put into nbgrader's own folder `submitted`.

They come as the zip that an LMS gives, as the folder that it unpacks to, or as loose notebooks. Nothing in them is run, no
path in them is followed, and nothing is written but `submitted/LEARNER/EXERCISE/EXERCISE.ipynb` and `timestamp.txt`.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import secrets
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..teaching.handed_in import read_answers
from .bounded import TooMuchError, within
from .course import open_course
from .learner_names import NOTEBOOKS, Owner, shown, without_ending
from .look import PACKED, find_exercise
from .opened import open_notebook
from .put_right import put_right, why_not
from .roster import Learner
from .sort_out import STAMP, STAMP_FORMAT, HandIn, Sorter, is_notebook, rank_of, read_stamp
from .unpack import (
    LARGEST_LEARNER,
    MOST_INSIDE,
    TOO_MANY_INSIDE,
    Budget,
    CannotReadError,
    Member,
    opened_download,
    zip_members,
)

# a larger notebook is brought in without a look inside: reading it takes some 20 times its size
LOOKED_INTO = 10 * 1024**2
NAMED = 5
SAID = 40

LEFT = "“{file}” was not brought in. {why}"
ONE_ID = (
    "{names} would all be the learner “{id}”. Bring them in with a roster, or give the files other names."
)
ONE_LEARNER = (
    "The roster knows one “{id}”, and the download has several: {names}. Add the others to the roster."
)
NOT_A_NOTEBOOK = "It is no notebook: its name does not end in .ipynb. Ask for the notebook."
NO_NOTEBOOK = "It is no notebook, only its name ends like one's. Ask for the notebook."
TOO_DEEP = "It is no notebook, but a maze of lists inside lists. Ask for the notebook."
UNPACK = "It is packed in a way that is not read here. Unpack it, and bring in the notebook."
ZIP_IN_ZIP = "It is a zip inside another zip. Unpack it, and bring in the notebook."
NOTHING_INSIDE = "There is no notebook of this exercise in it. Ask for the notebook."
OLDER = "“{kept}” of the same learner counts: it is newer, or has the exercise's own name."
TWICE = "It is in the download twice, and the last one counts."
NO_NOTEBOOKS = "{n} more file{s} that {were} no notebook{s} {were} left: {names}."
OTHERS = "{n} notebook{s} of other exercises {were} left: {names}."
BESIDE = "{n} file{s} beside the notebooks {were} left: {names}."
UNSEEN = "“{file}” was brought in without a look inside, because it has {size:.0f} MB. Grading looks into it."
STALE = (
    "It is from {new}, and a newer one, from {old}, is there already. To use this one, delete the folder “{folder}” "
    "first."
)
IN_THE_WAY = "“{path}” is a link or a file where a folder belongs. Move it away."
NOT_WRITTEN = "It could not be written: {why}."
NO_KIND = "“{name}” is no zip, no folder and no notebook (.ipynb). Give one of these."
TOO_WIDE = "The course itself lies in “{name}”. Give the folder or zip that holds nothing but submissions."


@dataclass(frozen=True)
class BroughtFile:
    """A hand-in that was brought in: whose, the name it came by, when it was handed in (UTC; None where nothing says so),
    and whether it took the place of an older one."""

    learner: str
    came_as: str
    when: datetime | None
    replaced: bool


@dataclass
class Brought:
    """What was brought in, what was not and why (`look`, in words), and how many were there already, the `same`."""

    files: list[BroughtFile] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    same: int = 0

    def __str__(self) -> str:
        replaced = sum(one.replaced for one in self.files)
        said = [f"{len(self.files)} brought in"]
        said += [f"{replaced} of them in place of an older one"] if replaced else []
        said += [f"{self.same} there already"] if self.same else []
        return ", ".join(said) + "."


def bring_in(
    source: str | Path, course: str | Path, exercise: str, roster: Iterable[Learner] = ()
) -> Brought:
    """Bring submissions of an exercise into a course's folder `submitted`, and say in words what was not brought in.

    `source`: the zip of an LMS, the folder that it unpacks to, a folder of loose notebooks, or one notebook. `course`:
    the course's folder. `roster`: the learners; with one, a name that fits nobody, or two, is not brought in. Without
    one, the id is made from the name. What is there already is not written again. A changed file replaces it in one step.

    Raises ValueError in words where the source or the exercise is none, OSError where it cannot be opened.

    >>> bring_in("no such.zip", "/", "01_physio_journey")
    Traceback (most recent call last):
    ValueError: There is no exercise “01_physio_journey” here. Run this in the folder that holds “solutions”.
    """
    found = find_exercise(exercise, Path(course))
    source = Path(source)
    if source.is_dir() and found.course.is_relative_to(source.resolve()):
        raise ValueError(TOO_WIDE.format(name=shown(str(source))))
    if source.is_file() and not source.name.lower().endswith((*NOTEBOOKS, ".zip")):
        raise ValueError(NO_KIND.format(name=shown(source.name)))
    sorter = Sorter(found, roster, source)
    intake = _Intake(sorter)
    with opened_download(source) as listed:
        intake.brought.look += listed.look
        sorter.sort(listed.members)
        intake.bring_all()
    return intake.brought


class _Intake:
    """One sorted download on its way into the folder `submitted`."""

    def __init__(self, sorter: Sorter) -> None:
        self.exercise = sorter.exercise
        self.sorter = sorter
        self.brought = Brought()
        self.budget = Budget()
        self.others: list[str] = []
        course = open_course(self.exercise.course)
        self.submitted = course.root / course.step("submitted")

    def left(self, file: str, why: object) -> None:
        self.brought.look.append(LEFT.format(file=file, why=why))

    def bring_all(self) -> None:
        """Bring in one hand-in of each learner: what is small first, so that no huge one takes another's place."""

        def cost(hand_ins: list[HandIn]) -> tuple[bool, int]:
            return any(one.packed for one in hand_ins), sum(one.member.size for one in hand_ins)

        handed = self.sorter.handed
        if self.submitted.exists() and not self.submitted.is_dir():
            raise ValueError(IN_THE_WAY.format(path=self.submitted.name))
        made = bool(handed) and not self.submitted.is_dir()
        if made:
            self.submitted.mkdir()
        for hand_ins in sorted(handed.values(), key=cost):
            if not self._are_two(hand_ins):
                self._bring_one_of(sorted(hand_ins, key=lambda one: one.rank, reverse=True))
        if made and not self.brought.files:
            self.submitted.rmdir()
        self.brought.files.sort(key=lambda one: one.learner)
        self._say_what_is_left()

    def _say_what_is_left(self) -> None:
        for member, why in self.sorter.nobody:
            self.left(member.shown, why)
        handed, beside = self.sorter.handed, self.sorter.beside
        alone = [member.shown for learner, member in [*beside, *self.sorter.notes] if learner not in handed]
        for name in alone[:SAID]:
            self.left(name, NOT_A_NOTEBOOK)
        left = [member.shown for learner, member in beside if learner in handed]
        for words, names in ((NO_NOTEBOOKS, alone[SAID:]), (OTHERS, self.others), (BESIDE, left)):
            if names:
                self.brought.look.append(_counted(words, names))

    def _are_two(self, hand_ins: Sequence[HandIn]) -> bool:
        """Say it where two people would become one learner."""
        alone = self.sorter.register is None
        numbers = {one.owner.number for one in hand_ins} - {""}
        # a loose file can be given the name of whoever an LMS names
        texts = {(one.owner.lms, unicodedata.normalize("NFC", one.owner.texts[0])) for one in hand_ins}
        if len(numbers) < 2 and not (alone and len(texts) > 1):
            return False
        names = ", ".join(f"“{one.member.shown}”" for one in hand_ins)
        words = ONE_ID if alone else ONE_LEARNER
        self.brought.look.append(words.format(names=names, id=hand_ins[0].learner))
        return True

    def _bring_one_of(self, hand_ins: Sequence[HandIn]) -> None:
        whole = min(self.budget.left, LARGEST_LEARNER)
        own = Budget(whole)
        try:
            for at, one in enumerate(hand_ins):
                try:
                    kept = self._bring(one, own)
                except CannotReadError as fault:
                    self.left(one.member.shown, fault)
                except OSError as fault:
                    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
                        raise  # no other will fit either
                    self.left(one.member.shown, NOT_WRITTEN.format(why=fault.strerror or fault))
                else:
                    self._say_rest(hand_ins[at + 1 :], kept)
                    return
        finally:
            self.budget.left -= whole - own.left

    def _say_rest(self, rest: Sequence[HandIn], kept: str) -> None:
        foreign = {*self.sorter.names} - {self.exercise.name}
        for one in rest:
            if foreign & {without_ending(one.member.file), *one.member.parts[:-1]}:
                self.others.append(one.member.shown)
            else:
                self.left(one.member.shown, _older(one.member.shown, kept))

    def _bring(self, one: HandIn, budget: Budget) -> str:
        """Bring in one file, and return the name that it came by. Raises CannotReadError in words where that cannot be."""
        if not one.packed:
            self._check_and_place(one, one.member, one.member.shown, budget)
            return one.member.shown
        if not one.member.file.lower().endswith(".zip"):
            raise CannotReadError(UNPACK)
        with tempfile.TemporaryFile(dir=self.submitted) as whole:
            one.member.copy_to(whole, budget)
            listed = zip_members(whole, MOST_INSIDE, TOO_MANY_INSIDE, one.member.file)
            self.brought.look += [f"“{one.member.shown}”: {words}" for words in listed.look[:NAMED]]
            return self._bring_from_inside(one, listed.members, budget)

    def _bring_from_inside(self, one: HandIn, members: Sequence[Member], budget: Budget) -> str:
        inside = [(at, member) for at, member in enumerate(members) if is_notebook(member.file)]
        # the names in it are the learner's own, and say nothing of who it is or when
        inside.sort(key=lambda each: rank_of(each[1], Owner(), self.exercise.name, each[0]), reverse=True)
        names = [f"{one.member.shown}: {member.shown}" for _, member in inside]
        for at, (_, member) in enumerate(inside):
            try:
                self._check_and_place(one, member, names[at], budget)
            except CannotReadError as fault:
                if at < NAMED:
                    self.left(names[at], fault)
                continue
            for other in names[at + 1 :][:NAMED]:
                self.left(other, _older(other, names[at]))
            return names[at]
        packed = any(member.file.lower().endswith(PACKED) for member in members)
        raise CannotReadError(ZIP_IN_ZIP if packed and not inside else NOTHING_INSIDE)

    def _check_and_place(self, one: HandIn, member: Member, name: str, budget: Budget) -> None:
        with self._part() as part:
            with part.open("xb") as out:
                size = member.copy_to(out, budget)
            large = size > LOOKED_INTO
            fault = _no_notebook(part) if large else self._why_not(part)
            if fault:
                raise CannotReadError(fault)
            if self._place(one, part, name) and large:
                self.brought.look.append(UNSEEN.format(file=name, size=size / 1024**2))

    def _why_not(self, part: Path) -> str:
        """Why the file cannot be marked as this exercise; "" where it can."""
        try:
            with within():
                notebook = open_notebook(part)
                cells, _ = put_right(notebook["cells"], self.exercise.known)
                handed = read_answers({"cells": cells})
                return why_not(handed, notebook["cells"], self.exercise.known, self.exercise.asked)
        except ValueError as fault:
            return " ".join(str(fault).replace(part.name, "It").split())
        except (RecursionError, MemoryError, TooMuchError):
            return TOO_DEEP

    @contextlib.contextmanager
    def _part(self) -> Iterator[Path]:
        """A name for a file that is not whole yet, where a move to its place is a single step; it never stays."""
        part = self.submitted / f".{secrets.token_hex(8)}.part"
        try:
            yield part
        finally:
            part.unlink(missing_ok=True)

    def _place(self, one: HandIn, part: Path, name: str) -> bool:
        """Put a whole file into its place, unless it, or a newer one, is there already."""
        learner = self.submitted / one.learner
        folder = learner / self.exercise.name
        target, stamp = folder / self.exercise.file, folder / STAMP
        for path in (learner, folder):
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise CannotReadError(IN_THE_WAY.format(path=path.relative_to(self.exercise.course)))
        replaced = target.is_symlink() or target.exists()
        if replaced and target.is_file() and not target.is_symlink():
            if filecmp.cmp(target, part, shallow=False):
                self.brought.same += 1
                return False
            before = read_stamp(stamp.read_bytes()) if stamp.is_file() else None
            # only a time that an LMS wrote into the name is sure enough to stay behind another
            if before and one.when and one.owner.when and one.when < before:
                new, old = (when.strftime(STAMP_FORMAT) for when in (one.when, before))
                place = folder.relative_to(self.exercise.course)
                self.left(name, STALE.format(new=new, old=old, folder=place))
                return False
        folder.mkdir(parents=True, exist_ok=True)
        # the time first: should the move never happen, the next run finds another notebook and goes on from there
        self._place_stamp(stamp, one.when)
        part.replace(target)
        self.brought.files.append(BroughtFile(one.learner, name, one.when, replaced))
        return True

    def _place_stamp(self, stamp: Path, when: datetime | None) -> None:
        if when is None:
            stamp.unlink(missing_ok=True)  # the time of another file
            return
        with self._part() as part:
            part.write_text(when.strftime(STAMP_FORMAT), "utf-8")
            part.replace(stamp)


def _no_notebook(part: Path) -> str:
    """Why a file too large to look into cannot be a notebook, by its start; "" where it can."""
    with part.open("rb") as file:
        start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    return "" if start[:1] == b"{" or start[:2] in (b"\xff\xfe", b"\xfe\xff") else NO_NOTEBOOK


def _older(name: str, kept: str) -> str:
    return TWICE if name == kept else OLDER.format(kept=kept)


def _counted(words: str, names: Sequence[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names[:NAMED])
    listed += f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    one = len(names) == 1
    return words.format(n=len(names), s="" if one else "s", were="was" if one else "were", names=listed)
