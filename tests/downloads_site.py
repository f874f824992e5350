"""Long downloads on the real server: `python -m tests.downloads_site DESCRIPTOR [pause]`, which it accepts from.

Stands for the page cache: every address is a CSV, read row by row in a snapshot of the database while it is sent. With `pause`
it is the real page cache around the real Django, on content that has each measure many times, seconds apart.
"""

import asyncio
import os
import sys
import time
from urllib.parse import parse_qs

import django
from django.db import connections

ROW = '"' + "x" * 997 + '"\r\n'


def rows(count: int, pause: float):
    yield b"row\r\n"
    with connections["reader"].cursor() as cursor:
        for start in range(0, count, 50):
            cursor.execute("SELECT 1")  # fails once the session is ended
            time.sleep(pause)
            yield ROW.encode() * min(50, count - start)


class Cache:
    """Answers `?rows=…&pause=…`, and with `&head_start=…` begins to send after so many seconds only."""

    def kept(self, path, query):
        return None

    def __call__(self, environ, start_response):
        from futian_reform.page_cache import downloads
        from futian_reform.page_cache.stream import Stream
        from futian_reform.requests.middleware import REFUSED, UNAVAILABLE
        from measures.snapshots import SnapshotStream, public_snapshot

        if REFUSED in environ or UNAVAILABLE in environ:
            start_response("503 Service Unavailable", [])
            return [b""]
        asked = {name: float(texts[0]) for name, texts in parse_qs(environ["QUERY_STRING"]).items()}
        downloads.HEAD_START = asked.get("head_start", 0.6)
        with public_snapshot():
            response = SnapshotStream(rows(int(asked["rows"]), asked["pause"]), content_type="text/csv")
            response.take_snapshot()
        start = ["200 OK", [("Content-Type", "text/csv")]]
        return Stream(response, start, ("/x.csv", ""), lambda: None).send(environ, start_response)


def real_cache(pause: float):
    from futian_reform.wsgi import page_cache
    from measures.open_data import files

    measures_of = files.measures_of

    def many(filterset):
        while True:
            with connections["reader"].cursor() as cursor:
                cursor.execute("SELECT 1")  # fails once the session is ended
            time.sleep(pause)
            yield from measures_of(filterset)

    files.measures_of = many
    return page_cache.start()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "futian_reform.settings"
    django.setup()
    from futian_reform.operations.worker import run
    from futian_reform.page_cache.front import Front

    ready = os.open(os.devnull, os.O_WRONLY)
    cache = real_cache(float(sys.argv[2])) if len(sys.argv) > 2 else Cache()
    asyncio.run(run(Front(cache), int(sys.argv[1]), ready))
