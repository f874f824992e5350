"""British and American words, and words in one or in two."""

import pytest

from measures.search.spellings import halves, variants

from .queries import answers, found


@pytest.mark.parametrize(
    ("q", "same"),
    [
        ("organization", "organisation"),
        ("organizations", "organisations"),
        ("program", "programme"),
        ("programs", "programmes"),
        ("Hongkong", "Hong Kong"),
        ("wellbeing", "well-being"),
        ("co-operation", "cooperation"),
        ("co operation", "cooperation"),
        ("digitalization", "digitalisation"),
        ("crossborder", "cross-border"),
        ("neighborhoods", "neighbourhoods"),
        ("centers", "centres"),
        ("center", "centre"),
        ("licenses", "licences"),
        ("modernization", "modernisation"),
        ("optimize", "optimise"),
        ("subdistrict", "sub-district"),
        ("pre-litigation", "prelitigation"),
        ("world class", "world-class"),
        ("businessenvironment", "business-environment"),
        ("child", "children"),
        ("licensing", "licencing"),
        ("A.I.", "AI"),
        ("a.i", "AI"),
        ("I.C.", "IC"),
    ],
)
def test_other_spellings_find_the_same(client, q, same):
    assert answers(client, q) == set(found(same))


def test_most_of_these_find_something(databases):
    assert all(
        found(q) for q in ("organization", "program", "Hongkong", "wellbeing", "co-operation", "center")
    )


@pytest.mark.parametrize(
    ("word", "other"),
    [("organization", "organisation"), ("labour", "labor"), ("labor", "labour"), ("theatre", "theater"),
     ("defense", "defence"), ("analyze", "analyse"), ("dialog", "dialogue"), ("program", "programme"),
     ("traveller", "traveler"), ("judgment", "judgement"), ("paediatric", "pediatric"), ("child", "children"), ("women", "woman"),
     ("criterion", "criteria"), ("crises", "crisis"), ("licensing", "licencing"), ("practise", "practice")],
)  # fmt: skip
def test_variants(word, other):
    assert other in variants(word)


def test_words_are_cut_in_two_with_two_letters_at_least():
    assert halves("abcde") == [("ab", "cde"), ("abc", "de")]
    assert halves("abc") == []
    assert halves("a" * 41) == variants("a" * 41) == []
