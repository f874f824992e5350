"""A list is cited with its address at a data version, its number, its time and a fingerprint, which can be verified."""

import csv
import hashlib
import json
import re
from html import unescape
from io import BytesIO, StringIO
from urllib.parse import urlencode

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from measures.catalogue import Catalogue
from measures.models import DataVersion, Measure, Version
from measures.open_data import verifying
from measures.selection.filter import MeasureFilter
from measures.snapshots import editing_as
from tests.models.steps import live

QUERY = "role=pilot"


def cited(client, query: str = QUERY):
    return client.get(f"/en/measures/?{query}").context["citation"]


def verified(client, **given):
    return client.get(f"/en/cite/verify/?{urlencode(given)}", follow=True)


def test_a_fingerprint_is_that_of_codes_versions_and_documents(client):
    codes = [each["code"] for each in client.get(f"/api/measures/?{QUERY}").json()["results"]]
    lines = []
    for code in sorted(codes):
        version = Version.objects.filter(kind="measure", key=code).order_by("-number").first()
        lines.append(f"{code} {version.number} {version.digest}\n")
    assert cited(client).work.fingerprint == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_order_of_a_list_plays_no_part(client):
    assert cited(client, f"{QUERY}&sort=title").work.fingerprint == cited(client).work.fingerprint
    assert cited(client, "role=responsible").work.fingerprint != cited(client).work.fingerprint


def test_large_selections_have_the_same_fingerprint_and_do_not_print_it(client, monkeypatch):
    printed = cited(client)
    monkeypatch.setattr(verifying, "MAX_PRINTED", 2)
    filterset = MeasureFilter({"role": "pilot"}, catalogue=Catalogue.current())
    assert filterset.is_valid()
    assert verifying.fingerprint_of(verifying.lines_of(filterset)) == printed.work.fingerprint


def test_a_list_says_address_number_time_and_fingerprint(client):
    page, citation, version = client.get(f"/en/measures/?{QUERY}"), cited(client), DataVersion.objects.live()
    assert citation.work.permanent == f"{settings.SITE_ORIGIN}/measures/?{QUERY}&as_of={version.number}"
    with override("en"):
        at = date_format(localtime(version.at), "DATETIME_FORMAT")
    assert f"{version.number}, of {at}; {page.context['listing'].count} measures" in page.text
    assert f'<code id="cite-fingerprint">{citation.work.fingerprint}</code>' in page.text
    assert f"SHA-256 {citation.work.fingerprint}" in citation.work.bibtex()
    assert citation.work.permanent in citation.gbt
    assert 'rel="nofollow"' in re.search(r'<a href="[^"]+as_of=[^"]*"[^>]*>', page.text)[0]


def test_the_citation_of_the_past_is_that_of_its_time(client, restored):
    before, number = cited(client), live()
    with editing_as("lin"):
        Measure.objects.filter(code="2020-05").update(title_en="Edited")
    then = cited(client, f"{QUERY}&as_of={number}")
    assert (then.work.permanent, then.work.fingerprint, then.gbt) == (
        before.work.permanent,
        before.work.fingerprint,
        before.gbt,
    )


def test_a_citation_is_verified_for_ever(client, restored):
    citation = cited(client, "category=well-being")
    with editing_as("lin"):
        Measure.objects.filter(category__slug="well-being").update(title_en="Edited")
    with editing_as("lin"):
        Measure.objects.filter(code="2020-20").delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT measures_new_lineage(1)")  # what a restored backup does
    page = verified(client, address=citation.work.permanent, fingerprint=citation.work.fingerprint)
    assert page.context["found"].same
    assert '<h2 id="verified">The same</h2>' in page.text
    # Another host, a language and a form of answer play no part.
    for address in ("https://example.org/measures.csv", "/zh-hant/measures/", "/measures.json"):
        address += f"?category=well-being&as_of={citation.version.number}"
        assert (
            verified(client, address=address, fingerprint=f" {citation.work.fingerprint.upper()} ")
            .context["found"]
            .same
        )


