"""The public pages on the shipped content."""

import re

import pytest

from measures.models import Measure, SourceParagraph

LISTS = [
    ("", 28),
    ("category=business-environment", 5),
    ("category=grassroots-governance&category=well-being", 11),
    ("centre=finance", 3),
    ("centre=none", 12),
    ("district=xiangmihu", 1),
    ("role=pilot", 3),
    ("basis=derived", 7),
    ("audience=none", 2),
    ("district=xiangmihu&role=responsible", 0),
    ("district=xiangmihu&role=pilot", 1),
    ("district=futian&role=pilot", 3),
    ("centre=none&link=text", 0),
]


@pytest.mark.parametrize(("query", "count"), LISTS)
def test_list_shows_as_many_measures_as_it_says(client, query, count):
    response = client.get(f"/en/measures/?{query}" if query else "/en/measures/")
    assert response.status_code == 200
    assert len(re.findall(r'<li class="row"', response.text)) == count
    assert re.search(r'<h1 id="selection">(?:All )?(\d+) measure', response.text).group(1) == str(count)


def test_of_many_measures_the_home_page_shows_numbers(client, monkeypatch):
    monkeypatch.setattr("measures.pages.plans.MAX_TITLES", 27)
    text = client.get("/en/").text
    numbers = re.findall(r'<li data-category="(\d)">.*?(\d+) measures</span></li>', text)
    assert numbers == [("1", "4"), ("2", "5"), ("3", "5"), ("4", "5"), ("5", "6"), ("6", "3")]
    assert 'class="titles"' not in text


def test_of_many_measures_the_source_shows_the_first_that_cite_a_paragraph(client, restored, monkeypatch):
    def shown(number: int) -> list[str]:
        text = (
            client.get("/en/plans/2020/source/")
            .text.partition(f'<li id="p{number}"')[2]
            .partition("<li id=")[0]
        )
        return re.findall(r"2020-\d\d (?=.)|and \d+ more measures?", text)

    whole = client.get("/en/plans/2020/source/").text
    paragraph = max(SourceParagraph.objects.all(), key=lambda paragraph: paragraph.measures.count())
    codes = [f"{code} " for code in paragraph.measures.values_list("code", flat=True)]
    assert shown(paragraph.number) == codes == sorted(codes)
    assert len(codes) == 3
    monkeypatch.setattr("measures.pages.plans.MAX_AT_A_PARAGRAPH", 3)
    assert client.get("/en/plans/2020/source/").text == whole
    monkeypatch.setattr("measures.pages.plans.MAX_AT_A_PARAGRAPH", 1)
    assert shown(paragraph.number) == [codes[0], "and 2 more measures"]
    Measure.objects.filter(code=codes[0].strip()).update(status="draft")
    assert shown(paragraph.number) == [codes[1], "and 1 more measure"]


def test_of_many_measures_a_topic_shows_the_first(client, monkeypatch):
    monkeypatch.setattr("measures.pages.topics.MAX_ON_A_TOPIC", 2)
    text = client.get("/en/categories/well-being/").text
    assert (text.count('class="row"'), "6 measures</h2>" in text) == (2, True)
    assert "The first 2 are shown here; the list has them all." in text
