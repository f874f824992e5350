"""Other words for the same, as staff write them down."""

import pytest

from measures.catalogue import Catalogue
from measures.models import Synonym
from measures.search import Search

from .queries import answers, found

ONE_WAY = [("看病", "医疗"), ("贷款", "融资"), ("地铁", "交通"), ("go to court", "司法服务"), ("lawsuit", "诉讼"), ("bicycle lane", "交通"), ("bike", "arbitration"), ("小微企业", "企业"), ("CBD", "福田")]  # fmt: skip
BOTH_WAYS = [("老师", "教师"), ("HK", "香港"), ("GBA", "大湾区"), ("teachers", "教师"), ("kids", "学生")]


@pytest.fixture
def with_synonyms(restored):
    Synonym.objects.all().delete()
    for word, means in ONE_WAY:
        Synonym.objects.create(word=word, means=means)
    for word, means in BOTH_WAYS:
        Synonym.objects.create(word=word, means=means, both_ways=True)


def test_synonyms(with_synonyms, client):
    for word, means in ONE_WAY:
        exact = {q: set(found(f'"{q}"')) for q in (word, means)}
        assert answers(client, word) >= exact[means] != set(), word
        assert answers(client, means) == exact[means], means
    for word, means in BOTH_WAYS:
        exact = {q: set(found(f'"{q}"')) for q in (word, means)}
        assert answers(client, word) >= exact[word] | exact[means] != set()
        assert answers(client, means) >= exact[word] | exact[means]


@pytest.mark.parametrize(
    ("q", "same"),
    [("去哪里看病", "看病"), ("小微企业贷款", "小微企业 贷款"), ("如何go to court", "go to court"), ("老師", "老师"), ("“老师”", '"老师"')],
)  # fmt: skip
def test_synonyms_in_longer_queries(with_synonyms, client, q, same):
    assert answers(client, q) == set(found(same))


FORMS = [("lawsuits", "lawsuit"), ("bikes", "bike"), ("biking", "bike"), ("bicycle lanes", "bicycle lane"), ("kid", "kids"), ("teacher", "teachers"),
         ("如何going to court", "go to court"), ("bikes国际", "bike 国际"), ("LAWSUITS", "lawsuit"), ("courts, going to", "courts going to")]  # fmt: skip


@pytest.mark.parametrize(("q", "same"), FORMS)
def test_a_synonym_stands_for_all_forms_of_its_words(with_synonyms, client, q, same):
    assert answers(client, q) == set(found(same)) != set()


def test_what_was_looked_for_besides_is_said(with_synonyms, client):
    page = client.get("/en/measures/", {"q": "老师"}).text
    assert "For “老师”, “教师” is looked for too." in page
    assert "is looked for too" not in client.get("/en/measures/", {"q": '"老师"'}).text


def test_a_synonym_lasts_as_long_as_it_stands(with_synonyms):
    assert Search("老师", Catalogue.current()).synonyms_used == [("老师", "教师")]
    Synonym.objects.get(word="老师").delete()
    assert Search("老师", Catalogue.current()).synonyms_used == []
