"""The answers that a web process keeps, so that what many read stays however much else is asked for."""

import threading
from collections import OrderedDict
from collections.abc import Iterator

from .cached_response import Answer

Address = tuple[str, str]  # path and canonical query
LATELY = 4096  # addresses that are remembered as asked for
NEW_SHARE = 4  # the new have at least one part in four


class Lately:
    """The addresses that were asked for: at least the last LATELY of them."""

    def __init__(self):
        self.current: set[int] = set()
        self.before: set[int] = set()

    def again(self, address: Address) -> bool:
        """Note an address; say whether it was noted before."""
        number = hash(address)
        known = number in self.current or number in self.before
        self.current.add(number)
        if len(self.current) >= LATELY:
            self.before, self.current = self.current, set()
        return known


class KeptPages:
    """Answers by address, up to a number of bytes.

    Addresses without a query are as many as there are records; those with one are as many as anybody can think of, and are kept
    from the second time on that they are asked for. What is kept is new until it is sent again, and proven from then on. Where
    there is no room, the oldest of the new goes, as long as the new have more than their share; else the proven page that was
    not sent for the longest time. So neither a crawler nor a flood of searches pushes out what is read.
    """

    def __init__(self, max_bytes: int):
        self.max_bytes = max_bytes
        self.bytes = self.new_bytes = 0
        self.new: OrderedDict[Address, Answer] = OrderedDict()
        self.proven: OrderedDict[Address, Answer] = OrderedDict()
        self.lately = Lately()
        self.changing = threading.Lock()
        self.generation = 0  # raised by `clear`

    def __len__(self) -> int:
        return len(self.new) + len(self.proven)

    def __iter__(self) -> Iterator[Address]:
        return iter([*self.new, *self.proven])

    def get(self, address: Address) -> Answer | None:
        return self.proven.get(address) or self.new.get(address)

    def sent(self, address: Address) -> None:
        """Note that a kept page was of use once more. Costs least for a proven one."""
        try:
            self.proven.move_to_end(address)
        except KeyError:  # it is new, or gone since it was looked up
            with self.changing:
                if page := self.new.pop(address, None):
                    self.new_bytes -= page.size
                    self.proven[address] = page

    def put(self, address: Address, answer: Answer, generation: int) -> None:
        """Keep an answer whose making began in this generation."""
        with self.changing:
            if generation != self.generation or answer.size > self.max_bytes // 8:
                return
            known = self._remove(address)
            if not known and address[1] and not self.lately.again(address):
                return
            self.bytes += answer.size
            if known:  # asked for again, in another data version
                self.proven[address] = answer
            else:
                self.new[address] = answer
                self.new_bytes += answer.size
            while self.bytes > self.max_bytes:
                crowded = self.new_bytes * NEW_SHARE > self.max_bytes or not self.proven
                self._remove(next(iter(self.new if crowded else self.proven)))

    def drop(self, address: Address) -> None:
        with self.changing:
            self._remove(address)

    def clear(self) -> None:
        """Neither what is kept nor what is being made now may be sent any more."""
        with self.changing:
            self.generation += 1
            self.new.clear()
            self.proven.clear()
            self.bytes = self.new_bytes = 0

    def _remove(self, address: Address) -> bool:
        """Whether it was there."""
        if page := self.new.pop(address, None):
            self.new_bytes -= page.size
        elif not (page := self.proven.pop(address, None)):
            return False
        self.bytes -= page.size
        return True
