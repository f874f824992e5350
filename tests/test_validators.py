"""Validators and conditions: one answer to one address, by GET or HEAD, whether it is kept, made anew or streamed."""

import gzip
import time
import zlib
from types import SimpleNamespace

import brotli
import pytest
from django.utils.http import http_date, parse_http_date

from futian_reform.page_cache.coding import Encoder, preferred_encoding
from measures.open_data import files
from tests.cached_site import LIST, Site, cached_site, edit

CODINGS = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
# Of each kind: a page, a feed, a file and a record; what is only kept when asked for twice; what a machine asks for.
ADDRESSES = [
    ("/", ""),
    (LIST, ""),
    (LIST, "centre=finance"),
    ("/zh-hant/measures/2020-07/", ""),
    ("/measures.atom", ""),
    ("/measures.json", ""),
    ("/measures.csv", "role=pilot"),
    ("/measures/2020-07.bib", ""),
    ("/api/measures/", "page=1"),
    ("/sitemap.xml", ""),
    ("/robots.txt", ""),
]
VALIDATORS = (
    "etag",
    "last-modified",
    "content-type",
    "content-encoding",
    "vary",
    "cache-control",
    "x-data-version",
)


@pytest.fixture
def site(databases):
    with cached_site() as site:
        yield site


@pytest.fixture
def streaming(monkeypatch):
    """Every file is a stream."""
    monkeypatch.setattr(files, "MAX_WHOLE", 0)


def clock(monkeypatch, seconds: float):
    """What the page cache takes for now is later by so many seconds."""
    later = SimpleNamespace(time=lambda: time.time() + seconds)
    monkeypatch.setattr("futian_reform.page_cache.cached_response.time", later)


@pytest.fixture
def settled(monkeypatch):
    """The last edit was a while ago."""
    clock(monkeypatch, 10)


def told(headers: dict[str, str]) -> dict[str, str | None]:
    return {name: headers.get(name) for name in VALIDATORS}


@pytest.mark.parametrize("coding", CODINGS)
def test_head_and_get_agree_and_nothing_is_fetched_twice(site, settled, coding):
    for path, query in ADDRESSES:
        status, headers, body = site.request(path, query, accept_encoding=coding)
        assert (status, headers["content-length"]) == (200, str(len(body))), path
        head = site.request(path, query, method="HEAD", accept_encoding=coding)
        assert head == (200, headers, b""), path
        conditions = {
            "if_none_match": (headers["etag"], f'"x", W/{headers["etag"]}, "y"', "*", " * "),
            "if_modified_since": (headers["last-modified"], http_date(time.time())),
        }
        for name, values in conditions.items():
            for value in values:
                for method in ("GET", "HEAD"):
                    answer = site.request(path, query, method=method, accept_encoding=coding, **{name: value})
                    assert (answer[0], answer[2]) == (304, b""), (path, name, value)
                    assert answer[1]["etag"] == headers["etag"]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", ["/measures.csv", "/measures.json"])
def test_a_stream_has_the_validators_of_a_page(site, streaming, settled, path, coding):
    whole = site.request(path)[2]
    status, headers, body = site.request(path, accept_encoding=coding)
    assert (status, CODINGS[coding](body)) == (200, whole)
    assert headers.get("content-encoding", "identity") == coding
    assert (headers["etag"][:1], "content-length" in headers, headers["vary"]) == (
        '"',
        False,
        "Accept-Encoding",
    )
    head = site.request(path, method="HEAD", accept_encoding=coding)
    assert head == (200, headers, b"")
    again = {"if_none_match": headers["etag"]}, {"if_modified_since": headers["last-modified"]}
    for condition in again:
        for method in ("GET", "HEAD"):
            answer = site.request(path, method=method, accept_encoding=coding, **condition)
            assert (answer[0], answer[2], told(answer[1])["etag"]) == (304, b"", headers["etag"])
            assert "content-encoding" not in answer[1]
    other = site.request(path, method="HEAD", accept_encoding="br" if coding != "br" else "gzip")
    assert other[1]["etag"] != headers["etag"]
    assert not len(site.cache.pages)
    held = [1 for _ in range(20) if site.cache.rendering.streams.acquire(blocking=False)]
    assert len(held) == 8  # a 304 and a HEAD gave their places back


