"""Every kind of bad release is refused, and a good one is taken afterwards."""

from tests.test_reload import BAD, check_releases, release, served  # noqa: F401


def test_bad_releases_are_refused_and_a_good_one_is_taken(release):  # noqa: F811
    check_releases(release, BAD)
