"""What lies in a download, a zip or a folder: listed by name, and read in pieces, never more than a limit.

A header in a zip is never believed: the bytes that come out are counted. No path in a download is ever followed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

from .learner_names import shown

LARGEST_FILE = 200 * 1024**2
LARGEST_ALL = 4 * 1024**3
# one learner's files, with all attempts and what is inside a zip
LARGEST_LEARNER = 2 * LARGEST_FILE
MOST_MEMBERS = 20_000
# in the zip of one learner
MOST_INSIDE = 2_000
# how long a zip's list of members may be, for each of them: its name and some 50 bytes
LIST_EACH = 400
PIECE = 1024**2

SILENT = re.compile(r"__MACOSX|\.DS_Store|\.ipynb_checkpoints|\._.*|Thumbs\.db|desktop\.ini", re.IGNORECASE)

LINK = "It is a link to another place, and links are not followed. Ask for the file itself."
OUTSIDE = (
    "Its name points to another place ({name}), and such names are not followed. Ask for the file by itself."
)
NO_FILE = "It is no ordinary file."
LOCKED = "It is locked with a password. Ask for it without one."
BROKEN = "It is damaged or cut off. Download it again, or ask for it again."
PACKING = "It is packed in a way that is not read here. Unpack it and pack it again as an ordinary zip."
TOO_LARGE = (
    "Unpacked it has more than {limit}. A notebook is far smaller. Ask for it without its large outputs."
)
TOO_MUCH = (
    "The download, or this learner's part of it, is far too large when unpacked. Ask for the notebook alone."
)
TOO_MANY = "It lists more than {most:,} files. Only the first {most:,} were looked at."
TOO_MANY_INSIDE = "It lists more than {most:,} files. Ask for the notebook alone."
TOO_LONG_LIST = "It lists far too many files. Take the notebooks out of it, and bring those in."
NO_ZIP = "It is not a whole zip file: it is damaged, cut off, or another kind of file. Download it again."


class CannotReadError(ValueError):
    """Something in a download that is not read, in words."""


@dataclass
class Budget:
    """How many bytes may still be unpacked."""

    left: int = field(default_factory=lambda: LARGEST_ALL)


@dataclass(frozen=True)
class Member:
    """One file in a download. `names` are its path, read in each way that its letters may be meant, the likeliest first."""

    names: tuple[tuple[str, ...], ...]
    when: datetime | None
    size: int
    pieces: Callable[[], Iterator[bytes]]

    @property
    def parts(self) -> tuple[str, ...]:
        return self.names[0]

    @property
    def file(self) -> str:
        return self.parts[-1]

    @property
    def shown(self) -> str:
        """The path as a message may quote it."""
        return shown("/".join(self.parts))

    def copy_to(self, out: IO[bytes], budget: Budget) -> int:
        """Write the bytes to `out` in pieces, and return how many. Raises CannotReadError in words."""
        written = 0
        for piece in self._sound_pieces():
            written += len(piece)
            budget.left -= len(piece)
            if written > LARGEST_FILE:
                raise CannotReadError(TOO_LARGE.format(limit=_size(LARGEST_FILE)))
            if budget.left < 0:
                raise CannotReadError(TOO_MUCH)
            out.write(piece)
        return written

    def _sound_pieces(self) -> Iterator[bytes]:
        """The bytes, with every fault in words. A fault of writing them is no fault of theirs."""
        pieces = self.pieces()
        while True:
            try:
                piece = next(pieces, b"")
            except CannotReadError:
                raise
            except NotImplementedError:
                raise CannotReadError(PACKING) from None
            except RuntimeError:  # zipfile's way to ask for a password
                raise CannotReadError(LOCKED) from None
            except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError):
                raise CannotReadError(BROKEN) from None
            except OSError as fault:
                raise CannotReadError(f"It cannot be opened: {fault.strerror or fault}.") from None
            if not piece:
                return
            yield piece


@dataclass
class Listed:
    """What lies in a download: its files, and in words what of it is not read."""

    members: list[Member] = field(default_factory=list)
    look: list[str] = field(default_factory=list)


def _size(many: int) -> str:
    return f"{many / 1024**3:.0f} GB" if many >= 1024**3 else f"{many / 1024**2:.3g} MB"


@contextlib.contextmanager
def opened_download(path: Path) -> Iterator[Listed]:
    """What lies in a folder, in a zip, or in one file by itself.

    Raises ValueError in words where a zip cannot be read, OSError where the path cannot be opened.

    >>> with opened_download(Path("no such folder")) as listed:
    ...     pass
    Traceback (most recent call last):
    FileNotFoundError: There is no “no such folder”. Check the name and the folder.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no “{path}”. Check the name and the folder.")
    if path.is_dir():
        yield _in_folder(path)
    elif path.suffix.lower() == ".zip":
        with path.open("rb") as file:
            try:
                listed = zip_members(file, MOST_MEMBERS, TOO_MANY, path.name)
            except CannotReadError as fault:
                raise ValueError(f"“{shown(path.name)}” was not read. {fault}") from None
            yield listed
    else:
        yield Listed([_loose(path.resolve(), (path.name,))])


# --- folders


