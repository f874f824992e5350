"""The page cache as the WSGI application that the server loads, around the real Django."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import Queue
from types import SimpleNamespace

import pytest
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse

from futian_reform.page_cache import single_flight
from futian_reform.page_cache.single_flight import SingleFlight
from measures.models import DataVersion
from tests.cached_site import LIST, Site, cached_site, edit


@pytest.fixture
def site(databases):
    with cached_site() as site:
        yield site


def test_a_hit_does_not_enter_django_and_has_the_same_bytes(site):
    status, headers, body = site.request(LIST)
    assert (status, headers["content-length"]) == (200, str(len(body)))
    assert [site.request(LIST) for _ in range(5)] == [(status, headers, body)] * 5
    assert site.asked == [LIST]
    assert headers["cache-control"] == "public, max-age=0, must-revalidate, stale-if-error=86400"
    assert headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in headers


def test_nothing_of_a_request_but_its_address_reaches_the_page(site):
    plain = site.request(LIST)
    site.cache.pages.clear()
    dressed = site.request(
        LIST,
        cookie="sessionid=1; django_language=zh-hans",
        accept_language="zh",
        accept="text/plain",
        x_forwarded_for="1",
    )
    assert dressed == plain


def test_an_edit_is_served_after_the_poll_and_the_page_says_its_version(site, restored):
    before = site.request(LIST)
    edit()
    number = DataVersion.objects.live().number
    assert site.request(LIST) == before
    site.cache.poll.look()
    _status, headers, body = site.request(LIST)
    assert headers["x-data-version"] == str(number) != before[1]["x-data-version"]
    assert "An edited title" in body.decode()
    assert f"Data version {number}," in body.decode()
    assert headers["etag"] != before[1]["etag"]


def test_a_restored_database_empties_the_cache(site, restored):
    edit()
    site.cache.poll.look()
    site.request(LIST)
    restored.restore()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT measures_new_lineage(1)")
    site.cache.poll.look()
    assert not site.cache.pages
    assert "An edited title" not in site.request(LIST)[2].decode()


def test_a_reader_of_the_same_lineage_that_is_behind_is_passed_over(site, restored):
    edit()
    site.cache.poll.look()
    page = site.request(LIST)
    seen = site.cache.poll.version
    restored.restore()  # as a replica that has not come to the edit yet
    site.cache.poll.look()
    assert site.cache.poll.version == seen
    assert not site.cache.poll.is_silent
    assert site.request(LIST) == page


def test_a_number_given_out_again_after_a_restore_is_another_version(site, restored):
    """Neither the cache nor a reader's own copy takes the new page for the one that bore its number before."""
    edit("Before the restore")
    site.cache.poll.look()
    _status, old, page = site.request(LIST)
    assert "Before the restore" in page.decode()
    restored.restore()
    edit("After the restore")  # before any poll saw the restored database
    site.cache.poll.look()
    for headers in ({}, {"if_none_match": old["etag"]}, {"if_modified_since": old["last-modified"]}):
        status, new, page = site.request(LIST, **headers)
        assert (status, new["x-data-version"]) == (200, old["x-data-version"])
        assert "After the restore" in page.decode()
    assert new["etag"] != old["etag"]
    # Nor is the page of the lost version kept for the day when rendering fails.
    assert all(
        b"Before the restore" not in site.cache.pages.get(address).body for address in site.cache.pages
    )


def test_a_page_of_a_version_that_the_poll_never_saw_does_not_outlive_it(site, restored):
    site.request("/en/about/")
    edit("Seen by a page alone")
    assert "Seen by a page alone" in site.request(LIST)[2].decode()
    assert site.cache.poll.doubt.is_set()  # the next poll does not wait
    restored.restore()
    site.cache.poll.look()
    assert "Seen by a page alone" not in site.request(LIST)[2].decode()
    assert site.asked == ["/en/about/", LIST, LIST]


def test_only_whole_public_pages_are_kept(site):
    for path, status in (
        ("/nowhere/", 404),
        ("/measures/2020-99/", 404),
        ("/en/admin/login/", 200),
        ("/healthz", 200),
    ):
        assert site.request(path)[0] == status
    assert site.request("/measures/", "centre=mars")[0] == 400
    assert site.request("/measures/", "utm_source=x")[0] == 302
    assert site.request(LIST, method="OPTIONS")[0] == 200
    assert not site.cache.pages


def test_public_addresses_take_nothing_but_reading(site):
    site.request(LIST)
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        status, headers, _body = site.request(LIST, method=method)
        assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_foreign_host_gets_no_page(site):
    site.request(LIST)
    assert site.request(LIST, host="evil.example")[0] == 400
    assert site.request(LIST, host="localhost:1234")[0] == 200