def test_the_tag_of_a_stream_is_of_address_data_and_release(site, streaming, restored, monkeypatch):
    def tag(query="", **headers):
        return site.request("/measures.csv", query, method="HEAD", **headers)[1]["etag"]

    tags = [tag(), tag("role=pilot"), tag("role=pilot&centre=finance")]
    assert tag("centre=finance&utm_source=x&role=pilot&q=") == tags[2]  # one address, written in another way
    monkeypatch.setattr("futian_reform.page_cache.stream.release", lambda: b"another")
    tags.append(tag())
    edit()
    tags.append(tag())
    restored.restore()
    edit()  # the same number once more, at another time
    tags.append(tag())
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_stream_that_is_cut_is_an_error_to_decoders(coding):
    encoder = Encoder(coding)
    pieces = [encoder.piece(b"a,row\r\n" * 9000) for _ in range(3)]
    for cut in (1, 2, 3):
        decoder = brotli.Decompressor() if coding == "br" else zlib.decompressobj(zlib.MAX_WBITS | 16)
        decode = decoder.process if coding == "br" else decoder.decompress
        assert (b"a,row\r\n" * 9000 * cut).startswith(decode(b"".join(pieces[:cut])))
        with pytest.raises((brotli.error, zlib.error)):
            decode(Encoder.CUT[coding])


def test_encodings_are_made_once_and_hold_the_same_page(site):
    plain = site.request(LIST)[2]
    _status, headers, packed = site.request(LIST, accept_encoding="gzip, deflate, br")
    assert (headers["content-encoding"], brotli.decompress(packed)) == ("br", plain)
    _status, headers, packed = site.request(LIST, accept_encoding="gzip")
    assert (headers["content-encoding"], gzip.decompress(packed)) == ("gzip", plain)
    tags = {site.request(LIST, accept_encoding=name)[1]["etag"] for name in ("br", "gzip", "")}
    assert len(tags) == 3
    assert site.asked == [LIST]


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0.0", ""),
        ("identity", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("GZIP;q=0.5, BR;q=0.1", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("gzip;q=1.0, br;q=0.999", "gzip"),
        ("gzip ; q=0.5 , identity;q=0.4", "gzip"),
        ("gzip;q=0.5, identity", ""),
        ("gzip, identity", "gzip"),
        ("identity;q=0, *;q=0.1", "br"),
        ("br;q=x, gzip;q=2", ""),
        ("zstd, deflate", ""),
        (",;q=,;;", ""),
    ],
)
def test_encoding_is_one_that_the_client_accepts(accept, encoding):
    assert preferred_encoding(accept) == encoding


def test_unchanged_page_is_a_304_without_body(site):
    _status, headers, _body = site.request(LIST, accept_encoding="br")
    for tags in (headers["etag"], f'W/"x", W/{headers["etag"]}', "*"):
        status, short, body = site.request(LIST, accept_encoding="br", if_none_match=tags)
        assert (status, body, short["etag"]) == (304, b"", headers["etag"])
        assert "content-encoding" not in short
    assert site.request(LIST, accept_encoding="br", if_none_match='"other"')[0] == 200
    # A tag that does not fit decides, whatever the time says.
    modified = headers["last-modified"]
    assert site.request(LIST, if_none_match='"other"', if_modified_since=modified)[0] == 200


