"""What is offered where nothing fits."""

from urllib.parse import quote_plus

import pytest

from .queries import found


@pytest.mark.parametrize(
    ("q", "better", "code"),
    [
        ("金融科枝", "金融科技", "2020-05"),  # a wrong character
        ("教轮岗", "教师轮岗", "2020-23"),  # a missing one
        ("数字字货币", "数字货币", "2020-05"),  # one too many
        ("arbitraton", "arbitration", "2020-04"),
        ("digital currecny", "digital currency", "2020-05"),
    ],
)
def test_closest_where_nothing_fits(databases, client, q, better, code):
    response = client.get("/en/measures/", {"q": q})
    listing = response.context["listing"]
    assert (listing.count, listing.rows) == (0, [])
    best = listing.closest[0]
    assert (best.query, best.measures[0].code) == (better, code)
    assert best.count == len(found(better))
    assert "The closest, not exact" in response.text
    assert f'href="/en/measures/?q={quote_plus(better)}"' in response.text


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("/measures/?q=arbitratoin", '<span lang="en">arbitration</span>'),
        ("/en/measures/?q=arbitratoin", "arbitration"),
        ("/en/measures/?q=金融科枝", '<span lang="zh-Hans">金融科技</span>'),
        ("/measures/?q=金融科枝", "金融科技"),
    ],
)
def test_a_suggestion_says_its_language(client, address, suggestion):
    assert f">{suggestion}</a> <span" in client.get(address, follow=True).text
