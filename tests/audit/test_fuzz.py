"""20,000 hostile requests to the served site: paths, parameters, headers, methods, bodies, encodings.

None may be answered with a 5xx or take longer than a second, and the web processes' memory must not grow with their number.
FUZZ_REQUESTS and FUZZ_SEED in the environment change how many and which.
"""

import os
import random
import socket
import time
from collections import Counter
from urllib.parse import quote

import pytest

from benchmarks.site import running_site

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "7"))
PATHS = [
    "/",
    "/measures/",
    "/en/measures/",
    "/zh-hant/measures/",
    "/measures/2020-07/",
    "/en/measures/2020-07/history/",
    "/measures/2020-07.json",
    "/measures/2020-07.bib",
    "/measures/2020-07.ris",
    "/measures.csv",
    "/measures.xlsx",
    "/measures.json",
    "/measures.atom",
    "/en/measures.atom",
    "/categories/well-being/",
    "/centres/finance/",
    "/districts/futian/",
    "/audiences/enterprises/",
    "/plans/2020/source/",
    "/source/",
    "/glossary/",
    "/gaps/",
    "/data/",
    "/changes/",
    "/changes.atom",
    "/about/",
    "/api/",
    "/api/schema/",
    "/api/measures/",
    "/api/measures/2020-07/",
    "/sitemap.xml",
    "/sitemap-measures.xml",
    "/robots.txt",
    "/opensearch.xml",
    "/healthz",
    "/readyz",
    "/static/site.css",
    "/admin/login/",
]
PARAMETERS = [
    "q",
    "category",
    "centre",
    "link",
    "audience",
    "district",
    "role",
    "basis",
    "sort",
    "page",
    "utm_source",
    "format",
    "from",
]
VALUES = [
    "finance",
    "none",
    "text",
    "editorial",
    "well-being",
    "futian",
    "xiangmihu",
    "pilot",
    "named",
    "derived",
    "number",
    "title",
    "edited",
    "relevance",
    "1",
    "2",
    "0",
    "-1",
    "999999999999999999",
    "教育",
    "jinrong",
    "jr",
    "5g应用",
    "1+N",
    "金融科技",
    "教",
    '"',
    "'",
    "\\",
    "%",
    "_",
    "*",
    "?",
    "&",
    "|",
    "!",
    "(",
    ")",
    "<->",
    ":*",
    "'",
    "OR",
    "1=1--",
    "';",
    "DROP",
    "TABLE",
    "measures_measure;--",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "../../etc/passwd",
    "%00",
    "\x00",
    "�",
    "\u202e",
    "🀄",
    "﷽",
    "́́́",
    "Set-Cookie:a=b",
    "null",
    "None",
    "NaN",
    "true",
    "[]",
    "{}",
    "a[]=b",
]
METHODS = ["GET"] * 14 + [
    "HEAD",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "FOO",
    "get",
]
HEADERS = {
    "Accept": [
        "*/*",
        "text/html",
        "application/json;q=0.9",
        "x/y",
        "a" * 500,
        ",;q=",
        "application/problem+json",
    ],
    "Accept-Encoding": ["br", "gzip", "identity;q=0", "*;q=0", "br;q=x", ",,;;==", "gzip, br;q=1.0, *;q=0.5"],
    "Accept-Language": ["zh", "en;q=2", "xx-XX", "a" * 300],
    "Cookie": ["sessionid=x", "csrftoken=" + "a" * 64, "a=b; ;; =", "django_language=en"],
    "If-None-Match": ["*", '"x"', 'W/"y"', "x" * 300, '"' * 50],
    "If-Modified-Since": ["Mon, 23 Nov 2026 05:00:00 GMT", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"],
    "Range": ["bytes=0-10", "bytes=-1", "bytes=99999999-", "x"],
    "X-Forwarded-Proto": ["https", "http", "gopher"],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Content-Type": ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "x"],
    "Referer": ["http://evil.example/", "::::"],
    "Host": ["evil.example", "localhost:99999", "[::1", "a b", "127.0.0.1\t"],
    "Transfer-Encoding": ["chunked", "gzip", "chunked, identity"],
    "Expect": ["100-continue"],
    "Upgrade": ["h2c", "websocket"],
    "X-" + "A" * 100: ["b" * 4000],
}


class Fuzzer:
    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def word(self) -> str:
        kind = self.random.random()
        if kind < 0.75:
            return self.random.choice(VALUES)
        if kind < 0.9:
            return "".join(
                chr(
                    self.random.choice(
                        [self.random.randrange(32, 127), self.random.randrange(0x4E00, 0x9FFF)]
                    )
                )
                for _ in range(self.random.randrange(1, 30))
            )
        return self.random.choice(VALUES) * self.random.randrange(1, 200)

    def encoded(self, text: str) -> str:
        kind = self.random.random()
        if kind < 0.8:
            return quote(text.encode("utf-8", "surrogatepass"))
        if kind < 0.9:  # broken UTF-8
            return quote(text.encode("utf-8", "surrogatepass")[:-1] + b"\xff")
        return "".join(
            character if character.isascii() and character.isprintable() and character != " " else "%"
            for character in text
        )

    def target(self) -> str:
        path = self.random.choice(PATHS)
        if self.random.random() < 0.2:
            cut = self.random.randrange(len(path) + 1)
            path = path[:cut] + self.encoded(self.word())[:300] + path[cut:]
            path = path if path.startswith("/") else f"/{path}"
        count = self.random.choice([0, 0, 1, 1, 2, 3, 5, 12])
        pairs = [
            f"{self.encoded(self.random.choice(PARAMETERS))}={self.encoded(self.word())}"
            for _ in range(count)
        ]
        return path + ("?" + self.random.choice(["&", "&", ";", "&&"]).join(pairs) if pairs else "")

    def request(self) -> bytes:
        method, headers = self.random.choice(METHODS), {"Host": "127.0.0.1"}
        for name in self.random.sample(list(HEADERS), self.random.choice([0, 0, 1, 2, 4])):
            headers[name] = self.random.choice(HEADERS[name])
        body = b""
        if method in ("POST", "PUT", "PATCH") or self.random.random() < 0.03:
            body = self.random.randbytes(self.random.choice([0, 10, 3000]))
            if headers.get("Transfer-Encoding") == "chunked":
                body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
            else:
                headers["Content-Length"] = str(len(body))
        head = f"{method} {self.target()} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers.items()
        )
        return head.encode("utf-8", "surrogatepass") + b"Connection: close\r\n\r\n" + body


