"""Search in every script, on the shipped content and held against a plain scan of it."""

import random
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import opencc
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.http import QueryDict

from measures import search
from measures.editions import _edition
from measures.filters import MeasureFilter
from measures.listing import Listing, hits
from measures.models import Action, Category, District, Measure, SearchRow
from measures.querysets import Search, records
from measures.snapshots import editing_as

BUSINESS = {"2020-10", "2020-11", "2020-12", "2020-13", "2020-14"}


def filtered(q: str) -> MeasureFilter:
    data = QueryDict(mutable=True)
    data["q"] = q
    filterset = MeasureFilter(data, Measure.objects.published())
    assert filterset.is_valid(), filterset.form.errors
    return filterset


def found(q: str) -> list[str]:
    return [measure.code for measure in filtered(q).qs]


def searched(q: str) -> set[str]:
    """What the filter's search finds, without the filter's form: for tests that ask a thousand times."""
    rows = SearchRow.objects.present().filter(Search(q, "default").condition())
    return set(rows.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("营商环境", BUSINESS),
        ("營商環境", BUSINESS),
        ("yingshanghuanjing", BUSINESS),
        ("YingShangHuanJing", BUSINESS),
        ("ying shang huan jing", BUSINESS),
        ("yíng shāng huán jìng", BUSINESS),
        ("ying2shang1huan2jing4", BUSINESS),
        ("yshj", BUSINESS),
        ("business environment", {*BUSINESS, "2020-06"}),
        ("数字货币", {"2020-05"}),
        ("數字貨幣", {"2020-05"}),
        ("shuzihuobi", {"2020-05"}),
        ("digital currency", {"2020-05"}),
        ("digital currencies", {"2020-05"}),
        ("河套", {"2020-01", "2020-02"}),
        ("Hetao", {"2020-01", "2020-02"}),
        ("HTCZ", {"2020-01", "2020-02"}),
        ("教师轮岗", {"2020-23"}),
        ("5g", {"2020-07", "2020-09"}),
        ("５Ｇ", {"2020-07", "2020-09"}),
        ("5g应用", {"2020-09"}),
        ("1+N", {"2020-16"}),
        ("e站", {"2020-15"}),
        ("2.0版", {"2020-19"}),
        ("公共衞生", {"2020-20"}),
        ("2020-07", {"2020-07"}),
        ("xmh", {"2020-15"}),
        ('"digital currency"', {"2020-05"}),
        ('"currency digital"', set()),
        ("jinrong keji", {"2020-05", "2020-14"}),
        ("arbitration", {"2020-04", "2020-05"}),
        ("arbitrations hong kong", {"2020-04", "2020-05"}),
        ("金融科枝", set()),
        ("集体经济“1+N”多元化", {"2020-16"}),
    ],
)
def test_query_finds(databases, q, expected):
    assert set(found(q)) == searched(q) == expected
    assert filtered(q).fitting.total == len(expected)


def test_title_comes_first(databases):
    codes = found("教育")
    titled = [code for code in codes if "教育" in Measure.objects.get(code=code).title_zh]
    assert titled == ["2020-22"]
    assert codes[: len(titled)] == titled


@pytest.mark.parametrize("q", ["鸾凤", "鸾凤和鸣", "luanfeng", "lfhm", "鸾凤 Phoenixes", '"phoenixes in" 鸾'])
def test_title_comes_first_as_it_is_now(restored, q):
    for titled, other in (("2020-28", "2020-01"), ("2020-01", "2020-28")):
        Measure.objects.filter(code=titled).update(title_zh="鸾凤和鸣", title_en="Phoenixes in harmony")
        Measure.objects.filter(code=other).update(
            title_zh="——", title_en="", note_zh="鸾凤和鸣 Phoenixes in harmony"
        )
        assert found(q) == [titled, other]
        assert list(filtered(q).keys) == [Measure.objects.get(code=code).pk for code in (titled, other)]


def everything_searched() -> Iterator[tuple[str, list[str]]]:
    """The code of every public measure and all of its texts that are searched, without the search row."""
    measures = Measure.objects.filter(status="published").with_full_record()
    for measure in measures:
        own = [
            measure.title_zh,
            measure.official_name_zh,
            measure.summary_zh,
            measure.note_zh,
            *measure.keywords_zh,
        ]
        own += [measure.title_en, measure.summary_en, measure.note_en, *measure.keywords_en, measure.code]
        own += [part for action in measure.actions.all() for part in (action.text_zh, action.text_en)]
        named = [
            measure.category,
            *(link.centre for link in measure.centre_links.all()),
            *measure.audiences.all(),
        ]
        named += [place.district for place in measure.district_roles.all()]
        for record in named:
            own += [
                record.name_zh,
                record.name_en,
                getattr(record, "short_zh", ""),
                getattr(record, "short_en", ""),
            ]
            own += getattr(record, "aliases", [])
        yield measure.code, own


