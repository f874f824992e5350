"""The page of a measure shows its whole record, in the page's language."""

import html
import re

import pytest

from measures.models import Measure, Version
from tests.open_data.forms import codes_of_rows


def words_of(response) -> str:
    """What a reader sees: without tags, white space folded."""
    body = response.text.split("<main", 1)[1].split("</main>")[0].replace("<wbr>", "")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def texts_of(document: dict, language: str) -> list[str]:
    """Every text of a measure's document in one language, with those of what belongs to it."""
    texts = [document["code"], document["official_name_zh"], *document[f"keywords_{language}"]]
    for part in [document, *document["actions"], *document["centres"], *document["districts"]]:
        texts += [
            text for name, text in part.items() if name.endswith(f"_{language}") and isinstance(text, str)
        ]
    return [" ".join(text.split()) for text in texts if text]


@pytest.mark.parametrize(("prefix", "language"), [("", "zh"), ("/en", "en")])
def test_every_text_of_every_measure_is_on_its_page(client, prefix, language):
    for version in Version.objects.filter(kind="measure"):
        words = words_of(client.get(f"{prefix}/measures/{version.key}/"))
        assert [text for text in texts_of(version.document, language) if text not in words] == [], version.key


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_measure_15_in_full(client, prefix):
    response = client.get(f"{prefix}/measures/2020-15/")
    measure = Measure.objects.get(number=15)
    items = re.findall(r'<li id="action-(\d+)".*?</li>', response.text, re.DOTALL)
    assert items == [str(position) for position in range(1, 9)]
    cited = re.findall(r'id="action-\d+".*?#p(\d+)"', response.text, re.DOTALL)
    assert cited == [str(number) for number in measure.actions.values_list("paragraph__number", flat=True)]
    places = re.findall(
        r'href="[^"]*/districts/([a-z-]+)/"', response.text.split("<article", 1)[1].split("</article>")[0]
    )
    assert places == ["futian", "xiangmihu"]


def test_a_draft_has_no_page(client, restored):
    Measure.objects.filter(number=15).update(status="draft")
    assert client.get("/measures/2020-15/").status_code == 404
    assert client.get("/measures/2020-14/").context["after"].number == 16
    assert len(codes_of_rows(client.get("/measures/").text)) == 27