@pytest.mark.parametrize("path", [LIST, "/measures.csv"])
def test_a_page_made_within_two_seconds_of_an_edit_is_fetched_anew_by_time_once(
    site,
    restored,
    monkeypatch,
    path,
):
    """While another edit may share its second, time says nothing; once none can, it says the page's own second, though the
    page was kept before."""
    if path.endswith(".csv"):
        monkeypatch.setattr(files, "MAX_WHOLE", 0)
    edit("First in this second")
    site.cache.poll.look()
    first = site.request(path)[1]["last-modified"]
    edit("Second in this second")
    site.cache.poll.look()
    second = site.request(path)[1]["last-modified"]
    for since in (first, second, http_date(time.time())):
        assert site.request(path, if_modified_since=since)[0] == 200
    clock(monkeypatch, 2.1)
    assert site.request(path, if_modified_since=first)[0] == 200
    settled = site.request(path)[1]["last-modified"]
    assert parse_http_date(settled) == parse_http_date(second) + 1
    assert site.request(path, if_modified_since=settled)[::2] == (304, b"")
    assert site.request(path, method="HEAD")[1]["last-modified"] == settled


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (0, 304),
        (1, 304),  # another clock, or the time of the file that the client wrote
        (-1, 200),
        (3600, 200),  # a time to come
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_dates_that_clients_ask_by(site, settled, since, status):
    modified = parse_http_date(site.request(LIST)[1]["last-modified"])
    asked = http_date(modified + since) if isinstance(since, int) else since
    assert site.request(LIST, if_modified_since=asked)[0] == status


def test_an_answer_that_outgrows_the_cache_is_never_stale(site, restored, monkeypatch):
    """Neither the kept one nor a 304 for it is sent once more, whoever asks and however."""
    for _ in range(2):  # what has a query is kept from the second time on
        first = site.request("/measures.csv", "sort=title")
    assert ("/measures.csv", "sort=title") in site.cache.pages
    monkeypatch.setattr(files, "MAX_WHOLE", 0)
    edit()
    site.cache.poll.look()
    now = str(int(first[1]["x-data-version"]) + 1)
    for condition in (
        {"if_none_match": first[1]["etag"]},
        {"if_modified_since": first[1]["last-modified"]},
        {},
    ):
        status, headers, body = site.request("/measures.csv", "sort=title", **condition)
        assert (status, headers["x-data-version"], b"An edited title" in body) == (200, now, True)
    assert not len(site.cache.pages)
    assert site.cache.pages.bytes == 0


def test_where_there_is_no_place_for_a_stream_the_old_answer_is_not_sent(site, restored, monkeypatch):
    for _ in range(2):
        site.request("/measures.csv", "sort=title")
    edit()
    site.cache.poll.look()
    places = [site.cache.rendering.streams.acquire(blocking=False) for _ in range(8)]
    assert all(places)
    short = site.request("/measures.csv", "sort=title")  # not a stream, so a thread for pages can make it
    assert (short[0], b"An edited title" in short[2]) == (200, True)
    monkeypatch.setattr(files, "MAX_WHOLE", 0)
    edit("Edited once more")
    site.cache.poll.look()
    status, headers, _body = site.request("/measures.csv", "sort=title")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "2", "no-store")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [path for path, _query in ADDRESSES])
def test_a_database_that_answers_is_asked_though_it_was_just_away(site, streaming, path, method):
    """As pages are, so are files that are streams."""
    site.cache.poll.failure = "OperationalError"
    assert site.request(path, method=method)[0] == 200


def test_a_file_that_cannot_be_made_is_sent_as_it_was(site, restored):
    """Not to be made is another thing than to be a stream."""
    for _ in range(2):
        first = site.request("/measures.csv", "sort=title")
    edit()
    site.cache.poll.look()
    broken = Site(lambda environ, start_response: 1 / 0)
    broken.cache.pages, broken.cache.poll = site.cache.pages, site.cache.poll
    broken.cache.poll.failure = "OperationalError"  # the database does not answer
    assert broken.request("/measures.csv", "sort=title") == first
