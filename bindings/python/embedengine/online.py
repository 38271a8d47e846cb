"""Answers where they are given: who is answered by which version, recorded answers, and what came of them."""

from __future__ import annotations

import ctypes as C
import datetime
import json
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from . import _columns, _layouts as L
from ._library import check, copy_out, lib
from .errors import InvalidArgumentError
from .model import Model
from .results import Key, Recommendations

BUCKETS = 10_000
_MASK = (1 << 64) - 1
_ID_CAPACITY = 33


def split_bucket(salt: str, unit: Key) -> int:
    """The bucket, 0 to 9,999, of a user or session: the published hash of docs/online.md, for whoever wants
    to know an arm without a store."""
    h = 0xCBF29CE484222325
    for byte in salt.encode("utf-8") + b"\xff" + str(unit).encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) & _MASK
    h = ((h ^ (h >> 33)) * 0xFF51AFD7ED558CCD) & _MASK
    h = ((h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53) & _MASK
    h ^= h >> 33
    return ((h >> 32) * BUCKETS) >> 32


class Online:
    """The part of a Database that measures answers."""

    _arm_models: Dict[int, Model]
    _has_experiment: Optional[bool]

    def set_experiment(
        self, arms: Union[str, Mapping[str, Tuple[str, float]]], salt: Optional[str] = None,
    ) -> Dict[str, Any]:
        """Splits users between versions: "control=active:50,treatment=candidate:50", or {"control":
        ("active", 50), ...}: name, alias and percent; whoever is beyond the sum is in no arm. Other shares
        move as few users as they must; another salt splits everybody anew. Other processes see it after
        `refresh`. Returns `experiment()`."""
        if not isinstance(arms, str):
            arms = ",".join(f"{name}={alias}:{share:g}" for name, (alias, share) in arms.items())
        text, mixed = arms.encode("utf-8"), None if salt is None else salt.encode("utf-8")
        check(lib.ee_set_experiment(self._open(), text, len(text), mixed, len(mixed or b"")))
        self._forget_arms()
        found = self.experiment()
        assert found is not None
        return found

    def end_experiment(self) -> None:
        """The active version answers everybody again; what was recorded stays."""
        check(lib.ee_set_experiment(self._open(), None, 0, None, 0))
        self._forget_arms()

    def experiment(self) -> Optional[Dict[str, Any]]:
        """{"salt", "since_ms", "arms": [{"arm", "alias", "version", "share"}]}, or None where none runs."""
        found: Dict[str, Any] = json.loads(copy_out(lib.ee_experiment, self._open()))
        return found if found["arms"] else None

    def arm_of(self, unit: Key) -> Optional[str]:
        """The arm of a user, or of an anonymous session by its id; None = in none."""
        return self._arm(unit)[1]

    def model_for(self, unit: Key) -> Model:
        """The version that answers a user, or an anonymous session by its id."""
        if self._has_experiment is None:
            self._has_experiment = self.experiment() is not None
        if not self._has_experiment:
            return self.model
        version = self._arm(unit)[0]
        if version == self.model.version:
            return self.model
        found = self._arm_models.get(version)
        if found is None:
            found = self._arm_models[version] = self.open_model(version)
        return found

    def record_answer(
        self, model: Model, answer: Recommendations, user: Optional[Key] = None,
        session_id: Optional[Key] = None,
    ) -> Optional[str]:
        """Records an answer of a model and returns its id, for `observe(..., request=id)`. None = it could
        not be recorded, and `info()["answer_problem"]` says why: a request never fails for it."""
        numbers = model.items_of([scored.item for scored in answer])
        items = (L.RecommendedItem * max(len(answer), 1))()
        for place, number in enumerate(numbers):
            items[place].item = number
        result = L.RecommendResult(count=len(answer), version=answer.version)
        buffer, needed = C.create_string_buffer(_ID_CAPACITY), C.c_int64()
        texts = [None if key is None else str(key).encode("utf-8") for key in (user, session_id)]
        arguments: List[Any] = [value for text in texts for value in (text, len(text or b""))]
        check(lib.ee_record_answer(
            self._open(), model.handle, *arguments, C.addressof(result), C.addressof(items),
            C.addressof(buffer), _ID_CAPACITY, C.addressof(needed)))
        return buffer.value.decode("ascii") or None

    def evaluate_online(
        self, since_ms: Union[None, int, datetime.datetime] = None, window_hours: float = 24,
    ) -> Dict[str, Any]:
        """What came of recorded answers, by arm: clicks and orders of answered items that were observed with
        the answer's id, with intervals clustered by user, and each arm against the first. since_ms: None =
        since the experiment was set, else all. docs/online.md has the keys, and why not to look every day."""
        since = -1 if since_ms is None else _columns.milliseconds(since_ms, "since_ms")
        if window_hours <= 0:
            raise InvalidArgumentError(f"window_hours {window_hours} is not above 0")
        check(lib.ee_evaluate_online(self._open(), since, round(window_hours * 3_600_000)))
        report: Dict[str, Any] = self._last_result()
        return report

    def _recommend_recorded(
        self, model: Model, answer: Recommendations, record: bool, user: Optional[Key],
        session_id: Optional[Key],
    ) -> Recommendations:
        if record:
            answer.id = self.record_answer(model, answer, user, session_id)
        return answer

    def _observe_of(
        self, arguments: Iterable[Any], time_ms: int, request: str,
    ) -> str:
        text, link = request.encode("utf-8"), C.c_int32()
        check(lib.ee_observe_request(
            self._open(), *arguments, time_ms, text, len(text), C.addressof(link)))
        return L.REQUESTS[link.value]

    def _arm(self, unit: Key) -> Tuple[int, Optional[str]]:
        text, version = str(unit).encode("utf-8"), C.c_int64()
        name = copy_out(lib.ee_arm, self._open(), text, len(text), C.addressof(version))
        return version.value, name or None

    def _forget_arms(self) -> None:
        self._arm_models, self._has_experiment = {}, None

    if TYPE_CHECKING:  # what Database has
        model: Model
        _open: Callable[[], int]
        _last_result: Callable[[], Any]
        open_model: Callable[..., Model]