def test_foreign_hosts_are_logged_once_a_minute_with_the_remedy(site, caplog):
    for minute in ("one", "another"):
        for number in range(3):
            assert site.request(LIST, host=f"{minute}-{number}.example")[0] == 400
        site.cache.tell_again_at -= 60
    said = [record for record in caplog.records if record.getMessage().endswith("name it in ALLOWED_HOSTS")]
    assert [record.fields["host"] for record in said] == ["one-0.example", "another-0.example"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_may_call_the_machine_by_any_of_its_addresses(site, path):
    assert site.request(path, host="192.0.2.7:8000")[0] == 200


def test_one_rendering_for_many_who_ask_at_once(databases):
    entered, go = threading.Semaphore(0), threading.Event()

    def slow(environ, start_response):
        entered.release()
        go.wait(5)
        start_response("200 OK", [])
        return HttpResponse("page")

    site, results = Site(slow), []
    crowd = [threading.Thread(target=lambda: results.append(site.request("/x"))) for _ in range(20)]
    for thread in crowd:
        thread.start()
    assert entered.acquire(timeout=5)
    time.sleep(0.2)
    go.set()
    for thread in crowd:
        thread.join()
    assert site.asked == ["/x"]
    assert [(status, body) for status, _headers, body in results] == [(200, b"page")] * 20


def test_memory_is_bounded_and_the_least_used_page_goes_first(databases):
    site = Site(max_bytes=600_000)
    addresses = [f"/en/measures/2020-{number:02}/" for number in range(1, 29)]
    site.request(addresses[0])
    for address in addresses[1:]:
        site.request(address)
        site.request(addresses[0])
        assert site.cache.pages.bytes <= 600_000
    assert site.cache.pages.bytes == sum(site.cache.pages.get(address).size for address in site.cache.pages)
    assert (addresses[0], "") in site.cache.pages
    assert (addresses[1], "") not in site.cache.pages
    assert site.asked.count(addresses[0]) == 1


def test_streams_pass_by_in_bounded_number(databases):
    def streaming(environ, start_response):
        start_response("200 OK", [])
        return StreamingHttpResponse(iter([b"a", b"b"]))

    site = Site(streaming)
    assert [site.request("/all.csv")[2] for _ in range(20)] == [b"ab"] * 20
    assert not site.cache.pages
    held = []
    while site.cache.rendering.streams.acquire(blocking=False):
        held.append(1)
    assert len(held) == 8  # every download gave its place back


def test_a_long_download_is_asked_for_once_and_waits_for_no_one(databases):
    """Its first chunk takes longer than a page may; the threads that render pages stay free."""

    def slow(environ, start_response):
        time.sleep(0.5)
        start_response("200 OK", [])
        return StreamingHttpResponse(iter([b"a", b"b"]))

    site = Site(slow)
    site.cache.render.patience = 0.05
    status, _headers, body = site.request("/measures.csv")
    assert (status, body) == (200, b"ab")
    assert site.asked == ["/measures.csv"]


def test_where_rendering_fails_the_page_before_is_served(site, restored, monkeypatch):
    before = site.request(LIST)
    edit()
    site.cache.poll.look()
    fails = HttpResponse("down", status=503)
    broken = Site(lambda environ, start_response: start_response("503 x", []) or fails)
    broken.cache.pages, broken.cache.poll = site.cache.pages, site.cache.poll
    assert broken.request(LIST) == before
    assert broken.request("/other/")[0] == 503


def test_a_process_with_more_to_render_than_it_can_lets_go_of_connections():
    turn = threading.Semaphore(0)

    def django(environ, start_response):
        turn.acquire()
        start_response("200 OK", [])
        return HttpResponse()

    site = Site(django)
    with ThreadPoolExecutor(6) as readers:
        asked = [readers.submit(site.request, f"/{number}/") for number in range(6)]
        while len(site.cache.render.jobs) < 6:
            time.sleep(0.01)
        turn.release()
        while len(site.cache.render.jobs) == 6:
            time.sleep(0.01)
        first = next(as_completed(asked))
        turn.release(5)
        kept = [answer.result()[1].get("connection") for answer in asked if answer is not first]
    assert (first.result()[1]["connection"], kept) == ("close", [None] * 5)


def crowd_of(flight: SingleFlight, size: int) -> list:
    """What each of so many who ask for something else at once is answered."""
    with ThreadPoolExecutor(size) as crowd:
        return list(crowd.map(lambda number: flight((number,)), range(size)))


def test_who_asks_waits_no_longer_than_agreed():
    go = threading.Event()
    flight = SingleFlight(lambda key: go.wait(5) and key, threads=1, waiting=3, patience=0.3)
    flight.start()
    begun = time.monotonic()
    assert crowd_of(flight, 10) == [None] * 10
    assert time.monotonic() - begun < 1
    assert len(flight.jobs) <= 3
    go.set()
    time.sleep(0.2)
    assert flight.jobs == {}  # what nobody waits for any more is not begun
    assert flight(("again",)) == "again"


def test_who_asks_waits_longer_while_others_are_served():
    flight = SingleFlight(lambda number: time.sleep(0.1) or number, threads=1, patience=0.3)
    flight.start()
    assert crowd_of(flight, 8) == list(range(8))  # the last for 0.8 seconds
    flight.most = 0.45
    answered = crowd_of(flight, 8)
    assert 2 <= len([number for number in answered if number is not None]) <= 5


def test_work_that_fails_is_reported_and_the_next_goes_on(caplog):
    flight = SingleFlight(lambda key: 1 / key, threads=1)
    flight.start()
    assert [flight((0,)), flight((2,))] == [None, 0.5]
    assert "Work in the background failed" in caplog.text


@pytest.mark.parametrize("fails", [False, True])
def test_a_thread_that_rests_is_idle_for_as_long_as_it_worked(monkeypatch, fails):
    now, idle = [100.0], Queue()
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=idle.put)
    monkeypatch.setattr(single_flight, "time", clock)

    def work(seconds):
        now[0] += seconds
        return seconds / (not fails)

    flight = SingleFlight(work, threads=1, rests=True, patience=99, most=99)
    flight.start()
    given, worked = [], (0.25, 0.0625, 7.0)
    for seconds in worked:
        given.append(flight((seconds,)))
    assert given == ([None] * 3 if fails else list(worked))
    assert [idle.get(timeout=5) for _each in worked] == [0.25, 0.0625, single_flight.MAX_REST]
