"""Draw the page of pictures again:  python docs/draw_pictures.py

It writes docs/pictures/*.png and docs/pictures.md. The same code gives the same page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import cxkit as cx
from cxkit.files import write_atomic

HERE = Path(__file__).parent
FOLDER = HERE / "pictures"
PAGE = HERE / "pictures.md"
DPI = 150
LUCY, NOA = "hmo_opt_out", "dental_clinic_delays"


@dataclass(frozen=True)
class Entry:
    """One picture: the name of its file, what it is, and what draws it."""

    name: str
    words: str
    draw: Callable[[], Any]


def journey(case: str, state: str = "as-is", language: str = "en") -> cx.Journey:
    return cx.case(case, language).journeys[state]


def moved(case: str, language: str = "en", **options: Any) -> Any:
    return journey(case, language=language).draw(compare=journey(case, "to-be", language), **options)


def hmo_drivers() -> pd.DataFrame:
    """How leaving in the first year goes with each disappointment, members of the same plan and age compared."""
    case = cx.case(LUCY)
    gaps = cx.gap(case.table("survey"), per="member")
    people = case.table("members").merge(gaps, on="member")
    touchpoints = [name for name in gaps.columns if name != "member"]
    return cx.drivers(people, "left_in_first_year", touchpoints, adjust=["plan", "age_band"], per=-1)


def hmo_retention() -> Any:
    members = cx.case(LUCY).table("members")
    return cx.survival(members["tenure_months"], members["opted_out"].notna(), by=members["plan"])


def pilot() -> Any:
    """The branch with the pilot against the others, by half of the year."""
    patients = cx.case(NOA).table("patients")
    piloted = patients["branch"].isin(patients.loc[patients["pilot"] == "yes", "branch"])
    late = patients["half"] == "Jul-Dec"
    treated = patients["treated"] == "yes"
    return cx.compare(
        treated[piloted & ~late],
        treated[piloted & late],
        elsewhere=(treated[~piloted & ~late], treated[~piloted & late]),
    )


def parts() -> Iterator[tuple[str, str, list[Entry]]]:
    """Title, a few words, and the pictures of each part of the page."""
    yield (
        "The two cases, as they are",
        "Dashed: what was expected. Solid: what was lived. What nobody told is marked as worked out.",
        [
            Entry("lucy", "Lucy, for the screen", lambda: journey(LUCY).draw()),
            Entry("noa", "Noa, for the screen", lambda: journey(NOA).draw()),
        ],
    )
    yield (
        "As they should be",
        "A plan is not a measurement, and the map says so.",
        [
            Entry("lucy_to_be", "Lucy, to-be", lambda: journey(LUCY, "to-be").draw()),
            Entry("noa_to_be", "Noa, to-be", lambda: journey(NOA, "to-be").draw()),
            Entry("lucy_moved", "Lucy, as-is against to-be", lambda: moved(LUCY)),
            Entry("noa_moved", "Noa, as-is against to-be", lambda: moved(NOA)),
        ],
    )
    yield (
        "With estimates",
        "The size of a star is an estimate with its interval. It comes from the survey and the records of the case, which "
        "are made up. A hollow star could be chance.",
        [
            Entry(
                "lucy_drivers",
                "Lucy's map, with what goes with leaving",
                lambda: journey(LUCY).draw(drivers=hmo_drivers()),
            ),
            Entry("drivers", "The same estimates as a chart", lambda: cx.plot_drivers(hmo_drivers())),
            Entry(
                "retention", "Who is still a member", lambda: cx.plot_survival(hmo_retention(), unit="months")
            ),
            Entry(
                "waits",
                "Where the clinic's patients wait",
                lambda: cx.plot_waits(cx.waits(cx.case(NOA).table("visit_log"))),
            ),
            Entry(
                "pilot", "Did the pilot work?", lambda: cx.plot_compare(pilot(), measure="patients treated")
            ),
        ],
    )
    yield (
        "In Hebrew",
        "A Hebrew map runs from right to left, and so does a chart, but for its axis of numbers.",
        [
            Entry("noa_he", "Noa, as-is", lambda: journey(NOA, language="he").draw()),
            Entry("noa_to_be_he", "Noa, to-be", lambda: journey(NOA, "to-be", "he").draw()),
            Entry(
                "pilot_he",
                "Did the pilot work?",
                lambda: cx.plot_compare(pilot(), language="he", measure="טופלו"),
            ),
            Entry(
                "noa_a4_he",
                "Noa, on A4 to print",
                lambda: journey(NOA, language="he").draw(size="A4", style="print"),
            ),
            Entry("noa_moved_he", "Noa, as-is against to-be", lambda: moved(NOA, "he")),
        ],
    )
    yield (
        "For the projector, and for paper",
        '`style="projector"` has fewer words in larger type. `style="print"` saves ink and works in grey.',
        [
            Entry("lucy_projector", "Lucy, for the projector", lambda: journey(LUCY).draw(style="projector")),
            Entry(
                "noa_projector_he",
                "Noa, for the projector",
                lambda: journey(NOA, language="he").draw(style="projector"),
            ),
            Entry("lucy_a4", "Lucy, on A4 to print", lambda: journey(LUCY).draw(size="A4", style="print")),
            Entry(
                "noa_portrait",
                "Noa, on A4 portrait to print",
                lambda: journey(NOA).draw(size="A4 portrait", style="print"),
            ),
        ],
    )


def png(picture: Any) -> bytes:
    """The picture in 256 colours, which are plenty for a drawing, with its words kept in the file."""
    sharp, small = io.BytesIO(), io.BytesIO()
    picture.savefig(sharp, format="png", dpi=DPI, facecolor=picture.get_facecolor())
    about = PngInfo()
    about.add_itxt("Title", picture.title)
    about.add_itxt("Description", picture.alt)
    with Image.open(sharp) as image:
        few = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT)
        few.save(small, "png", pnginfo=about, optimize=True)
    return small.getvalue()


def main() -> None:
    lines = [
        "# Pictures",
        "",
        "The two case studies as maps and charts. Everybody in them is a character. "
        "`python docs/draw_pictures.py` draws this page again.",
    ]
    for title, words, entries in parts():
        lines += ["", f"## {title}", "", words]
        for entry in entries:
            picture = entry.draw()
            write_atomic(FOLDER / f"{entry.name}.png", png(picture))
            alt = picture.alt.replace("[", "(").replace("]", ")")
            lines += ["", f"**{entry.words}**", "", f"![{alt}](pictures/{entry.name}.png)"]
    write_atomic(PAGE, ("\n".join(lines) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()