def exchange(port: int, request: bytes) -> tuple[int | None, float]:
    """Status (None where the server hung up, as it may on what is no HTTP) and seconds until the end of the answer."""
    begun, answer = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(request)
            while chunk := connection.recv(2**16):
                answer = answer or chunk
        except ConnectionError:
            pass
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.") else None, time.monotonic() - begun


@pytest.fixture(scope="module")
def site():
    with running_site(workers=2) as site:
        yield site


def test_no_request_is_answered_with_a_fault(site):
    fuzzer, statuses, faults, slow, memory = Fuzzer(SEED), Counter(), [], [], []
    for number in range(REQUESTS):
        request = fuzzer.request()
        status, seconds = exchange(site.port, request)
        statuses[status] += 1
        if status and status >= 500:
            faults.append((status, request[:300]))
        if seconds > 1:
            slow.append((round(seconds, 2), request[:300]))
        if number % (REQUESTS // 10) == 0:
            memory.append(max(site.memory()))
            print(
                number,
                dict(statuses),
                f"{memory[-1]:.0f} MB",
                len(faults),
                "faults,",
                len(slow),
                "slow",
                flush=True,
            )

    assert faults[:5] == []
    assert slow[:5] == []
    assert statuses[200] > REQUESTS / 20  # the site did answer
    # The page cache fills up to its bound; after the first half nothing else may grow.
    assert memory[-1] - memory[len(memory) // 2] < 20
    assert memory[-1] < 225  # a full cache, the conversion into traditional characters, and the staff desk
    with_journal = site.log.read_text()
    assert "Traceback" not in with_journal
