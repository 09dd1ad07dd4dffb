"""Files: written so that they are the old one or the new one, never a half of each; and what to say of a lost one."""

from __future__ import annotations

import contextlib
import difflib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["not_found", "write_atomic"]


def write_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to `path` in one step: if anything fails, the old file stays as it was.

    Args:
        path: where to write. Its folder must exist. A link is followed, and stays a link.
        data: the whole content, as bytes.

    Raises:
        OSError: (`FileNotFoundError`, `PermissionError`, …) with words that say what to do.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_atomic(place, b"ready")
    >>> place.read_bytes()
    b'ready'
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"The folder {target.parent} does not exist. Make it first, or choose another."
        )
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder. Add a file name to it.")
    # In the same folder, because only a move inside one file system is a single step.
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        raise type(error)(_words(error, target)) from error
    finally:
        # After a success the part has moved away; a failure to tidy up must not hide the real error.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _words(error: OSError, target: Path) -> str:
    if isinstance(error, PermissionError):
        return (
            f"{target} cannot be written. Is it open in another program, such as Excel? Close it there. "
            "Or you may not write in this folder: choose another."
        )
    return f"{target} was not written: {error.strerror or error}. What stood there before is unchanged."


def _sync_folder(folder: Path) -> None:
    # A move survives a power cut only once the folder itself is on disk. Windows cannot open folders.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def not_found(place: Path, suffixes: Iterable[str]) -> str:
    """What to say where there is no file `place`: the nearest name beside it that ends in one of `suffixes`."""
    folder = Path(os.path.abspath(place)).parent  # noqa: PTH100 - resolve() would follow links: say where we looked
    if not folder.is_dir():
        return f"There is no file {place.name}: the folder {folder} does not exist."
    # By the stem: names that share no more than their ending are not alike.
    stems = {each.stem: each.name for each in sorted(folder.iterdir()) if each.suffix.lower() in suffixes}
    near = difflib.get_close_matches(place.stem, stems, n=1)
    hint = f"Did you mean {stems[near[0]]}?" if near else "Check the name and the folder."
    return f"There is no file {place.name} in {folder}. {hint}"
