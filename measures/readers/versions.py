"""The data version of a database, and the order of data versions."""

from django.apps import apps


def newest_version(alias: str):
    return apps.get_model("measures", "DataVersion").objects.using(alias).live()


def rank(version) -> tuple[int, int]:
    """The sort key of data versions: after a restored backup, numbers of the lineage before do not count."""
    return version.restores, version.number


def is_behind(version, newest) -> bool:
    return bool(version and newest and rank(version) < rank(newest))