@pytest.mark.parametrize(
    ("written", "fingerprint"),
    [
        (" {} ", " {} "),
        ("{}。", "{}。"),
        ("{}.", "{}."),
        ("{}）", "{})"),
        ("{}", "SHA-256 {}"),
        ("{}", "sha256:{}"),
        ("http://example.org{}", "{}"),
        ("example.org{}", "{}"),
        ("127.0.0.1:8000{}", "{}"),
        ("/EN{}", "{}"),
        ("HTTPS://example.org{}", "SHA256={}"),
        ("<http://example.org{}>", "({})"),
        ("“http://example.org{}”", "“{}”"),
    ],
)
def test_a_citation_is_verified_as_it_was_copied(client, databases, written, fingerprint):
    citation = cited(client, QUERY)
    address = f"/measures/?{QUERY}&as_of={citation.version.number}"
    for copied in (address, address.replace("&", "&amp;")):
        page = verified(
            client, address=written.format(copied), fingerprint=fingerprint.format(citation.work.fingerprint)
        )
        assert page.context["found"].same
        assert client.get(unescape(re.search(r'<dd><a href="([^"]+)', page.text)[1])).status_code in (
            200,
            302,
        )


@pytest.mark.parametrize(
    "address",
    [
        "/measures.csv?rol=pilot&as_of=1",
        "/measures/?rol=pilot&as_of=1",
        "/api/measures/?role=pilot&yaer=2020&as_of=1",
        "/measures/?role=pilot%E3%80%82&as_of=1",
        "/measures.json?role=pilot%20&as_of=1&utm_source=x",
        "/measures/?ROLE=pilot&as_of=1",
        "/measures/?role=pilot&as_of=1&as_of=",
        "/measures/?role=x&as_of=1",
        "/measures.csv?q=%FF&as_of=1",
        "/measures.atom?role=pilot&as_of=1",
        "/timemap/measures/?role=pilot&as_of=1",
        "/measures/suggestions.json?q=a&as_of=1",
        f"/measures.csv?{'&'.join(f'a{number}=1' for number in range(300))}&as_of=1",
    ],
)
def test_an_address_is_read_as_the_site_reads_it(client, databases, address):
    """The measures that are counted are those that the address gives; what gives no list of the past is no citation."""
    answer, page = client.get(address, follow=True), verified(client, address=address)
    numbered = answer.headers.get("Memento-Datetime") and answer.status_code == 200
    assert page.status_code == (200 if numbered else 400)
    if numbered:
        form = answer.headers["Content-Type"].partition(";")[0]
        count = {
            "text/html": lambda: answer.context["listing"].count,
            "text/csv": lambda: len(list(csv.reader(StringIO(answer.text)))) - 1,
            "application/json": lambda: answer.json()["count"],
        }[form]()
        assert page.context["found"].count == count


def test_what_differs_is_told(client, restored):
    number = live()
    address = f"/measures/?{QUERY}&as_of={number}"
    codes = [each["code"] for each in client.get(f"/api/measures/?{QUERY}").json()["results"]]
    other = verified(client, address=address, fingerprint="0" * 64)
    assert "Not the same" in other.text
    assert "The fingerprint is another." in other.text
    told = verified(client, address=address, fingerprint="0" * 64, measures=" ".join([*codes[1:], "2020-99"]))
    assert (told.context["found"].came, told.context["found"].went) == (codes[:1], ["2020-99"])
    assert "The search was improved since." not in told.text


@pytest.mark.parametrize(
    "text", ["改革{}，第1版", "{}号（2026-11-27）", '{{"code": "{}"}}', "/measures/{}/;2026-11-27T01:02"]
)
def test_codes_are_read_from_any_text(client, databases, text):
    codes = [each["code"] for each in client.get(f"/api/measures/?{QUERY}").json()["results"]]
    copied = {"address": f"/measures/?{QUERY}&as_of={live()}", "measures": "\n".join(map(text.format, codes))}
    found = verified(client, **copied).context["found"]
    assert (found.came, found.went) == ([], [])


