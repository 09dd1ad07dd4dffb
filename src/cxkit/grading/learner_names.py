"""Whose file is it? What the names in a download say, and how a name becomes an id that no file system or sheet trips over.

Only what an LMS or an instructor wrote is believed: the outermost part of a path that says whose it is.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_ID = 80
# names that Windows keeps for devices
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# letters that look like nothing at all
NO_GLYPH = "\u115f\u1160\u3164\uffa0\u034f"
# letters that Unicode does not take apart into a letter and its accent
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})

# what a browser, a mail program or a Mac adds to a name
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")
COPY = re.compile(r"\s*\((\d{1,3})\)$|[\s_-]+(?:copy|עותק)(?:\s*\d+)?$", re.IGNORECASE)
GAP = r"[\s_+.,\-\u2013]"

MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<number>\d+)_(?P<order>\d+)_")
BLACKBOARD = re.compile(r"(?P<before>.+?)_attempt_(?P<date>\d{4}(?:-\d\d){5})(?=[_.]|$)")
BRIGHTSPACE = re.compile(
    r"\d+-\d+\s*-\s*(?P<name>.+?)\s*-\s*(?P<date>(?:[^\W\d]+\.? \d{1,2}|\d{1,2} [^\W\d]+\.?),? \d{4} "
    r"\d{1,2}[:_.]?\d\d(?:\s*[AP]M)?)(?=\s*-\s|$)",
    re.IGNORECASE,
)
# the folders of nbgrader's own exchange
INBOUND = re.compile(
    r"(?P<name>[^+]+)\+[^+]+\+(?P<date>\d{4}-\d\d-\d\d[ _]\d\d[:_.]\d\d[:_.]\d\d)[^+]*(?:\+|$)"
)
ILIAS = re.compile(r"(?P<last>[^_]+)_(?P<first>[^_]+)_(?P<login>[^_]+)_\d{3,}")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# folders that hold learners and are none
CONTAINERS = ("submitted", "submissions")


@dataclass(frozen=True)
class Owner:
    """Whose file it is, as its name says.

    `texts`: what may name the learner, the likeliest first; `number`: what an LMS tells two of one name apart by;
    `when` and `order`: which attempt it is, where the name says so; `lms`: which LMS made the name, "" for none, and
    several where it might be several, as a learner can make it look.
    """

    texts: tuple[str, ...] = ()
    number: str = ""
    when: datetime | None = None
    order: int = 0
    lms: tuple[str, ...] = ()


def plain_text(text: str) -> str:
    """A text with composed letters and single spaces, without signs that cannot be seen.

    >>> plain_text("  Dana \\u202e Levi\\x00 ")
    'Dana Levi'
    """
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(one if one.isprintable() else _unseen(one) for one in text).split())


def _unseen(one: str) -> str:
    return " " if one.isspace() else ""


def shown(text: str, most: int = 120) -> str:
    """A name as a message may quote it: one line, nothing unseen, never endless.

    >>> shown("a\\nb\\u202ec" + 200 * "x", 6)
    'a bcx…'
    """
    text = plain_text(text.encode("utf-8", "replace").decode())
    return text if len(text) <= most else text[: most - 1] + "…"


def safe_id(name: str) -> str:
    """A name as an id: the name of a folder in any file system, and nothing that a spreadsheet would run.

    >>> safe_id("../=Dana/Lévi"), safe_id("דנה לוי"), safe_id("-1+1")
    ('____Dana_Lévi', 'דנה לוי', '_1_1')
    """
    text = unicodedata.normalize("NFC", name[:1000].encode("utf-8", "replace").decode())
    text = re.sub(" +", " ", "".join(one if _is_safe(one) else "_" for one in text)).strip(" ")[:LONGEST_ID]
    while len(text.encode()) > 2 * LONGEST_ID:
        text = text[:-1]
    # a leading dot hides a folder, a leading - or @ is a formula, Windows drops dots and spaces at the end
    rest = text.lstrip(".@- ")
    text = "_" * (len(text) - len(rest)) + rest.rstrip(". ")
    if not re.search(r"[^\W_]", text):
        return ""
    return f"_{text}" if DEVICES.match(text) else text


def _is_safe(one: str) -> bool:
    return one in "._-@ " or (unicodedata.category(one)[0] in "LMN" and one not in NO_GLYPH)


def squeezed(text: str) -> str:
    """What is left of a name when case, accents, and all but letters and digits do not count.

    >>> squeezed("Lévi, Dana"), squeezed("דָּנָה")
    ('levidana', 'דנה')
    """
    text = unicodedata.normalize("NFKD", text.casefold()).translate(PLAIN)
    return "".join(one for one in text.casefold() if one.isalnum())


# --- names in a download


def owner_in(parts: Sequence[str], exercises: Sequence[str]) -> Owner:
    """Whose file it is, by the parts of its path. `exercises`: the names of the course's exercises.

    >>> owner_in(["Dana Levi_123456_assignsubmission_file_", "x.ipynb"], []).texts
    ('Dana Levi',)
    >>> owner_in(["01_physio_journey-dana (1).ipynb"], ["01_physio_journey"]).texts
    ('dana',)
    """
    for part in parts:  # the outermost: what is further in was named by the learner
        found = _named_by_lms(part, is_file=part is parts[-1])
        if found:
            return found
    texts: list[str] = []
    for folder in own_folders(parts[:-1], exercises):
        ilias = ILIAS.fullmatch(folder)
        texts += _in_order(
            [folder, *([ilias["login"], f"{ilias['first']} {ilias['last']}"] if ilias else [])]
        )
    texts += stem_texts(parts[-1], exercises)
    return Owner(tuple(dict.fromkeys(texts)))


def own_folders(folders: Sequence[str], exercises: Sequence[str]) -> list[str]:
    """The folders of a path that may be a learner's: not those of exercises, nor those that hold all learners."""
    others = {squeezed(name) for name in (*exercises, *CONTAINERS)}
    return [name for name in folders if squeezed(name) not in others]


