"""Two texts and two documents compared."""

import pytest
from django.utils.translation import override

from measures.history.differences import changes, paired_rows
from measures.history.names import saved_names
from measures.history.texts import compared_texts
from measures.models import Version


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (
            "设立数字货币",
            "设立数字人民币",
            [("same", "设立数字"), ("del", "货"), ("ins", "人民"), ("same", "币")],
        ),
        ("", "新", [("ins", "新")]),
        ("旧", "", [("del", "旧")]),
        ("same", "same", [("same", "same")]),
    ],
)
def test_texts_are_compared_by_character(before, after, parts):
    assert compared_texts(before, after) == parts


def test_english_is_compared_by_word():
    assert compared_texts("a pilot zone", "a test zone", "en") == [
        ("same", "a "),
        ("del", "pilot"),
        ("ins", "test"),
        ("same", " zone"),
    ]


def test_an_action_put_in_at_the_top_does_not_make_all_look_changed():
    before = [
        {"position": n, "text_zh": text, "text_en": "", "paragraph": 1} for n, text in enumerate("甲乙丙", 1)
    ]
    after = [{"position": 1, "text_zh": "新", "text_en": "", "paragraph": 1}] + [
        {**row, "position": row["position"] + 1} for row in before
    ]
    assert paired_rows("actions", before, after) == [(None, after[0]), *zip(before, after[1:], strict=True)]


def test_what_an_old_document_lacks_is_no_difference():
    new = Version.objects.of("measure", "2020-07").first().document | {"headline_zh": "", "headline_en": ""}
    old = {key: value for key, value in new.items() if not key.startswith("headline")}
    old["actions"] = [{key: row[key] for key in row if key != "background"} for row in new["actions"]]
    assert changes("measure", old, new, saved_names()) == []
    added = {
        **new,
        "actions": [*new["actions"], {**new["actions"][0], "position": 90, "text_zh": "新", "text_en": ""}],
    }
    with override("en"):
        labels = [change.label for change in changes("measure", old, added, saved_names())]
    assert labels == ["action 90: source paragraph", "action 90: action (Chinese)"]