def _in_folder(top: Path) -> Listed:
    listed = Listed()

    def closed(fault: OSError) -> None:
        name = Path(fault.filename).relative_to(top)
        listed.look.append(f"“{shown(str(name))}” cannot be opened: {fault.strerror or fault}.")

    for place, folders, files in os.walk(top, onerror=closed):
        folder = Path(place)
        inner = folder.relative_to(top).parts
        for name in sorted(folders):
            if (folder / name).is_symlink():
                listed.look.append(f"“{shown('/'.join((*inner, name)))}” was left. {LINK}")
        folders[:] = sorted(one for one in folders if not SILENT.fullmatch(one))
        for name in sorted(files):
            if SILENT.fullmatch(name):
                continue
            parts = (*inner, name)
            if len(listed.members) >= MOST_MEMBERS:
                listed.look.append(f"“{shown(top.name)}”: {TOO_MANY.format(most=MOST_MEMBERS)}")
                return listed
            mode = (folder / name).lstat().st_mode
            if not stat.S_ISREG(mode):
                words = LINK if stat.S_ISLNK(mode) else NO_FILE
                listed.look.append(f"“{shown('/'.join(parts))}” was left. {words}")
                continue
            listed.members.append(_loose(folder / name, parts))
    return listed


def _loose(path: Path, parts: tuple[str, ...]) -> Member:
    about = path.stat()
    parts = tuple(unicodedata.normalize("NFC", _readable(part)) for part in parts)
    return Member(
        (parts,), datetime.fromtimestamp(about.st_mtime, UTC), about.st_size, lambda: _file_pieces(path)
    )


def _readable(name: str) -> str:
    """A name whose bytes are no UTF-8, as one that can be written and shown."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _file_pieces(path: Path) -> Iterator[bytes]:
    # since it was listed, it may have become a link, or a pipe, which would be waited for without end
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, os.O_RDONLY | careful), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise CannotReadError(NO_FILE)
        while piece := file.read(PIECE):
            yield piece


# --- zips


def zip_members(file: BinaryIO | IO[bytes], most: int, too_many: str, name: str) -> Listed:
    """The files in a zip. It stays open as long as its `file`. Raises CannotReadError in words."""
    if _list_size(file) > most * LIST_EACH:
        raise CannotReadError(TOO_LONG_LIST)
    try:
        packed = zipfile.ZipFile(file)
    except Exception:  # a damaged zip can break zipfile at any place, in any way
        raise CannotReadError(NO_ZIP) from None
    listed = Listed()
    # not by is_dir, which stops at a name that is empty
    infos = [info for info in packed.infolist() if not info.filename.endswith("/")]
    if len(infos) > most:
        if too_many is TOO_MANY_INSIDE:
            raise CannotReadError(too_many.format(most=most))
        listed.look.append(f"“{shown(name)}”: {too_many.format(most=most)}")
    for info in infos[:most]:
        names = tuple(_parts(text) for text in _spellings(info))
        if any(SILENT.fullmatch(part) for part in names[0]):
            continue
        fault = _fault(info, names)
        if fault:
            listed.look.append(f"“{shown(info.filename)}” was left. {fault}")
        else:
            listed.members.append(_packed(packed, info, names))
    return listed


def _list_size(file: BinaryIO | IO[bytes]) -> int:
    """How many bytes a zip's list of members has: zipfile reads all of it at once, however long it is."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - 22 - 0xFFFF)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    # as zipfile looks for it: at the very end, else before a remark
    at = len(tail) - 22 if tail[-22:-18] == b"PK\5\6" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return 0
    size = int(struct.unpack_from("<L", tail, at + 12)[0])
    long_form = at - 20 - 56
    if (
        long_form >= 0
        and tail[at - 20 : at - 16] == b"PK\6\7"
        and tail[long_form : long_form + 4] == b"PK\6\6"
    ):
        size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, long_form + 40)[0])
    return size


def _parts(text: str) -> tuple[str, ...]:
    """The parts of a path in a zip. Some programs on Windows write a backslash between them."""
    parts = tuple(
        part for part in re.split(r"[/\\]", unicodedata.normalize("NFC", text)) if part not in ("", ".")
    )
    return parts or ("?",)


def _fault(info: zipfile.ZipInfo, names: tuple[tuple[str, ...], ...]) -> str:
    raw = info.orig_filename
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    if raw.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", raw) or any(".." in parts for parts in names):
        return OUTSIDE.format(name=shown(raw, 60))
    # the others unpack without a limit on what comes out at once
    return "" if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else PACKING


def _packed(packed: zipfile.ZipFile, info: zipfile.ZipInfo, names: tuple[tuple[str, ...], ...]) -> Member:
    def pieces() -> Iterator[bytes]:
        with packed.open(info) as file:
            while piece := file.read(PIECE):
                yield piece

    return Member(names, _zip_time(info), info.file_size, pieces)


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """When a file in a zip was saved; None where the zip does not say."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            with contextlib.suppress(ValueError, OverflowError, OSError):
                return datetime.fromtimestamp(struct.unpack_from("<L", extra, 5)[0], UTC)
        extra = extra[4 + size :]
    if info.date_time[0] <= 1980:  # where there is none, zips say 1980
        return None
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return datetime(*info.date_time).astimezone(UTC)
    return None


def _spellings(info: zipfile.ZipInfo) -> list[str]:
    """How a name may be meant. A zip that does not say UTF-8 may hold UTF-8, or what Windows uses for Hebrew."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return [info.filename]
    try:
        raw = info.filename.encode("cp437")
    except UnicodeError:
        return [info.filename]
    with contextlib.suppress(UnicodeError):
        return [raw.decode("utf-8")]
    found = []
    for code in ("cp862", "cp1255", "cp1252"):
        with contextlib.suppress(UnicodeError):
            text = raw.decode(code)
            if _is_one_script(text):
                found.append(text)
    return list(dict.fromkeys([*found, info.filename]))


def _is_one_script(text: str) -> bool:
    """True where the letters beyond ASCII are letters, and no word mixes Latin and Hebrew ones."""
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
        if not scripts <= {"LATIN"} and not scripts <= {"HEBREW"}:
            return False
    return all(one.isascii() or one.isalpha() or unicodedata.category(one) == "Mn" for one in text)
