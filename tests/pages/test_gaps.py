"""The page that says what the plans do not say."""

import html
import re

import pytest

from measures.models import Action
from measures.selection.gaps import STEPS
from measures.snapshots import editing_as


def main_of(client, address: str) -> str:
    text = client.get(address).text
    return html.unescape(text.split("<main", 1)[1].split("</main>")[0])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "/en/gaps/",
            [
                "Responsible units are named in 0 of 28 measures.",
                "Sub-districts named: 1 of 10.",
                "A quantity is given in 2 of 28 measures.",
                "A deadline is given in 0 of 28 measures.",
            ],
        ),
        (
            "/gaps/",
            [
                "28项改革中，写明责任单位的有0项。",
                "10个街道中，点名的有1个。",
                "28项改革中，写明数量的有2项。",
                "28项改革中，写明期限的有0项。",
            ],
        ),
        ("/zh-hant/gaps/", ["28項改革中，寫明責任單位的有0項。", "10個街道中，點名的有1個。"]),
    ],
)
def test_the_numbers_are_said(client, address, said):
    main = main_of(client, address)
    for sentence in said:
        assert sentence in main


def test_each_number_lists_its_measures(client):
    main = main_of(client, "/en/gaps/")
    lists = [
        (summary, re.findall(r"/en/measures/(2020-\d\d)/", rest))
        for summary, rest in re.findall(r"<summary>(.*?)</summary>(.*?)</details>", main, re.S)
    ]
    assert lists[:2] == [
        ("Xiangmihu Sub-district: 1 measure", ["2020-15"]),
        ("2 measures", ["2020-21", "2020-24"]),
    ]
    assert [summary for summary, _codes in lists[2:]] == [
        "Study and explore: 12 measures",
        "Promote and encourage: 20 measures",
        "Advance and improve: 21 measures",
        "Set up and draw up: 23 measures",
        "Carry out and revise: 7 measures",
        "None of these words: 10 measures",
    ]
    for summary, codes in lists:
        assert f"{len(codes)} measure" in summary
    rows = re.findall(
        r'<tr><th scope="row">([^<]+)</th><td class="number">(\d+)</td><td class="number">(\d+)</td>', main
    )
    assert [(label, int(actions)) for label, actions, _measures in rows] == [
        ("Study and explore", 17),
        ("Promote and encourage", 24),
        ("Advance and improve", 40),
        ("Set up and draw up", 44),
        ("Carry out and revise", 8),
        ("None of these words", 11),
    ]
    assert sum(int(actions) for _label, actions, _measures in rows) == 144


def test_every_word_that_is_looked_for_is_shown(client):
    main = main_of(client, "/en/gaps/")
    for step in STEPS:
        for word in (*step.words, *step.not_in):
            assert word in main


def test_nothing_is_worked_out_of_too_many_measures(client, monkeypatch):
    monkeypatch.setattr("measures.pages.gaps.MAX_READ", 27)
    from measures.catalogue import catalogue

    catalogue._current.cache_clear()
    main = main_of(client, "/en/gaps/")
    catalogue._current.cache_clear()
    assert "This plan has too many measures to be read through for this page." in main
    assert "Responsible units are named" not in main


def test_an_edit_is_counted(client, restored):
    with editing_as("chen"):
        Action.objects.filter(measure__number=10, position=1).update(text_zh="由区财政局牵头改革")
    assert "Responsible units are named in 1 of 28 measures." in main_of(client, "/en/gaps/")