def test_recall_of_1000_random_substrings(databases):
    """Every run of 1 to 8 Chinese characters that stands somewhere is found there, and nowhere else."""
    texts = dict(everything_searched())
    runs = [run for own in texts.values() for text in own for run in re.findall(f"[{search.HAN}]+", text)]
    generator = random.Random(2020)
    queries = set()
    while len(queries) < 1000:
        run = generator.choice(runs)
        length = generator.randint(1, min(8, len(run)))
        at = generator.randint(0, len(run) - length)
        queries.add(run[at : at + length])
    for q in sorted(queries):
        expected = {code for code, own in texts.items() if any(q in text for text in own)}
        assert searched(q) == expected, q


def test_recall_of_every_latin_word(databases):
    """Every word is found wherever it stands; beyond that, only where another form of it does."""
    texts = {code: " ".join(map(search.normalized, own)) for code, own in everything_searched()}
    words = {code: set(re.findall("[a-z0-9]+", text)) for code, text in texts.items()}
    with connection.cursor() as cursor:
        every = sorted(set.union(*words.values()))
        cursor.execute(
            "SELECT w, coalesce((ts_lexize('measures_english', w))[1], w) FROM unnest(%s::text[]) w", [every]
        )
        stems = dict(cursor.fetchall())
    stems_of = {code: {stems[word] for word in own} for code, own in words.items()}
    assert len(every) > 1000
    for word in every:
        expected = {code for code, own in stems_of.items() if stems[word] in own}
        assert searched(f'"{word}"') == expected, word


@pytest.mark.parametrize("standard", ["s2t", "s2hk", "s2tw"])
def test_traditional_characters_of_each_standard_lead_to_the_content(databases, standard):
    convert = opencc.OpenCC(standard).convert
    for _code, own in everything_searched():
        for text in own:
            assert search.simplified(convert(text)) == text


def test_all_readings_of_a_character_are_found(databases):
    assert found("重大决策") == found("zhongdajuece") == found("chongdajuece") == ["2020-17"]
    assert set(found("zhongda")) & set(found("chongda")) >= set(found("重大"))


def test_normalisation_is_the_same_in_the_database(databases):
    samples = ["Ｆｕｔián “１＋Ｎ”", "lǜsè", "ÉCOLE’S", "㈱ﬁ", "教育\t改革", "İı", "한국", "𠀀〇"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measures_normalized(t) FROM unnest(%s::text[]) WITH ORDINALITY u (t, i) ORDER BY i",
            [samples],
        )
        assert [text for (text,) in cursor.fetchall()] == [search.normalized(text) for text in samples]


@pytest.mark.parametrize(
    ("q", "code", "field", "marked", "pinyin"),
    [
        ("jinrongkeji", "2020-05", "Title", "金融科技", "jīn róng kē jì"),
        ("核心新引擎", "2020-01", "Action 1", "核心新引擎", ""),
        ("河套", "2020-01", "Keywords", "河套", ""),
        ("文化教育中心", "2020-23", "Centre", "文化教育中心", ""),
        ("梅林彩田片区", "2020-25", "Place", "梅林彩田片区", ""),
        ("personnel", "2020-28", "Keywords", "personnel", ""),
        ("国际一流营商环境", "2020-12", "Category", "国际一流营商环境", ""),
    ],
)
def test_hit_says_where_it_matched(databases, settings, q, code, field, marked, pinyin):
    from django.utils.translation import override

    filterset = filtered(q)
    found = records(list(filterset.keys), filterset.queryset.db)
    (document,) = [document for document, *_more in found if document["code"] == code]
    with override("en"):
        (hit,) = hits(document, filterset.edition.searched_names, filterset.search)
        assert (hit.field, hit.pinyin) == (field, pinyin)
        assert re.findall("<mark>(.*?)</mark>", hit.snippet) == [marked]


def test_every_hit_of_a_search_is_marked_somewhere(databases, client):
    for q in ("服务", "yshj", "services", "fuwu", "e站 香蜜湖"):
        response = client.get("/en/measures/", {"q": q})
        rows = re.findall(r'<li class="row.*?</li>', response.text, re.S)
        assert len(rows) == len(response.context["listing"].rows) > 0
        assert all("<mark>" in row or "hit-pinyin" in row for row in rows), q


def test_snippets_are_escaped(restored, client):
    Action.objects.filter(measure__code="2020-03", position=1).update(text_zh="甲<script>乙</script>&丙丁")
    response = client.get("/measures/?q=" + quote("丙丁"))
    assert "甲&lt;script&gt;乙&lt;/script&gt;&amp;<mark>丙丁</mark>" in response.text
    assert "<script>乙" not in response.text


@pytest.mark.parametrize(
    ("q", "better", "code"),
    [
        ("金融科枝", "金融科技", "2020-05"),  # a wrong character
        ("教轮岗", "教师轮岗", "2020-23"),  # a missing one
        ("数字字货币", "数字货币", "2020-05"),  # one too many
        ("arbitraton", "arbitration", "2020-04"),
        ("digital currecny", "digital currency", "2020-05"),
    ],
)
def test_closest_where_nothing_fits(databases, client, q, better, code):
    response = client.get("/en/measures/", {"q": q})
    listing = response.context["listing"]
    assert (listing.count, listing.rows) == (0, [])
    best = listing.closest[0]
    assert (best.query, best.measures[0].code) == (better, code)
    assert best.count == len(found(better))
    assert "The closest, not exact" in response.text
    assert f'href="/en/measures/?q={quote_plus(better)}"' in response.text


