"""Journeys for the tests: a small one, texts that file formats like to spoil, and any journey at all."""

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from cxkit import journey_files
from cxkit.journey import CHANNELS, COLUMNS, EVIDENCE, FAILURES, MOMENTS, STAGES, Journey, JourneyError
from cxkit.journey_cells import ABOUT_COLUMNS, PERSONA_FIELDS, column_key, is_empty

SUFFIXES = (".csv", ".xlsx", ".json", ".yaml")
TEXT_SUFFIXES = (".csv", ".json", ".yaml")
SMALL = Journey(
    [
        {"stage": "pre-care", "touchpoint": "Calls, asks", "channel": "phone", "expected": 7, "mood": "=ok"},
        {
            "stage": "care",
            "touchpoint": "חדר לידה\n2",
            "channel": "in person",
            "wait_days": 0.5,
            "quote": "“No”",
        },
    ],
    title="Lucy: learns",
    persona="Lucy",
    state="to-be",
)
quick = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
slow = settings(quick, max_examples=12)


def encode(journey, suffix):
    return journey_files._WRITERS[suffix](journey)


def decode(data, suffix):
    return journey_files.decode(data, suffix)


# One to a line, because each is meant as it stands.
TRICKY = r"""
NA
null
None
nan
1e5
007
true
no
~
-
---
...
=1+1
+1
-1
@x
'=x
''=x
'a
#REF!
#N/A
_x0041_
_x005F_
_x005F_x0041_
x005F_
2026-01-01
12:30
1_000
<<
&a
*a
!x
%x
[a
{a
>
|
?
`
"
""
a "b" c
;
,
a,b
a;b
a: b
a #b
\
\n
sep=;
'
מה שלומך
𝒳
👩🏽‍⚕️
""".strip().split("\n")
TRICKY += ["\u200fאב", "e\u0301", "a\nb", "a\n\nb", "a\tb", "a;b\n=c", "a\n...\nb", "x\n---\ny", "a" * 300]
texts = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=12),
    st.text("aא ,;'\"=\n-:#", max_size=8),
)
scores = st.one_of(st.none(), st.integers(1, 10), st.floats(1, 10))
waits = st.one_of(st.none(), st.integers(0, 400), st.floats(0, 1e300, allow_nan=False))
KNOWN = {*COLUMNS, *ABOUT_COLUMNS.values(), "inferred"}
names = texts.filter(lambda text: not is_empty(text) and column_key(text) not in KNOWN)


def words(allowed):
    return st.sampled_from(allowed)


def touchpoints(extra):
    return st.fixed_dictionaries(
        {
            "stage": words(STAGES),
            "touchpoint": texts.filter(lambda text: not is_empty(text)),
            "channel": words(CHANNELS),
            "owner": texts,
            "expected": scores,
            "experienced": scores,
            "wait_days": waits,
            "moment": words(("", *MOMENTS)),
            "pain_point": texts,
            "failure": words(("", *FAILURES)),
            "quote": texts,
            "evidence": words(("", *EVIDENCE)),
            "opportunity": texts,
            "inferred": st.lists(words(COLUMNS), max_size=3).map("; ".join),
            **dict.fromkeys(extra, texts),
        }
    )


@st.composite
def journeys(draw):
    extra = draw(st.lists(names, max_size=2, unique=True))
    rows = draw(st.lists(touchpoints(extra), min_size=1, max_size=3))
    about = draw(st.fixed_dictionaries({"title": texts, "scenario": texts, "source": texts}))
    persona = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(PERSONA_FIELDS, texts)))
    language, state = draw(words(("en", "he", "pt-BR"))), draw(words(("as-is", "to-be")))
    try:
        return Journey(rows, persona=persona, language=language, state=state, **about)
    except JourneyError as error:  # two names that are one after cleaning, or one U+FFFE
        assume(not any(part in str(error) for part in ("two columns", "hidden character")))
        raise
