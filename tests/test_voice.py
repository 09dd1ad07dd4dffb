"""Quotes coded by a codebook, two coders compared, complaints counted and weighed, silence estimated."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.measures.estimate import Estimate
from cxkit.measures.scores import proportion
from cxkit.measures.voice import agreement, code_quotes, complaints, iceberg

HMO = Path(__file__).parents[1] / "case_studies" / "hmo_opt_out"


def book(**codes):
    rows = [("touchpoint", name.replace("_", " "), "What it means.", words) for name, words in codes.items()]
    return pd.DataFrame(rows, columns=["kind", "code", "meaning", "words"])


BOOK = book(hold="on hold|wait*|queue", bill="bill*|charge*", clinic="clinic|doctor*|waiting room")


def code(text, codebook=BOOK):
    return code_quotes([text], codebook).loc[0, ["code", "words_found", "also"]].tolist()


# --- code_quotes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I was on hold.", ["hold", "on hold", ""]),
        ("WAITED and waited!", ["hold", "waited; waited", ""]),
        ("on a hold", ["", "", ""]),
        ("The weight of it", ["", "", ""]),
        ("Billing charged me, then I waited", ["bill", "billing charged", "hold"]),
        ("The bill, the queue", ["", "bill; queue", "bill; hold"]),
        ("The queue, the bill", ["", "queue; bill", "hold; bill"]),
        ("Nothing of the kind", ["", "", ""]),
        ("", ["", "", ""]),
    ],
)
def test_the_code_with_most_words_wins_and_a_tie_is_told(text, expected):
    assert code(text) == expected


def test_a_longer_phrase_counts_more():
    assert code("In the waiting room")[0] == "clinic"
    assert code("In the waiting room")[2] == "hold"
    # two words of the quote against two: a tie again
    assert code("In the waiting room, in the queue") == ["", "waiting room; queue", "clinic; hold"]


def test_a_word_is_counted_once_for_a_code_however_many_of_its_phrases_cover_it():
    assert code("on hold", book(a="hold|on hold|on", b="on hold")) == ["", "on hold", "a; b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can’t get through", "can't get through"),
        ("I can't get through", "can’t get through"),
        ("Call-back never came", "call back"),
        ("call back", "call-back"),
        ("“Hold”, he said", "hold"),
        ("ON\u00a0HOLD", "on hold"),
        ("Ünder pressüre", "under pressure"),
        ("חיכיתי בתור שעתיים", "בתור"),
        ("חִכִּיתִי הרבה", "חכיתי"),
        ("\u200fחיכיתי\u200f לרופא", "חיכ*"),
        ("קיבלתי דו״ח", 'דו"ח'),
        ("והתור ארוך", "*תור"),
        ("the 24h line", "24h"),
    ],
)
def test_case_punctuation_quotes_accents_and_hebrew_points_do_not_matter(text, words):
    assert code(text, book(found=words, other="zebra"))[0] == "found"


@pytest.mark.parametrize("text", ["household", "he holds", "ahold", "hold-up"])
def test_whole_words_only(text):
    assert code(text, book(a="hold", b="zebra"))[0] == ("a" if text == "hold-up" else "")


def test_rows_and_columns_stay_and_what_found_nothing_is_counted():
    quotes = pd.DataFrame(
        {"id": [7, 8, 9, 10, 11], "text": ["on hold", "blue", None, "queue, bill", "a doctor"]},
        index=[5, 5, 1, 0, 2],
    )
    before = quotes.copy(deep=True)
    found = code_quotes(quotes, BOOK)
    assert found.columns.tolist() == ["id", "text", "code", "words_found", "also"]
    assert found["id"].tolist() == [7, 8, 9, 10, 11]
    assert found["code"].tolist() == ["hold", "", "", "", "clinic"]
    assert isinstance(found.index, pd.RangeIndex)
    counts = {name: found.attrs[name] for name in ("coded", "nothing_found", "tie", "missing")}
    assert counts == {"coded": 2, "nothing_found": 1, "tie": 1, "missing": 1}
    assert found.attrs["notes"][0] == "2 of 5 quotes got a code."
    assert len(found.attrs["notes"]) == 4
    pd.testing.assert_frame_equal(quotes, before)


def test_a_list_a_column_and_a_table_are_coded_alike():
    texts = ["on hold", "the bill"]
    for quotes in (texts, tuple(texts), pd.Series(texts, index=[3, 1]), pd.DataFrame({"text": texts})):
        assert code_quotes(quotes, BOOK)["code"].tolist() == ["hold", "bill"]


def test_both_kinds_in_one_call_are_ready_to_be_counted():
    reactions = BOOK.iloc[:2].assign(kind="reaction", code=["fight", "neither"], words=["demand*", "thank*"])
    codebook = pd.concat([BOOK, reactions])
    quotes = [
        "I demand an answer: on hold for hours",
        "Thanks to the doctor",
        "The bill, the queue",
        "blue",
        None,
    ]
    found = code_quotes(quotes, codebook, kind="both")
    assert found.columns.tolist() == [
        "text", "touchpoint", "touchpoint_words", "touchpoint_also", "reaction", "reaction_words", "reaction_also"
    ]  # fmt: skip
    for kind in ("touchpoint", "reaction"):
        alone = code_quotes(quotes, codebook, kind=kind)
        assert found[kind].tolist() == alone["code"].tolist()
        assert found[f"{kind}_words"].tolist() == alone["words_found"].tolist()
        counts = {name: alone.attrs[name] for name in ("coded", "nothing_found", "tie", "missing")}
        assert found.attrs[kind] == counts
    assert found.attrs["notes"][0] == "Touchpoint: 2 of 5 quotes got a code."
    assert any("see the column “touchpoint_also”" in note for note in found.attrs["notes"])
    counted = complaints(found)
    assert counted["touchpoint"].tolist() == ["hold"] and counted.attrs["praise"] == 1
    with pytest.raises(ValueError, match="column “reaction” already"):
        code_quotes(found[["text", "reaction"]], codebook, kind="both")
    with pytest.raises(ValueError, match="no code of the kind “reaction”"):
        code_quotes(quotes, BOOK, kind="both")


WORDS = st.sampled_from(["on", "hold", "waiting", "room", "bill", "doctor", "queue", "blue", "charged"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=6)


@given(texts=TEXTS, data=st.data())
def test_neither_the_order_of_quotes_nor_that_of_the_codebook_matters(texts, data):
    found = code_quotes(texts, BOOK)[["code", "words_found", "also"]].to_numpy().tolist()
    order = data.draw(st.permutations(range(len(texts))))
    mixed = code_quotes([texts[place] for place in order], BOOK)["code"].tolist()
    assert mixed == [found[place][0] for place in order]
    shuffled = BOOK.iloc[data.draw(st.permutations(range(len(BOOK))))]
    again = code_quotes(texts, shuffled)
    assert again[["code", "words_found", "also"]].to_numpy().tolist() == found


@given(texts=TEXTS)
def test_relabelling_the_codes_relabels_the_quotes(texts):
    names = {"hold": "Time on hold", "bill": "The bill", "clinic": "Visits", "": ""}
    renamed = BOOK.assign(code=BOOK["code"].map(names))
    assert code_quotes(texts, renamed)["code"].tolist() == [
        names[code] for code in code_quotes(texts, BOOK)["code"]
    ]


@pytest.mark.parametrize(
    ("codebook", "words"),
    [
        (BOOK.rename(columns={"words": "word"}), "no column “words”.*Did you mean “word”"),
        (BOOK.assign(kind="touch point"), None),
        (BOOK.assign(kind="reaction"), "no code of the kind “touchpoint”. It has: reaction"),
        (BOOK.assign(kind="touchpoints"), "Did you mean touchpoints"),
        (
            BOOK.assign(code=["hold", "", "Hold "]),
            r"row 1 is the header.\nRow 3: the code is empty.*\nRow 4: the code “Hold” stands",
        ),
        (book(a="hold", b=" | "), "Row 3, b: there are no words to find"),
        (book(a="*", b="x"), "Row 2, a: “[*]” in the phrase “[*]” finds too much"),
        (book(a="hold w*", b="x"), "“w[*]” in the phrase “hold w[*]”"),
        (book(a="wa*it", b="x"), "An asterisk stands at an end of a word"),
        (BOOK.iloc[:0], "table is empty"),
        ("codebook.csv", "codebook with the columns kind"),
    ],
)
def test_a_bad_codebook_is_told_in_words(codebook, words):
    if words is None:
        assert code_quotes(["on hold"], codebook)["code"].tolist() == ["hold"]
        return
    with pytest.raises(ValueError, match=words):
        code_quotes(["on hold"], codebook)


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        ("on hold", "list of texts"),
        (7, "list of texts"),
        ([], "no quotes"),
        ({"text": ["a"]}, "not a group of values"),
        (np.array([["a"], ["b"]]), "not a table"),
        (pd.DataFrame({"txt": ["a"]}), "Did you mean “txt”"),
        (pd.DataFrame({"text": ["a"], "code": ["b"]}), "a column “code” already"),
    ],
)
def test_quotes_that_cannot_be_read_are_told_in_words(quotes, words):
    with pytest.raises(ValueError, match=words):
        code_quotes(quotes, BOOK)


@pytest.mark.parametrize("kind", [BOOK, ["touchpoint"], None, 3])
def test_a_kind_is_one_word(kind):
    with pytest.raises(ValueError, match="Name one kind of code, such as touchpoint, not"):
        code_quotes(["on hold"], BOOK, kind=kind)


def test_one_quote_is_told_as_one():
    assert code_quotes(["on hold"], BOOK).attrs["notes"] == ["1 of 1 quote got a code."]
    one = pd.DataFrame({"touchpoint": ["a"], "reaction": ["fight"]})
    assert complaints(one).attrs["notes"] == ["1 of 1 quote is a complaint."]
    assert complaints(one[["touchpoint"]]).attrs["notes"][0].startswith("1 of 1 quote is counted, praise too")


def test_the_shipped_codebook_codes_both_kinds():
    codebook = pd.read_csv(HMO / "codebook.csv")
    quotes = ["Forty minutes of music, then I was cut off.", "I cancelled and moved to another plan."]
    assert code_quotes(quotes, codebook)["code"][0] == "Time on hold"
    assert code_quotes(quotes, codebook, kind="reaction")["code"][1] == "flight"


# --- agreement

# The skin condition data of the SAS/STAT User's Guide, chapter “The FREQ Procedure”, “Agreement Study”:
# two dermatologists, 88 patients. It prints the simple kappa 0.3449, its standard error 0.0724, and the 95% limits
# 0.2030 and 0.4868.
SKIN = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
# A table of three codes and 19 quotes, with the simple kappa of SAS in statsmodels' tests (statsmodels, BSD licence,
# stats/tests/test_inter_rater.py): 0.4842, standard error 0.1380, 0.2137 to 0.7547.
SMALL = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def pairs(table):
    """The codes of two coders, quote by quote, from the table of how often each pair of codes occurs."""
    rows = [
        (f"code {a}", f"code {b}") for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)
    ]
    return [one for one, _ in rows], [two for _, two in rows]


@pytest.mark.parametrize(
    ("table", "printed"),
    [(SKIN, (0.3449, 0.2030, 0.4868, 0.0724)), (SMALL, (0.4842, 0.2137, 0.7547, 0.1380))],
)
def test_kappa_and_its_interval_as_printed(table, printed):
    found = agreement(*pairs(table))
    assert [round(each, 4) for each in (found.value, found.low, found.high, found.se)] == list(printed)
    assert found.n == np.sum(table)


CODES = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c"])] * 2), min_size=4, max_size=40).filter(
    lambda rows: len({code for row in rows for code in row}) > 1
)


@given(rows=CODES, data=st.data())
def test_kappa_is_symmetric_and_blind_to_names_and_to_the_order_of_quotes(rows, data):
    a, b = (list(side) for side in zip(*rows, strict=True))
    found = agreement(a, b)
    numbers = [found.value, found.low, found.high, found.n]
    for one, two in (
        (b, a),
        ([f"touchpoint {code}" for code in a], [f"touchpoint {code}" for code in b]),
        zip(*data.draw(st.permutations(rows)), strict=True),
    ):
        other = agreement(list(one), list(two))
        assert np.allclose([other.value, other.low, other.high, other.n], numbers)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_who_always_agrees_gets_1_and_who_agrees_by_chance_gets_0():
    full = agreement(["a", "b", "a"], ["a", "b", "a"])
    assert (full.value, full.low, full.high) == (1, 1, 1)
    assert "almost perfect" in full.words and "no width" in full.words
    assert agreement(["a", "a", "b", "b"], ["a", "b", "a", "b"]).value == 0


def test_a_quote_that_one_of_the_two_gave_no_code_is_a_disagreement():
    codes = ["hold", "bill", "hold", "bill"] * 5
    silent = [*codes[:15], *[""] * 5]
    found = agreement(codes, silent)
    assert (found.n, found.missing) == (20, 0)
    # by hand: 15 of 20 alike; by chance (10·8 + 10·7) of 400
    assert found.value == pytest.approx((15 / 20 - 150 / 400) / (1 - 150 / 400))
    assert found.words.startswith("The two give the same code to 15 of 20 quotes (75%).")
    assert "To 5 only one of the two gave a code" in found.words and "almost perfect" not in found.words
    # as if they had said so in a word of its own
    said = agreement(codes, [code or "none" for code in silent])
    assert (said.value, said.low, said.high) == (found.value, found.low, found.high)


def test_missing_codes_and_quotes_that_neither_coded_are_left_out_and_counted():
    found = agreement(["a", "b", "", " ", None, np.nan, "a"], ["a", "b", "", "", "b", "", None])
    assert (found.n, found.missing, found.value) == (2, 5, 1)
    assert "Left out, since a code is missing (an empty cell): 3 of 7 pairs." in found.words
    assert "Left out, since neither of the two found a code: 2 of 7 pairs." in found.words


def test_case_and_spaces_in_codes_do_not_matter():
    assert agreement(["Time on hold", "The bill"], ["time on hold ", "The Bill"]).value == 1


@pytest.mark.parametrize(
    ("table", "band"),
    [(SKIN, "fair"), (SMALL, "moderate"), ([[4, 6], [6, 4]], "poor"), ([[9, 1], [1, 9]], "substantial")],
)
def test_the_band_is_named_as_a_convention(table, band):
    words = agreement(*pairs(table)).words
    assert f"agreement is {band} (a convention of Landis & Koch 1977" in words


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (["a"], ["a", "b"], "first coder has 1 code and the second 2"),
        (["a", "b"], ["a"], "first coder has 2 codes and the second 1"),
        (BOOK, BOOK, "“a” needs one column of codes, such as table..code.., not a table"),
        (["a"], {"a": 1}, "“b” needs a list or a column of codes, not a group of values"),
        (np.array([["a", "b"]]), ["a"], "“a” needs one column of codes.*not a table"),
        (["a", "a"], ["a", "a"], "one and the same code only"),
        (["a", None], [None, "b"], "no quote that both have coded"),
        (["", ""], ["", None], "no quote that both have coded"),
        ("ab", ["a", "b"], "“a” needs a list"),
        (["a", "b"], 3, "“b” needs a list"),
        (pd.Series(["a", "b"]), pd.Series(["b", "a"], index=[1, 0]), "different order"),
    ],
)
def test_codes_that_cannot_be_compared_are_told_in_words(a, b, words):
    with pytest.raises(ValueError, match=words):
        agreement(a, b)


def test_codes_may_come_as_categories():
    codes = ["hold", "bill", "hold", "bill"]
    found = agreement(pd.Categorical(codes), pd.Series(codes, dtype="category"))
    assert (found.value, found.n) == (1, 4)


def test_one_pair_is_told_as_one():
    words = agreement(["a"], ["b"]).words
    assert "to 0 of 1 quote (0%)" in words and "1 quotes" not in words
    assert "With codes like these, the interval has no width; that does not mean certainty" in words


# --- complaints

CODED = pd.DataFrame(
    {
        "touchpoint": ["hold", "hold", "hold", "cover", "cover", "bill", "hold", None, "bill"],
        "reaction": ["fight", "fight", "Fight", "flight", "fight", "neither", "neither", "fight", None],
        "severity": [1, 1, 2, 4, 3, 1, 0, 2, 2],
    }
)


def test_complaints_are_counted_and_praise_is_none():
    found = complaints(CODED)
    assert found.columns.tolist() == [
        "touchpoint", "quotes", "share", "low", "high", "fight", "flight", "weighted_share"
    ]  # fmt: skip
    assert found["touchpoint"].tolist() == ["hold", "cover", "bill"]
    assert found["quotes"].tolist() == [3, 2, 1]
    assert found[["fight", "flight"]].to_numpy().tolist() == [[3, 0], [1, 1], [0, 0]]
    assert found["weighted_share"].tolist() == pytest.approx(found["share"].tolist())
    assert (found.attrs["praise"], found.attrs["missing"]) == (1, 2)
    assert found.attrs["notes"] == [
        "6 of 7 coded quotes are complaints.",
        "Praise or plain remarks: 1.",
        "Left out, since something is not coded: 2 of 9.",
    ]
    assert complaints(CODED.iloc[:7]).attrs["notes"][0] == "6 of 7 quotes are complaints."


def test_shares_have_wilson_intervals():
    # Wilson (1927); 81 of 263 as in Newcombe (1998), Statistics in Medicine 17, 857-872, table I
    found = complaints(pd.DataFrame({"touchpoint": ["a"] * 81 + ["b"] * 182}))
    assert found.loc[1, ["low", "high"]].round(4).tolist() == [0.2553, 0.3662]
    assert found.attrs["interval"] == "95% Wilson interval"


def test_weights_turn_the_order_of_the_loud_and_the_grave():
    found = complaints(CODED, {1: 1, 2: 2, 3: 5, 4: 10}).set_index("touchpoint")["weighted_share"]
    assert found.to_dict() == pytest.approx({"hold": 4 / 20, "cover": 15 / 20, "bill": 1 / 20})


def test_with_fewer_columns():
    touchpoints = CODED[["touchpoint"]]
    assert complaints(touchpoints)["quotes"].sum() == 8
    assert complaints(touchpoints)[["fight", "flight"]].isna().all(axis=None)
    assert complaints(CODED[["touchpoint", "reaction"]])["quotes"].sum() == 5
    assert complaints(CODED[["touchpoint", "severity"]])["quotes"].sum() == 7


def test_without_reaction_and_severity_it_says_that_praise_is_counted_too():
    note = complaints(CODED[["touchpoint"]]).attrs["notes"][0]
    assert note.startswith("8 of 9 quotes are counted, praise too") and "quotes are complaints" not in note
    assert "are complaints." in complaints(CODED[["touchpoint", "reaction"]]).attrs["notes"][0]


def test_what_code_quotes_gives_is_taken_straight_away():
    found = complaints(code_quotes(["on hold", "my doctor", "in the queue", "blue"], BOOK))
    assert found[["touchpoint", "quotes"]].to_numpy().tolist() == [["hold", 2], ["clinic", 1]]
    assert found.attrs["missing"] == 1


def test_a_severity_is_needed_only_where_it_decides():
    coded = pd.DataFrame(
        {"touchpoint": ["a", "a"], "reaction": ["fight", "neither"], "severity": [None, None]}, dtype=object
    )
    assert complaints(coded).attrs["missing"] == 1
    with pytest.raises(ValueError, match="No row is a complaint"):
        complaints(coded, {1: 1})


@given(
    rows=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), min_size=1, max_size=30),
    data=st.data(),
)
def test_shares_add_up_and_neither_order_nor_the_scale_of_weights_matters(rows, data):
    weights = {1: 1, 2: 3, 3: 3.5, 4: 8}
    found = complaints(pd.DataFrame(rows, columns=["touchpoint", "severity"]), weights)
    assert found["share"].sum() == pytest.approx(1) and found["weighted_share"].sum() == pytest.approx(1)
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()
    mixed = pd.DataFrame(data.draw(st.permutations(rows)), columns=["touchpoint", "severity"])
    again = complaints(mixed, {key: 10 * weight for key, weight in weights.items()})
    pd.testing.assert_frame_equal(found, again)


@pytest.mark.parametrize(
    ("coded", "weights", "words"),
    [
        (pd.DataFrame({"code": ["fight", "", "Flight"]}), None, "“code” holds reactions, not touchpoints"),
        (CODED.rename(columns={"touchpoint": "place"}), None, "no column “touchpoint”"),
        (
            CODED.assign(reaction="flght"),
            None,
            "row 2: “flght” is not a reaction. Did you mean flight.*row 1 is the header",
        ),
        (CODED.assign(severity=5), None, "row 2: “5” is outside what can be. Write a number from 0 to 4"),
        (
            CODED.drop(columns="severity"),
            {1: 1},
            "no column “severity”.*a reader sets it for each quote, from 0",
        ),
        (CODED, {1: 1, 2: 2}, "severity 3 occurs, but has no weight"),
        (CODED, {1: 0, 2: 0, 3: 0, 4: 0}, "Every complaint has the weight 0"),
        (CODED, {1: -1, 2: 2, 3: 3, 4: 4}, "“weights”.*outside what can be"),
        (CODED, {1: None, 2: 2, 3: 3, 4: 4}, "Each weight needs a severity and a number"),
        (CODED, [1, 2, 3], "Weights are severity and weight: .*, not a list"),
        (CODED, CODED, "Weights are severity and weight: .*, not a table"),
        (CODED.iloc[[6]], None, "No row is a complaint"),
        (CODED.iloc[:0], None, "table is empty"),
    ],
)
def test_what_cannot_be_counted_is_told_in_words(coded, weights, words):
    with pytest.raises(ValueError, match=words):
        complaints(coded, weights)


# --- iceberg


def test_one_in_five_speaks_up():
    found = iceberg(40, 0.2, source="our survey of 2025")
    assert (found.heard, found.people.value, found.silent.value) == (40, 200, 160)
    assert found.silent.low == pytest.approx(found.people.low - 40)
    assert "Of other people like them, 20% speak up (source: our survey of 2025)" in found.words
    assert iceberg(1, 0.5, source="s").words.startswith("1 person spoke up.")
    assert "exactly known" in found.people.interval
    for page in (found._repr_html_(), repr(found)):
        assert "our survey of 2025" in page and "160" in page


def test_one_person_is_told_as_one():
    found = iceberg(1, 0.5, source="s")
    assert "Silent: 1 person (" in repr(found) and "People with a reason: 2 people (" in repr(found)
    with pytest.raises(ValueError, match="of the 1 person, nobody stayed silent"):
        iceberg(1, (1, 1), source="s")
    with pytest.raises(ValueError, match="of the 3 people, 1 stayed silent"):
        iceberg(2, (2, 3), source="s")


def test_a_doubtful_share_makes_a_wider_interval():
    sure = iceberg(40, 31 / 100, source="s").people
    doubt = iceberg(40, (31, 100), source="s").people
    estimate = Estimate(0.31, 0.2278, 0.4064, 100, "95% Wilson interval")
    assert doubt.value == sure.value == pytest.approx(40 / 0.31)
    assert doubt.low < sure.low and doubt.high > sure.high
    assert iceberg(40, estimate, source="s").people.low == pytest.approx(doubt.low, rel=0.01)


def test_the_interval_covers_the_people_95_times_in_100():
    random = np.random.Generator(np.random.PCG64(7))
    people, share, runs = 300, 0.3, 1500
    heard, asked = random.binomial(people, share, runs), random.binomial(120, share, runs)
    found = [iceberg(int(h), (int(k), 120), source="s").people for h, k in zip(heard, asked, strict=True)]
    covered = np.mean([each.low <= people <= each.high for each in found])
    assert 0.935 <= covered <= 0.975
    known = [iceberg(int(h), share, source="s").people for h in heard]
    assert 0.93 <= np.mean([each.low <= people <= each.high for each in known]) <= 0.975


@given(heard=st.integers(1, 10_000), share=st.floats(0.01, 1))
def test_the_iceberg_is_never_smaller_than_its_tip(heard, share):
    found = iceberg(heard, share, source="s")
    assert found.people.value == pytest.approx(found.heard + found.silent.value)
    assert heard <= found.people.low <= found.people.value * (1 + 1e-12)
    assert found.people.value <= found.people.high * (1 + 1e-12) and found.silent.low >= 0


def test_a_share_worked_out_from_the_very_people_who_were_heard_is_a_circle():
    with pytest.raises(
        ValueError, match=r"a circle: of the 263 people, 182 stayed silent. They are counted already"
    ):
        iceberg(81, (81, 263), source="our members")
    # alike by chance: the way out that the message names
    found = iceberg(81, proportion(81, 263), source="a study of other members")
    assert found.people.value == pytest.approx(263) and found.people.high > 300


def test_if_nobody_of_those_asked_speaks_up_there_is_no_answer():
    with pytest.raises(ValueError, match="nobody ever spoke up"):
        iceberg(4, (0, 50), source="s")


@pytest.mark.parametrize(
    "given", [{}, {"speaks_up": 0.3}, {"source": "a study"}, {"speaks_up": 0.3, "source": " "}]
)
def test_there_is_no_default_share_and_the_error_says_why(given):
    with pytest.raises(ValueError, match=r"studies differ widely. So there is no default"):
        iceberg(40, **given)


@pytest.mark.parametrize(
    ("heard", "share", "words"),
    [
        (40, 31, "not a share. Write a number from 0 to 1. Did you mean 0.31"),
        (40, -0.1, "not a share"),
        (40, "a third", "needs a share"),
        (40, True, "needs a share"),
        (40, (5, 4), "cannot be"),
        (40, (1.5, 4), "cannot be"),
        (40, (0, 0), "cannot be"),
        (40, (1, 2, 3), "needs a share"),
        (40, Estimate(12, 10, 14, 9), "not a share"),
        (0, 0.3, "“heard”"),
        (2.5, 0.3, "“heard” must be one whole number of 1 or more, not “2.5”"),
        (None, 0.3, "“heard” is empty"),
    ],
)
def test_impossible_numbers_are_told_in_words(heard, share, words):
    with pytest.raises(ValueError, match=words):
        iceberg(heard, share, source="s")


def test_a_source_with_signs_is_shown_as_it_is():
    page = iceberg(3, 0.5, source="Smith <b>&</b> Lee")._repr_html_()
    assert "Smith &lt;b&gt;&amp;&lt;/b&gt; Lee" in page