@pytest.mark.parametrize(
    "q",
    ["'; drop table measures_measure; --", "%", "_", "\\", "a\\", ":*&|!()", '"', '"a', "“", "<1>", "'", "''", "a'b", "🙂",
     "العربية", "\u202eabc", "привет", "한국어", "&amp;", "a" * 200, "的" * 200, "yi" * 100, "a " * 99, "xian " * 40,
     "shishi" * 30, "\u0301", "ﬃ", "𠮷野家", "\t \n", "NULL", "e'", "1 1 1 1"],
)  # fmt: skip
def test_strange_queries_have_an_answer(databases, client, q):
    response = client.get("/measures/?q=" + quote(q), follow=True)
    assert response.status_code == 200
    assert len(response.context["listing"].rows) == response.context["listing"].count


@pytest.mark.parametrize(
    "query",
    ["q=" + "a" * 201, "q=" + "a" * 3900, "q=" + quote("的" * 201), "q=%ff%fe", "q=%00", "q=" + "a" * 10_000],
)
def test_unreadable_queries_are_refused_with_a_reason(databases, client, query):
    response = client.get(f"/en/measures/?{query}")
    assert response.status_code == 400
    assert re.search("200 characters|cannot be read|too long|NUL", response.text)


def test_search_that_takes_too_long_has_a_page_of_its_own(databases, client, monkeypatch):
    monkeypatch.setattr("measures.querysets.VOCABULARY", "SELECT pg_sleep(10)")
    _edition.cache_clear()
    with connections["reader"].cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    client.raise_request_exception = False
    try:
        response = client.get("/en/measures/?q=" + quote("shishi" * 30))
    finally:
        connections["reader"].close()
    assert response.status_code == 503
    assert "takes too long" in response.text


# --- As fresh as the record ---


def fresh(measure="2020-03", word="鸾凤") -> bool:
    return measure in found(word)


def test_search_follows_every_path_of_change(restored, tmp_path):
    measure = Measure.objects.get(code="2020-03")
    assert not fresh()
    with editing_as("editor"):
        measure.note_zh = "鸾凤"
        measure.save()
    assert fresh()
    Measure.objects.filter(pk=measure.pk).update(note_zh="")
    assert not fresh()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE measures_action SET text_zh = '鸾凤' WHERE measure_id = %s AND position = 1", [measure.pk]
        )
    assert fresh()
    Action.objects.filter(measure=measure, position=1).delete()
    assert not fresh()
    Action.objects.create(measure=measure, position=1, text_zh="鸾凤", paragraph=measure.paragraphs.first())
    assert fresh()
    measure.refresh_from_db()
    measure.status = "draft"
    measure.save()
    assert not fresh()
    assert not SearchRow.objects.present().filter(code=measure.code).exists()
    measure.status = "published"
    measure.save()
    assert fresh()
    fixture = tmp_path / "measure.json"
    with fixture.open("w") as file:
        call_command("dumpdata", "measures.action", natural_foreign=True, natural_primary=True, stdout=file)
    Action.objects.filter(measure=measure, position=1).update(text_zh="x")
    assert not fresh()
    call_command("loaddata", str(fixture), verbosity=0)
    assert fresh()


def test_renamed_vocabulary_is_found_by_its_new_name_only(restored):
    Category.objects.filter(slug="well-being").update(name_zh="鸾凤和鸣")
    District.objects.filter(slug="meicai").update(aliases=["琉璃"])
    assert set(found("鸾凤")) == set(
        Measure.objects.filter(category__slug="well-being").values_list("code", flat=True)
    )
    assert found("琉璃") == found("liuli") == ["2020-25"]
    assert found("民生幸福标杆") == []


def test_deleted_and_truncated_measures_leave_no_row(restored):
    Measure.objects.get(code="2020-28").delete()
    assert SearchRow.objects.present().count() == 27
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE measures_measure CASCADE")
    assert SearchRow.objects.present().count() == 0


def test_draft_is_not_found(restored):
    Measure.objects.filter(code="2020-05").update(status="draft", note_zh="鸾凤和鸣")
    listing = Listing(filtered("鸾凤和鸣"))
    assert (listing.count, listing.closest) == (0, [])
    assert found("数字货币") == []


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("/measures/?q=arbitratoin", '<span lang="en">arbitration</span>'),
        ("/en/measures/?q=arbitratoin", "arbitration"),
        ("/en/measures/?q=金融科枝", '<span lang="zh-Hans">金融科技</span>'),
        ("/measures/?q=金融科枝", "金融科技"),
    ],
)
def test_a_suggestion_says_its_language(client, address, suggestion):
    assert f">{suggestion}</a> <span" in client.get(address, follow=True).text
