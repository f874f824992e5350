"""Ready answers for public pages: (address, data version, coding) -> headers and bytes, in front of Django.

A few threads render, and a request waits for them for a bounded time: neither a hanging database nor a crowd holds up an
answer. What is sent when is said in `__init__.py`.
"""

import logging
import threading
import time
from contextlib import closing
from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from futian_reform.requests import health
from futian_reform.requests.client import is_proxy, without_claims
from futian_reform.requests.middleware import REFUSED, UNAVAILABLE, passes_by
from measures.addresses import FILES
from measures.selection.parameters import MOMENT, canonical_query, is_in_place

from .cached_response import Answer
from .kept_pages import Address, KeptPages
from .rendering import Long, Rendering
from .single_flight import SingleFlight
from .stream import Stream
from .version_poll import VersionPoll

# In a request's environment, for whoever counts answers: where this one comes from; unset where it was made for the request.
SOURCE = "futian.source"
KEPT = "kept"
OLDER = "older"  # the page as it was before, because making it anew failed
TOO_MUCH = "refused"  # 503: more was asked than can be made
SILENT = "silent"  # 503: the database does not answer
logger = logging.getLogger(__name__)


@lru_cache(maxsize=1024)
def is_trusted(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def is_download(path: str) -> bool:
    """Whether the answer may be a stream: the list's other forms, which hold all that was selected."""
    return path.endswith(tuple(FILES)) and not path.endswith("/suggestions.json")


def address_of(path: str, query: str) -> Address:
    """The address that an answer is kept by. A page stands at its canonical address alone, others lead there; a machine form answers at
    any, and is the same at all of them."""
    if query and is_in_place(path):
        canonical = canonical_query(path.encode("latin-1").decode(errors="replace"), query.encode("latin-1"))
        query = query if canonical is None else canonical
    return path, query


def is_of_the_past(address: Address) -> bool:
    return f"{MOMENT}=" in address[1]


def ending(start_response):
    """Ends the connection with the answer. A web process accepts from one socket with others, and whichever wakes first takes
    all that come: one that has more to render than it can lets go of some, and the next to accept may have time."""
    return lambda status, headers: start_response(status, [*headers, ("Connection", "close")])


class PageCache:
    """The WSGI application around Django's. `start()` begins to render and to follow the data version."""

    def __init__(self, django, max_bytes: int):
        self.django = django
        self.pages = KeptPages(max_bytes)
        self.poll = VersionPoll(went_back=self.pages.clear)
        self.rendering = Rendering(django)
        self.render = SingleFlight(self.answer)
        # The past has a thread of its own, which rests: whoever asks for many moments takes little from the present.
        self.render_past = SingleFlight(self.answer, threads=1, waiting=10, rests=True)
        self.secure = settings.SITE_ORIGIN.startswith("https:")
        self.tell_again_at = 0.0
        self.starting, self.started = threading.Lock(), False

    def start(self, *paths: str):
        """Also renders `paths`, so that the first reader does not wait for Django to warm up."""
        with self.starting:
            if not self.started:
                self.poll.start()
                self.render.start()
                self.render_past.start()
                self.started = True
        for path in paths:
            self.render(("GET", path, ""))
        return self

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        reads = method == "GET" or method == "HEAD"
        if path in health.ADDRESSES:
            # Probes name the machine by any of its addresses, and come without a proxy.
            environ = environ | self.rendering.own_address
        if not self.is_proper(environ) or not (reads or method == "OPTIONS") or passes_by(path):
            # Public requests among these end before the database.
            return self.pass_on(environ, start_response)
        address = address_of(path, environ["QUERY_STRING"])
        if reads and (page := self.kept(*address)):
            environ[SOURCE] = KEPT
            return page.send(environ, start_response)
        answer = self.made("GET" if reads else method, address)
        if isinstance(answer, Stream):
            return answer.send(environ, start_response)
        if answer is None or answer is Long.STREAM or answer.failed:
            page = None if answer is Long.STREAM else self.pages.get(address)
            if reads and page:
                environ[SOURCE], answer = OLDER, page
            elif not isinstance(answer, Answer):
                answer = self.unavailable(environ, *address)
        if self.render.is_crowded:
            start_response = ending(start_response)
        return answer.send(environ, start_response)

    def made(self, method: str, address: Address) -> Answer | Stream | Long | None:
        """The answer, made anew; Long.STREAM where it is a stream for which there is no place, None where it was not to be had."""
        if method == "GET" and is_download(address[0]) and not self.poll.is_silent:
            answer = self.download(address)
            if answer is not None:
                return answer
        # Who can be sent the page before waits less.
        most = self.render.patience if method == "GET" and self.pages.get(address) else None
        render = self.render_past if is_of_the_past(address) else self.render
        answer = render((method, *address), most)
        # It was begun, so the database answers after all.
        return (self.download(address) or answer) if answer is Long.STREAM else answer

    def unavailable(self, environ, path: str, query: str) -> Answer:
        """The designed 503: where the database was heard a moment ago, or pages get finished, time fails and not the database."""
        busy = not self.poll.failure and (self.poll.is_heard or self.render.is_getting_on)
        environ[SOURCE] = TOO_MUCH if busy else SILENT
        return self.rendering.unavailable(path, query, busy=busy)

    def kept(self, path: str, query: str) -> Answer | None:
        """The page of the version that is current, if it is kept. Takes no time and waits for nothing."""
        page = self.pages.get((path, query))
        if page is None or page.version != self.poll.version:
            return None
        self.pages.sent((path, query))
        return page

    def pass_on(self, environ, start_response) -> list[bytes]:
        """Django's own answer, as a whole: it can be sent without holding a thread, however slowly it is read."""
        with closing(self.django(without_claims(environ), start_response)) as response:
            return [b"".join(response)]

    def is_for_us(self, host: str | None, forwarded_proto: str | None, peer: str) -> bool:
        """Whether a request is for this site, and came by https where the site has it."""
        if self.secure and not (forwarded_proto == "https" and is_proxy(peer, settings.PROXIES)):
            return False
        if host is None or is_trusted(host):
            return True
        self.tell_of(host)
        return False

    def tell_of(self, host: str) -> None:
        """Log a refused host, once a minute: it may be a name of this site that nobody told it of."""
        if time.monotonic() > self.tell_again_at:
            self.tell_again_at = time.monotonic() + 60
            logger.warning(
                "A request for a host that is not this site's was refused; if it is, name it in ALLOWED_HOSTS",
                extra={"fields": {"host": host[:100]}},
            )

    def is_proper(self, environ) -> bool:
        if REFUSED in environ or UNAVAILABLE in environ:
            return False  # to be answered by Django, which says so
        peer = environ.get("REMOTE_ADDR", "")
        return self.is_for_us(environ.get("HTTP_HOST"), environ.get("HTTP_X_FORWARDED_PROTO"), peer)

    def answer(self, method: str, path: str, query: str) -> Answer | Long:
        """Asked for in a thread of `render`."""
        generation = self.pages.generation
        answer = self.rendering.answer(method, path, query)
        if method == "GET":
            self.offer((path, query), answer, generation)
        return answer

    def download(self, address: Address) -> Answer | Stream | None:
        """The answer that may be a long download, asked for in the server's own thread; None where too many are under way.

        Only its first chunk tells whether it is long. Finding that out in `render` would mean to make the chunk
        twice, and to give up on it after the patience that is meant for pages.
        """
        generation = self.pages.generation
        answer = self.rendering.download(*address)
        if answer is not None:
            self.offer(address, answer, generation)
        return answer

    def offer(self, address: Address, answer: Answer | Stream | Long, generation: int) -> None:
        """Keep what can be kept. What has become a stream is not kept any more, not even for when making it fails: it would
        be half of what there is."""
        if not isinstance(answer, Answer):
            self.pages.drop(address)
        elif answer.is_page:
            self.pages.put(address, answer, generation)
            if answer.version != self.poll.version:
                self.poll.doubt.set()
