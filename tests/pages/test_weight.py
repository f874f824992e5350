"""How much a list weighs on its way, compressed as the server sends it. `-s` prints the figures."""

import pytest

from futian_reform.page_cache.cached_response import COMPRESSORS

MAX_BYTES = 21_000


@pytest.mark.parametrize(
    "address",
    [
        "/measures/",
        "/zh-hant/measures/",
        "/en/measures/",
        "/measures/?district=futian",
        "/measures/?q=%E6%94%B9%E9%9D%A9",
        "/en/measures/?view=matrix",
    ],
)
def test_a_list_is_light(client, address, capsys):
    body = client.get(address).content
    bytes_of = {name: len(encode(body)) for name, encode in COMPRESSORS.items() if name}
    with capsys.disabled():
        print(f" {address} {len(body):,} bytes, {bytes_of}", end=" ")  # noqa: T201
    assert max(bytes_of.values()) <= MAX_BYTES
