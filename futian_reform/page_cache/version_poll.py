"""The data version, followed off the hot path: who serves pages asks here, and here asks the database."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connections

from measures.snapshots import current_version

from .cached_response import identity

INTERVAL = 0.4  # seconds between two looks
SILENCE = 2.0  # seconds after which the database counts as gone
HEARD = 1.0  # seconds after which it may have stopped answering: less than anybody waits for a page

logger = logging.getLogger(__name__)


class VersionPoll:
    """`look()` looks once, `start()` goes on looking; `went_back` is called where the lineage is another, or the same number
    has another time: a restored backup, or another database."""

    def __init__(self, went_back: Callable[[], None]):
        self.went_back = went_back
        #: As seen last; while the database does not answer, it stands.
        self.version: tuple[int, float, str] | None = None
        self.doubt = threading.Event()  # somebody saw another version: look at once
        self.failure = ""  # the kind of error that the last look ended in. On a busy machine a look may also just take long.
        self._heard = 0.0  # when the database answered last

    def start(self):
        self.look()
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def is_silent(self) -> bool:
        return bool(self.failure) or time.monotonic() - self._heard > SILENCE

    @property
    def is_heard(self) -> bool:
        """Whether the database answered a moment ago. Sure of it sooner than `is_silent` is of the opposite."""
        return not self.failure and time.monotonic() - self._heard < HEARD

    def _follow(self):
        while True:
            self.doubt.wait(INTERVAL)
            self.doubt.clear()
            self.look()

    def look(self):
        try:
            seen = identity(current_version())
        except Exception as error:  # whatever it is, the next look may succeed
            connections["reader"].close()
            kind, frames = type(error).__name__, None if isinstance(error, Error) else error
            if kind != self.failure:
                said = "The database does not answer (%s): kept pages are served"
                logger.warning(said, kind, exc_info=frames)
            self.failure = kind
            return
        if self.failure:
            logger.info("The database answers")
        self.failure, self._heard = "", time.monotonic()
        if self.version not in (None, seen):
            (number, at, lineage), (old_number, old_at, old_lineage) = seen, self.version
            if lineage == old_lineage and number < old_number:
                return  # a replica that lags: it will come to the version that another one has shown
            if lineage != old_lineage or number == old_number or at < old_at:
                self.went_back()
        self.version = seen
