"""Whose is each file of a download, and which of a learner's files counts before the others."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from .learner_names import (
    NOTEBOOKS,
    Owner,
    copy_number,
    own_folders,
    owner_in,
    safe_id,
    shown,
    stem_texts,
    without_ending,
)
from .look import PACKED, Exercise
from .roster import Learner, Register
from .unpack import Budget, Member

STAMP = "timestamp.txt"
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"
# what an LMS writes beside a hand-in
NOTES = (".txt", ".html", ".htm")
INDEX = "index.html"

NOBODY = "“{name}” is nobody in the roster. Add the learner to the roster, or give the file the learner's id as its name."
SEVERAL_FIT = "“{name}” fits several in the roster: {ids}. Give the file the id of the right one as its name."
UNSURE = "Its name may be from {systems}, and each would mean another learner. Bring it in with a roster."
NO_NAME = (
    "No part of its name says whose it is. Put the learner's name before it, as in dana_{exercise}.ipynb."
)

Rank = tuple[datetime, int, bool, datetime, int, int]


@dataclass(frozen=True)
class HandIn:
    """A file that may be a learner's hand-in; of those with the same `learner`, the one of the highest `rank` counts."""

    member: Member
    learner: str
    owner: Owner
    when: datetime | None
    rank: Rank

    @property
    def packed(self) -> bool:
        """True where the notebook is inside a packed file."""
        return self.member.file.lower().endswith(PACKED)


def is_notebook(file: str) -> bool:
    """True for the name of a notebook, also as browsers and mail programs change it.

    >>> is_notebook("x.ipynb.txt"), is_notebook("x.pdf")
    (True, False)
    """
    return file.lower().endswith(NOTEBOOKS)


def as_utc(when: datetime | None) -> datetime | None:
    """A time as UTC, in whole seconds; one without a zone is this computer's.

    >>> as_utc(datetime(2026, 11, 22, 19, 3, 44, 5, tzinfo=UTC))
    datetime.datetime(2026, 11, 22, 19, 3, 44, tzinfo=datetime.timezone.utc)
    """
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return when.astimezone(UTC).replace(microsecond=0) if when else None
    return None


def rank_of(member: Member, owner: Owner, exercise: str, at: int) -> Rank:
    """What counts first: the attempt, then the exercise's own name, then the time, a copy's number, and the place."""
    never = datetime.min.replace(tzinfo=UTC)
    exact = without_ending(member.file) == exercise
    return (
        as_utc(owner.when) or never,
        owner.order,
        exact,
        member.when or never,
        copy_number(member.file),
        at,
    )


