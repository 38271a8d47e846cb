"""One of the processes of test_observers.py: threads that observe what was planned for each.

    python observers.py STORE PROCESS EVENTS"""

from __future__ import annotations

import random
import sys
import threading
from typing import Iterator, List, Tuple

import embedengine as ee

PROCESSES, THREADS = 4, 4
USERS, ITEMS = 24, 40
START = 1_700_000_000_000
DAY = 86_400_000


def planned(process: int, thread: int, events: int) -> Iterator[Tuple[str, int, int]]:
    """User, item and time of a thread's events: in no order of time, at moments of its own. Half of the
    users get most of them; every other user has a history in the version."""
    own = process * THREADS + thread
    chance = random.Random(own)
    for _ in range(events):
        number = chance.randrange(USERS if chance.randrange(10) == 0 else USERS // 2)
        moment = chance.randrange(events * 5) * PROCESSES * THREADS + own
        user = f"new{number}" if number % 2 == 0 else f"c{number}"
        yield user, chance.randrange(ITEMS), START + 100 * DAY + moment * 60_000


def main() -> None:
    store, process, events = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    failures: List[BaseException] = []

    def observe(thread: int) -> None:
        try:
            for user, item, time_ms in planned(process, thread, events):
                db.observe(user, item, time_ms=time_ms)
        except BaseException as failure:
            failures.append(failure)

    with ee.open(store) as db:
        threads = [threading.Thread(target=observe, args=(t,)) for t in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


if __name__ == "__main__":
    main()
