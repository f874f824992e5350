"""Warnings about measures that were split from one another when not all of them are public."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from measures.models import Measure


def warnings_of_publishing(measures: Sequence[Measure]) -> list[str]:
    """Warnings before these become public together: some are parts of what is not public."""
    together = {measure.pk for measure in measures}
    said = _(
        "%(part)s was split from %(parent)s, which is not public. Readers will see that the editors split it from "
        "another measure, but not from which."
    )
    return [
        said % {"part": measure.code, "parent": measure.parent.code}
        for measure in measures
        if measure.parent
        and measure.parent.pk not in together
        and measure.parent.status != Measure.Status.PUBLISHED
    ]


def warnings_of_withdrawing(measures: Sequence[Measure]) -> list[str]:
    """Warnings before these cease to be public together: parts of them stay."""
    together = {measure.pk for measure in measures}
    said = _(
        "%(parts)s were split from %(parent)s and stay public. Readers will no longer see what they were split "
        "from; the link to it goes."
    )
    warnings = []
    for measure in measures:
        parts = measure.parts.filter(status=Measure.Status.PUBLISHED).exclude(pk__in=together)
        if codes := [part.code for part in parts]:
            warnings.append(said % {"parts": _(", ").join(codes), "parent": measure.code})
    return warnings