def test_a_search_that_was_improved_says_what_came_and_went(client, monkeypatch):
    number, query = live(), "q=jiaoyu"
    then = cited(client, query)
    codes = [each["code"] for each in client.get(f"/api/measures/?{query}").json()["results"]]
    found = MeasureFilter.fitting.func

    def improved(filterset):
        fitting = found(filterset)
        key = filterset.catalogue.register.key_of(codes[0])
        fitting.bitmap &= ~(1 << filterset.catalogue.register.position(key))
        return fitting

    monkeypatch.setattr(MeasureFilter, "fitting", property(improved))
    address = f"/measures/?{query}&as_of={number}"
    page = verified(client, address=address, fingerprint=then.work.fingerprint, measures=",".join(codes))
    assert page.context["found"].went == codes[:1]
    assert "The search was improved since." in page.text
    with pytest.raises(
        CommandError, match=f"the search was improved since. These came: none. These went: {codes[0]}"
    ):
        call_command(
            "verify_citation", address, then.work.fingerprint, measures=written(codes), stdout=StringIO()
        )


def written(codes):
    class Codes:
        def read_text(self, encoding):
            return json.dumps(codes)

    return Codes()


@pytest.mark.parametrize(
    "address",
    [
        "x",
        "http://[",
        "/measures/",
        "/about/?as_of=1",
        "/measures/?as_of=9999",
        "/measures/?category=x&as_of=1",
    ],
)
def test_what_is_no_citation_is_refused(client, address):
    page = verified(client, address=address)
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_a_command_verifies_too(client):
    citation, output = cited(client), StringIO()
    call_command("verify_citation", citation.work.permanent, citation.work.fingerprint, stdout=output)
    assert output.getvalue().splitlines()[-1] == "same"
    with pytest.raises(CommandError, match="not the same: the fingerprint is another"):
        call_command("verify_citation", citation.work.permanent, "f" * 64, stdout=StringIO())
    with pytest.raises(CommandError, match="This is not the address of a list at a data version"):
        call_command("verify_citation", "/measures/", stdout=StringIO())


@pytest.mark.parametrize("content", [None, "改革".encode("gb18030")], ids=["not there", "not UTF-8"])
def test_the_command_says_that_a_file_cannot_be_read(client, tmp_path, content):
    file = tmp_path / "codes.txt"
    if content:
        file.write_bytes(content)
    with pytest.raises(CommandError, match="The file of measures cannot be read"):
        call_command("verify_citation", cited(client).work.permanent, measures=file, stdout=StringIO())


def test_files_print_the_address_at_which_they_stay(client):
    address = f"{settings.SITE_ORIGIN}/measures.json?{QUERY}&as_of={live()}"
    for query in (QUERY, f"{QUERY}&as_of={live()}"):
        assert json.loads(client.get(f"/measures.json?{query}").getvalue())["address"] == address
        book = openpyxl.load_workbook(BytesIO(client.get(f"/measures.xlsx?{query}").getvalue()))
        cells = [cell.value for row in book["source 来源与许可"].iter_rows() for cell in row]
        assert f"{settings.SITE_ORIGIN}/measures/?{QUERY}&as_of={live()}" in cells
        assert f"{settings.SITE_ORIGIN}/en/measures/?{QUERY}&as_of={live()}" in cells


def test_a_migration_to_another_shape_leaves_fingerprints_as_they_were(client, restored):
    citation = cited(client)
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN; SELECT set_config('futian.migration', 'yes', true);"
            " UPDATE measures_measure SET note_en = note_en || ' another shape'; COMMIT"
        )
    assert live() == citation.version.number + 1
    assert cited(client).work.fingerprint != citation.work.fingerprint
    page = verified(client, address=citation.work.permanent, fingerprint=citation.work.fingerprint)
    assert page.context["found"].same
