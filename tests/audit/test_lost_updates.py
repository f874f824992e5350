"""200 concurrent saves of one measure over HTTP, against a real server: no acknowledged change is lost."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

from django.conf import settings

from measures.models import Measure, Version
from tests.admin.desk import account, posted, session_of
from tests.browser.conftest import live_site  # noqa: F401  a fixture

SAVES, PEOPLE = 200, 8


class Quiet(HTTPErrorProcessor):
    """Answers as they are: no exception for a 409, no following of redirects."""

    def http_response(self, request, response):
        return response


def test_200_concurrent_saves_lose_nothing(restored, live_site):  # noqa: F811
    measure = Measure.objects.get(code="2020-07")
    Measure.objects.filter(pk=measure.pk).update(note_en="")
    address = f"{live_site}/en/admin/measures/measure/{measure.pk}/change/"
    sessions = {
        f"editor{number}": session_of(account(f"editor{number}", "editor")) for number in range(PEOPLE)
    }
    lock, left = threading.Lock(), iter(range(SAVES))

    def edit(name: str) -> list[tuple[str, int]]:
        """Opens the form, adds a mark to the note and saves, until all marks are used up: (mark, status) of each save."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()), Quiet())
        cookies = {settings.SESSION_COOKIE_NAME: sessions[name]}

        def ask(data=None):
            header = "; ".join(f"{key}={value}" for key, value in cookies.items())
            body = urlencode(data, doseq=True).encode() if data else None
            with opener.open(Request(address, body, {"Cookie": header, "Referer": address})) as answer:
                for cookie in answer.headers.get_all("Set-Cookie") or ():
                    key, _, value = cookie.partition(";")[0].partition("=")
                    cookies[key] = value
                return answer.status, SimpleNamespace(text=answer.read().decode())

        answers = []
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return answers
            mark = f"[{number}]"
            data = posted(ask()[1], "measure_form")
            status, _answer = ask({**data, "note_en": data["note_en"][0] + mark, "_save": "Save"})
            answers.append((mark, status))

    began = time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = [answer for found in pool.map(edit, sessions) for answer in found]
    seconds = time.monotonic() - began
    acknowledged = [mark for mark, status in answers if status == 302]
    refused = [mark for mark, status in answers if status == 409]
    print(f"{len(acknowledged)} saves acknowledged, {len(refused)} conflicts shown, {seconds:.0f} s")
    assert len(acknowledged) + len(refused) == len(answers) == SAVES
    assert acknowledged
    assert refused
    measure.refresh_from_db()
    assert sorted(re.findall(r"\[\d+\]", measure.note_en)) == sorted(acknowledged)
    assert len(measure.note_en) == sum(map(len, acknowledged))
    versions = Version.objects.of("measure", "2020-07").filter(actor__startswith="editor")
    assert versions.count() == len(acknowledged)
