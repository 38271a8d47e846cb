"""The golden answers, as the C and .NET tests check them."""

from __future__ import annotations

import json

import pytest
from conftest import FIXTURES

import embedengine as ee

# Scores have six digits, and instruction sets differ in the seventh.
TOLERANCE = 1e-5


def test_every_request_answers_as_recorded(golden: ee.Database) -> None:
    requests = json.loads((FIXTURES / "golden.json").read_text())["requests"]
    assert len(requests) > 100
    for request in requests:
        if request["call"] == "similar":
            found = golden.similar(request["item"], k=request["k"])
        else:
            found = golden.recommend(
                [tuple(e) for e in request["events"]], k=request["k"], source=request["source"],
                seen=request["seen"], padding=request["padding"])
            told = (found.fallback, found.unknown_items, found.padded)
            assert told == (request["fallback"], request["unknown_items"], request["padded"]), request
        assert [s.item for s in found] == request["items"], request
        assert [s.score for s in found] == pytest.approx(request["scores"], abs=TOLERANCE), request


def test_batch_answers_as_single_requests(golden: ee.Database) -> None:
    sessions = [[(1010, "clicks"), (1011, "carts")], [], [1000], [999_999_999]]
    batch = golden.recommend_batch(sessions, k=7)
    assert len(batch) == len(sessions)
    for session, answer in zip(sessions, batch):
        single = golden.recommend(session, k=7)
        assert answer == single
        assert (answer.fallback, answer.version) == (single.fallback, single.version)
    similar = golden.similar_batch([1010, -7], k=3)
    assert similar[0] == golden.similar(1010, k=3)
    assert list(similar.counts) == [3, -1] and similar[1] == []
