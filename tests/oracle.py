"""A plain reading of the versions, which the tests hold the catalogue against."""

from measures.models import Version


def edit_times() -> dict[str, tuple]:
    """Code -> (when it was first public, when its latest public version was written, that version's number)."""
    found = {}
    for version in Version.objects.filter(kind="measure", public=True).order_by("number"):
        first = found.get(version.key, (version.at,))[0]
        found[version.key] = (first, version.at, version.number)
    return found