def stem_texts(file: str, exercises: Sequence[str]) -> list[str]:
    """What in a file's own name may name a learner: without its ending, the exercise's name and a copy's number.

    >>> stem_texts("Dana Levi - 01_physio_journey.ipynb", ["01_physio_journey"])
    ['Dana Levi']
    """
    text = _without_copy(without_ending(file))
    for name in sorted(exercises, key=len, reverse=True):
        words = r"[\s_\-]*".join(re.escape(word) for word in re.split(r"[\s_\-]+", name) if word)
        if not words:
            continue
        rest = re.sub(rf"^{words}(?:{GAP}+|$)|(?:^|{GAP}+){words}$", "", text, flags=re.IGNORECASE)
        if rest != text:
            text = _without_copy(rest)
            break
    pieces = [piece.strip() for piece in re.split(r"\s[-\u2013]\s", text)]
    # Google Classroom puts the learner first
    return _in_order([pieces[0], text, *pieces[1:]] if len(pieces) > 1 else [text])


def _in_order(texts: Sequence[str]) -> list[str]:
    # as they stand, with what cannot be seen: two names that only look alike stay two
    return [text for text in dict.fromkeys(text.strip() for text in texts) if text]


def without_ending(file: str) -> str:
    """A file's name without the ending of a notebook or a packed file."""
    ending = next((one for one in sorted(NOTEBOOKS, key=len)[::-1] if file.lower().endswith(one)), "")
    return file[: -len(ending)] if ending else re.sub(r"\.[^.\s]{1,5}$", "", file)


def copy_number(file: str) -> int:
    """The number that a browser gave to another download of one name: 2 for “x (2).ipynb”."""
    found = COPY.search(without_ending(file))
    return int(found[1]) if found and found[1] else 0


def _without_copy(text: str) -> str:
    while (rest := COPY.sub("", text)) != text:
        text = rest
    return text.strip()


def _named_by_lms(part: str, is_file: bool) -> Owner | None:
    """What a name says if an LMS made it. Its end is the learner's own, and may look as if another LMS had made it."""
    found = [one for one in (read(part, is_file) for read in SYSTEMS) if one]
    if len(found) < 2:
        return found[0] if found else None
    return Owner(
        tuple(dict.fromkeys(text for one in found for text in one.texts)),
        number=next(filter(None, (one.number for one in found)), ""),
        lms=tuple(name for one in found for name in one.lms),
    )


def _moodle(part: str, is_file: bool) -> Owner | None:
    found = MOODLE.match(part)
    return Owner((found["name"].strip(),), f"Moodle {found['number']}", lms=("Moodle",)) if found else None


def _canvas(part: str, is_file: bool) -> Owner | None:
    if not (is_file and (found := CANVAS.match(part))):
        return None
    order = int(found["order"][:18])
    return Owner((found["name"].strip(),), f"Canvas {found['number']}", order=order, lms=("Canvas",))


def _blackboard(part: str, is_file: bool) -> Owner | None:
    if not (found := BLACKBOARD.match(part)):
        return None
    words = found["before"].split("_")
    # the exercise's title stands before the user name, and either may hold “_”
    texts = ["_".join(words[at:]) for at in range(len(words) - 1, 0, -1)] or words
    # what Google Classroom would put first must not mean somebody else
    first, dash, _ = found["before"].partition(" - ")
    texts += [first] if dash else []
    return Owner(tuple(_in_order(texts)), when=_numbers(found["date"]), lms=("Blackboard",))


def _brightspace(part: str, is_file: bool) -> Owner | None:
    found = BRIGHTSPACE.match(part)
    return (
        Owner((found["name"].strip(),), when=_in_words(found["date"]), lms=("Brightspace",))
        if found
        else None
    )


def _inbound(part: str, is_file: bool) -> Owner | None:
    if not (found := INBOUND.match(part)):
        return None
    when = _numbers(found["date"])
    return Owner((found["name"].strip(),), when=when and when.replace(tzinfo=UTC), lms=("nbgrader",))


SYSTEMS = (_moodle, _canvas, _blackboard, _brightspace, _inbound)


def _numbers(text: str) -> datetime | None:
    """A date and time that stand as six numbers."""
    with contextlib.suppress(ValueError):
        year, month, day, hour, minute, second = map(int, re.findall(r"\d+", text))
        return datetime(year, month, day, hour, minute, second)
    return None


def _in_words(text: str) -> datetime | None:
    """A date and time as Brightspace writes it: Nov 1, 2026 1020 AM."""
    month = re.search(r"[^\W\d]+", text)
    numbers = re.findall(r"\d+", text)
    clock = "".join(numbers[2:])
    with contextlib.suppress(ValueError, IndexError):
        hour = int(clock[:-2])
        if text.upper().rstrip().endswith(("AM", "PM")):
            hour = hour % 12 + (12 if text.upper().rstrip().endswith("PM") else 0)
        number = MONTHS.index(month[0][:3].lower()) + 1 if month else 0
        return datetime(int(numbers[1]), number, int(numbers[0]), hour, int(clock[-2:]))
    return None
