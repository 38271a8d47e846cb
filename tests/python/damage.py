"""The other process of test_damage.py, because only a process can crash: damages a store byte by byte and
asks it, or feeds mutated files to the imports. Before each step it writes where it is into its progress file,
so that a crash or a hang has a name; a failed check ends it with a traceback.

    damage.py flips|prefixes|imports DIRECTORY PROGRESS COUNT SEED
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import embedengine as ee

ITEMS = (1000, 1010, 1011, 1025)
DEFECT = -99


def ask(store: Path, verify: str) -> List[Any]:
    with ee.open(store, verify=verify) as db:
        found: List[Any] = [list(db.recommend([], k=10))]
        for item in ITEMS:
            found.append(list(db.recommend([(item, "clicks"), (item + 1, "carts")], k=20)))
            found.append(list(db.recommend([item], k=20, source="covisitation", padding=False)))
            found.append(db.similar(item, k=20))
        return found


def sound(store: Path) -> bool:
    with ee.open(store) as db:
        return bool(db.verify(full=True, progress=False)["sound"])


def check(store: Path, expected: List[Any], tally: Dict[str, int]) -> None:
    """Header verification: an error or any answer. Full: an error, a fault, or the same answer."""
    try:
        ask(store, "header")
        tally["answers"] += 1
    except ee.EmbedEngineError as e:
        assert e.code != DEFECT and str(e), repr(e)
        tally["errors"] += 1
    try:
        if sound(store):
            assert ask(store, "full") == expected, "verified as sound, and the answer is another"
            tally["same"] += 1
        else:
            tally["faults"] += 1
    except ee.EmbedEngineError as e:
        assert e.code != DEFECT and str(e), repr(e)
        tally["refused"] += 1


def restore(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    for side in ("-wal", "-shm", "-journal"):
        Path(f"{file}{side}").unlink(missing_ok=True)


def steps(store: Path, kind: str, count: int, seed: int) -> Iterator[Tuple[Path, int, int]]:
    """Files, places and bits: each file its share, and its first and last bytes; count 0 = every byte."""
    choose = random.Random(seed)
    files = sorted(f for f in store.rglob("*") if f.is_file() and f.stat().st_size)
    for file in files:
        size = file.stat().st_size
        share = max(count // len(files), 8)
        picked = range(size) if count == 0 else sorted(
            {0, size - 1, *(choose.randrange(size) for _ in range(share))})
        for at in picked:
            yield file, at, choose.randrange(8)


def damage(kind: str, store: Path, progress: Path, count: int, seed: int) -> None:
    expected = ask(store, "full")
    assert sound(store)
    tally = dict.fromkeys(("answers", "errors", "same", "faults", "refused"), 0)
    for file, at, bit in steps(store, kind, count, seed):
        progress.write_text(f"{kind} {file.relative_to(store)} {at} {bit}")
        content = file.read_bytes()
        if kind == "flips":
            file.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1:])
        else:
            file.write_bytes(content[:at])
        check(store, expected, tally)
        restore(file, content)
    assert ask(store, "full") == expected
    print(json.dumps(tally))


def inputs() -> List[Tuple[str, bytes]]:
    fixtures = Path(__file__).resolve().parents[1] / "Fixtures"
    otto = b"\n".join((fixtures / "golden.events.jsonl").read_bytes().split(b"\n")[:30]) + b"\n"
    rows = "".join(f"{i // 4},{i % 7},2024-01-01T00:{i:02d}:00Z,view,\"a, \"\"b\"\"\"\n" for i in range(40))
    tabs = "".join(f"{i % 3}\t{i}\t{1_700_000_000 + i}\n" for i in range(40))
    sessions = "".join('{"session_id":"s%d","items":["a","\\u00e4b",%d]}\n' % (i, i) for i in range(20))
    return [
        ("otto.jsonl", otto), ("events.csv", ("session,item,ts,action,title\n" + rows).encode()),
        ("events.tsv", ("user\titem\ttime\n" + tabs).encode()),
        ("sessions.jsonl", sessions.encode()), ("otto.jsonl.gz", gzip.compress(otto, mtime=0)),
    ]


PIECES = (
    b"\n", b'"', b"{", b"]", b",", b"\0", b"\xff\xfe", b"9" * 30, b"-1e999", b"[" * 300,
)


def mutated(content: bytes, choose: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(choose.choice((1, 2, 8, 40))):
        at, length = choose.randrange(len(data) + 1), choose.randrange(1, 40)
        what = choose.randrange(6)
        if what == 0 and data:
            data[at % len(data)] ^= 1 << choose.randrange(8)
        elif what == 1:
            del data[at:at + length]
        elif what == 2:
            data[at:at] = bytes(choose.randrange(256) for _ in range(length))
        elif what == 3:
            data[at:at] = data[at:at + length] * choose.randrange(1, 5)
        elif what == 4:
            data[at:at] = choose.choice(PIECES)
        else:
            del data[choose.randrange(len(data) + 1):]
    return bytes(data)


def imports(directory: Path, progress: Path, count: int, seed: int) -> None:
    """count > 0: so many files of these seeds; below 0: -count seconds of them."""
    end = time.monotonic() - count
    tally = {"imported": 0, "refused": 0}
    store, n = directory / "fuzz.ee", 0
    while n < count or (count < 0 and time.monotonic() < end):
        choose = random.Random(seed + n)
        name, content = choose.choice(inputs())
        file = directory / name
        file.write_bytes(mutated(content, choose))
        progress.write_text(f"imports {name}, seed {seed + n}")
        try:
            with ee.open(store) as db:
                # A sniffed format, or one that the file may not have.
                format = choose.choice(("auto",) * 8 + ("otto", "csv", "tsv", "sessions"))
                errors = choose.choice((0, 5, 1000))
                report = db.import_events(file, format=format, max_errors=errors, progress=False)
                assert report.events >= 0 and db.info()["events"] >= report.events
            tally["imported"] += 1
        except ee.EmbedEngineError as e:
            assert e.code != DEFECT and str(e), repr(e)
            tally["refused"] += 1
        n += 1
        if n % 20 == 0 and store.exists():
            assert sound(store)
            shutil.rmtree(store)
    print(json.dumps(tally))


def main() -> None:
    kind, directory, progress, count, seed = sys.argv[1:]
    os.chdir(directory)
    if kind == "imports":
        imports(Path(directory), Path(progress), int(count), int(seed))
    else:
        damage(kind, Path(directory) / "golden.ee", Path(progress), int(count), int(seed))


if __name__ == "__main__":
    main()