class Sorter:
    """The files of one download, by learner: `handed`, hand-ins by the learner's id in small letters; `notes` and `beside`,
    what is no notebook; `nobody`, the files of nobody, each with the reason."""

    def __init__(self, exercise: Exercise, roster: Iterable[Learner], source: Path) -> None:
        self.exercise = exercise
        learners = list(roster)
        self.register = Register(learners) if learners else None
        solutions = exercise.course / "solutions"
        self.names = sorted(path.name for path in solutions.iterdir() if path.is_dir())
        shipped = exercise.course / "exercises" / exercise.name
        self.shipped = {path.name for path in shipped.iterdir()} if shipped.is_dir() else set()
        # with a roster, the name of the download itself may say whose it is
        self.source = source.name if source.is_file() else ""
        self.around = 0
        self.by_folder = False
        self.handed: dict[str, list[HandIn]] = {}
        self.notes: list[tuple[str, Member]] = []
        self.beside: list[tuple[str, Member]] = []
        self.nobody: list[tuple[Member, str]] = []

    def sort(self, members: Sequence[Member]) -> None:
        """Find out whose each file is."""
        stamps = {one.parts[:-1]: one for one in members if one.file == STAMP}
        self._look_at_folders([one for one in members if is_notebook(one.file)])
        for at, member in enumerate(members):
            if member.file == STAMP or member.file in self.shipped - {self.exercise.file}:
                continue
            learner, owner, why = self._whose(member)
            if not is_notebook(member.file) and not member.file.lower().endswith(PACKED):
                if member.file.lower() != INDEX:
                    is_note = member.file.lower().endswith(NOTES)
                    (self.notes if is_note else self.beside).append((learner.casefold(), member))
            elif not learner:
                self.nobody.append((member, why))
            else:
                when = owner.when or self._stamped(stamps.get(member.parts[:-1]), member) or member.when
                rank = rank_of(member, owner, self.exercise.name, at)
                hand_in = HandIn(member, learner, owner, as_utc(when), rank)
                self.handed.setdefault(learner.casefold(), []).append(hand_in)

    def _look_at_folders(self, notebooks: Sequence[Member]) -> None:
        """See how many folders stand around the whole class, and whether folders name the learners."""
        plain = [one.parts for one in notebooks if not owner_in(one.parts, self.names).lms]
        folders = [own_folders(parts[:-1], self.names) for parts in plain]
        if self.register is not None:
            self.by_folder = any(self.register.find(name) for names in folders for name in names)
            return
        chains = [
            [*names, *stem_texts(parts[-1], self.names)[:1]]
            for names, parts in zip(folders, plain, strict=True)
        ]
        depth = 0
        while chains and all(len(chain) > depth for chain in chains):
            if len({chain[depth] for chain in chains}) > 1:
                self.around = depth
                return
            depth += 1

    def _whose(self, member: Member) -> tuple[str, Owner, str]:
        """The id of the learner and what the name says, or "" and why nobody is meant."""
        said = []
        for parts in member.names:
            owner = owner_in(parts, self.names)
            folders = own_folders(parts[:-1], self.names)
            if not owner.lms and self.register is None:
                texts = folders[self.around :][:1] or stem_texts(parts[-1], self.names)[:1]
                owner = replace(owner, texts=tuple(texts))
            elif not owner.lms and self.by_folder and folders:
                # where folders name the learners, a file's own name is only what the learner gave it
                stem = set(stem_texts(parts[-1], self.names)) - set(folders)
                owner = replace(owner, texts=tuple(text for text in owner.texts if text not in stem))
            elif not owner.texts and self.register is not None and self.source:
                owner = replace(owner, texts=tuple(stem_texts(self.source, self.names)))
            learner, why = self._learner(owner)
            if learner:
                return learner, owner, ""
            said.append(why)
        return "", Owner(), said[0]

    def _learner(self, owner: Owner) -> tuple[str, str]:
        if not owner.texts:
            return "", NO_NAME.format(exercise=self.exercise.name)
        if self.register is None and len(owner.lms) > 1:
            return "", UNSURE.format(systems=" or ".join(owner.lms))
        if self.register is None:
            made = next(filter(None, map(safe_id, owner.texts)), "")
            return made, "" if made else NO_NAME.format(exercise=self.exercise.name)
        found: dict[str, Learner] = {}
        for text in owner.texts:
            found |= {one.id: one for one in self.register.find(text)}
            # in a name that an LMS made every piece counts; elsewhere the outermost says it
            if found and not owner.lms:
                break
        if len(found) > 1 and owner.number.startswith("Canvas "):
            number = owner.number.removeprefix("Canvas ")
            found = {name: one for name, one in found.items() if number in (one.id, *one.also)} or found
        if len(found) == 1:
            return next(iter(found)), ""
        name = shown(owner.texts[0])
        if found:
            return "", SEVERAL_FIT.format(name=name, ids=", ".join(sorted(found)))
        return "", NOBODY.format(name=name)

    def _stamped(self, stamp: Member | None, member: Member) -> datetime | None:
        """The time in nbgrader's own note beside a hand-in; elsewhere such a note is the learner's own."""
        own = member.parts[-2:] == (self.exercise.name, self.exercise.file)
        if stamp is None or not own or owner_in(member.parts, self.names).lms:
            return None
        text = io.BytesIO()
        with contextlib.suppress(ValueError):
            stamp.copy_to(text, Budget(100))
            return read_stamp(text.getvalue())
        return None


def read_stamp(data: bytes) -> datetime | None:
    """The time in nbgrader's note; None where there is none in its form.

    >>> read_stamp(b"2026-11-22 19:03:44 UTC")
    datetime.datetime(2026, 11, 22, 19, 3, 44, tzinfo=datetime.timezone.utc)
    """
    with contextlib.suppress(ValueError):
        return datetime.strptime(data.decode("utf-8").strip(), STAMP_FORMAT).replace(tzinfo=UTC)
    return None
