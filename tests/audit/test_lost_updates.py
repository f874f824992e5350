"""200 concurrent saves of one measure over HTTP, against a real server: no acknowledged change is lost."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from measures.models import Measure, Version
from tests.browser.conftest import live_site  # noqa: F401  a fixture
from tests.desk import BACKEND, account, posted

SAVES, PEOPLE = 200, 4


class Quiet(HTTPErrorProcessor):
    """Answers as they are: no exception for a 409, no following of redirects."""

    def http_response(self, request, response):
        return response


def session_of(user) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def test_200_concurrent_saves_lose_nothing(restored, live_site):  # noqa: F811
    measure = Measure.objects.get(code="2020-07")
    Measure.objects.filter(pk=measure.pk).update(note_en="")
    address = f"{live_site}/en/admin/measures/measure/{measure.pk}/change/"
    sessions = {
        f"editor{number}": session_of(account(f"editor{number}", "editor")) for number in range(PEOPLE)
    }
    conflicts, lock, left = [], threading.Lock(), iter(range(SAVES))

    def edit(name: str) -> list[str]:
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

        acknowledged = []
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return acknowledged
            mark = f"[{number}]"
            while (
                True
            ):  # until it is acknowledged: open, add the mark to the note, save; after a conflict, again
                data = posted(ask()[1], "measure_form")
                status, _answer = ask({**data, "note_en": data["note_en"][0] + mark, "_save": "Save"})
                if status == 302:
                    acknowledged.append(mark)
                    break
                assert status == 409, status
                conflicts.append(mark)

    began = time.monotonic()
    with ThreadPoolExecutor(PEOPLE) as pool:
        marks = [mark for found in pool.map(edit, sessions) for mark in found]
    print(f"{len(marks)} saves acknowledged, {len(conflicts)} conflicts, {time.monotonic() - began:.0f} s")
    measure.refresh_from_db()
    assert sorted(marks) == sorted(f"[{number}]" for number in range(SAVES))
    assert len(conflicts) > 0
    assert all(measure.note_en.count(mark) == 1 for mark in marks)
    assert len(measure.note_en) == sum(map(len, marks))
    versions = Version.objects.of("measure", "2020-07").filter(actor__startswith="editor")
    assert versions.count() == SAVES
