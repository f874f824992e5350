"""A crawler that asks for every moment there is takes no memory that grows, and no time from those who read the present."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client

from futian_reform.page_cache.application import PageCache
from measures.catalogue import Catalogue, past
from measures.catalogue.catalogue import PAST
from measures.models import Measure
from measures.snapshots import editing_as
from tests.models.steps import live

MOMENTS = 200


@pytest.fixture
def moments(restored) -> range:
    """The numbers of 200 data versions."""
    first = live()
    for at in range(MOMENTS):
        with editing_as("lin"):
            Measure.objects.filter(code="2020-05").update(note_en=f"Edit {at}")
    PAST.forget()
    return range(first, first + MOMENTS)


def living() -> list[Catalogue]:
    gc.collect()
    # isinstance() would ask lazy objects, such as what a request left, for what they stand for.
    return [each for each in gc.get_objects() if type(each) is Catalogue]


@pytest.mark.no_cover
def test_two_hundred_moments_share_a_limit_of_memory(moments):
    client = Client(headers={"host": "localhost"})
    before, most = len(living()), 0
    for number in moments:
        # A page makes more of a catalogue, and takes longer.
        path = "/measures/" if number % 10 == 0 else "/measures/2020-05/"
        assert client.get(f"{path}?as_of={number}").status_code == 200
        most = max(most, len(PAST))
    kept = living()
    assert 1 < most < MOMENTS / 4
    assert len(kept) - before <= most + 2  # those of the present
    assert sum(each.bytes for each in kept if each.number) <= past.MAX_BYTES + max(
        each.bytes for each in kept
    )


def test_the_past_keeps_nobody_waiting_for_the_present(databases):
    """Not even while ten moments are being read that take long."""
    going_on, begun = threading.Event(), threading.Event()

    class Slow(PageCache):
        def answer(self, method, path, query):
            if "as_of" in query:
                begun.set()
                going_on.wait(60)
            return super().answer(method, path, query)

    cache = Slow(get_wsgi_application(), 2**20)
    cache.poll.look()
    cache.render.start()
    cache.render_past.start()
    with ThreadPoolExecutor(10) as crawler:
        asked = [
            crawler.submit(cache.made, "GET", ("/measures/", f"as_of={number}")) for number in range(1, 11)
        ]
        assert begun.wait(30)
        page = cache.made("GET", ("/en/about/", ""))
        going_on.set()
        assert page.status == "200 OK"
    assert all(each.done() for each in asked)
