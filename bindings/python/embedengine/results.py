"""What calls return. Plain data: nothing here calls the library but for the names of its sources."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Union

from . import _sources
from ._layouts import EXPLORED

Key = Union[int, str]
Path = Union[str, "os.PathLike[str]"]


class Reason(NamedTuple):
    """Why an item was recommended: the session item that alone proposes it best (None: no single one does),
    its index in the session (-1; -2: it is of the user's earlier sessions), and by which source."""

    because: Any
    event: int
    source: str


class Scored(NamedTuple):
    """One recommended item. A larger score is better; scores compare within one answer only."""

    item: Any
    score: float
    sources: int

    @property
    def reasons(self) -> List[str]:
        """Names of the sources that proposed the item; "explored" where it is."""
        names = [name for name, bit in _sources.numbers().items() if self.sources >> bit & 1]
        return names + ["explored"] if self.explored else names

    @property
    def explored(self) -> bool:
        """Whether the item has one of the places that `explore` gives away."""
        return bool(self.sources & EXPLORED)


class Basket(NamedTuple):
    """What goes with a basket, and by which source: "bought_together" or "covisitation"."""

    items: List[Scored]
    source: str


class SimilarUser(NamedTuple):
    """A user and how alike, a cosine."""

    user: Any
    score: float


class Profile(NamedTuple):
    """A user as a version sees them. vector: of length 1; traits: shares of sum 1; each empty where the
    version makes none. about: of the vector, {"dim", "norm", "version", "depends_on", "space", "kind"} or
    None.
    fallback: what stood in where too little is known of the user, or None."""

    user: Any
    events: int
    vector: Any
    traits: Any
    about: Optional[Dict[str, Any]]
    fallback: Optional[str]


class Recommendations(List[Scored]):
    """The answer to one request: a list, best first, and how it came about."""

    __slots__ = ("version", "fallback", "unknown_items", "padded", "latency_us", "explored")

    version: int
    fallback: Optional[str]
    unknown_items: int
    padded: int
    latency_us: float
    explored: int

    @property
    def items(self) -> List[Any]:
        """The items alone."""
        return [s.item for s in self]


class Batch(Sequence[Recommendations]):
    """Answers to many requests. `items`, `scores` and `counts` are sessions x k arrays with NumPy (items of
    a text store: lists of str), lists without; of row i the first counts[i] are valid."""

    def __init__(self, items: Any, scores: Any, sources: Any, counts: Any, answers: List[Any]) -> None:
        self.items, self.scores, self.sources, self.counts = items, scores, sources, counts
        self._answers = answers

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        n = max(int(self.counts[index]), 0)
        rows = (self.items[index], self.scores[index], self.sources[index])
        columns = [c[:n].tolist() if hasattr(c, "tolist") else c[:n] for c in rows]
        answer = Recommendations(map(Scored, *columns))
        if self._answers:
            (answer.version, answer.fallback, answer.unknown_items, answer.padded,
             answer.latency_us, answer.explored) = self._answers[index]
        return answer

    def __iter__(self) -> Iterator[Recommendations]:
        return (self[i] for i in range(len(self)))


class Measured(NamedTuple):
    """A mean and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ± {(self.high - self.low) / 2:.4f}"


@dataclass(frozen=True)
class SourceMetrics:
    """Quality of one source."""

    recall: Measured
    ndcg: Measured
    map: Measured
    mrr: Measured
    hit_rate: Measured
    coverage: float
    novelty: Optional[float] = None
    diversity: Optional[float] = None
    popularity_bias: Optional[float] = None
    recall_clicks: Optional[Measured] = None
    recall_carts: Optional[Measured] = None
    recall_orders: Optional[Measured] = None
    weighted_recall: Optional[Measured] = None


@dataclass(frozen=True)
class Report:
    """Figures of one evaluation, by source name."""

    k: int
    protocol: str
    cases: int
    sessions: int
    served_source: str
    sources: Dict[str, SourceMetrics]
    p50_us: float
    p99_us: float
    slices: Dict[str, Any] = field(default_factory=dict, repr=False)
    compared: Optional[Dict[str, Any]] = field(default=None, repr=False)
    recorded: List[Dict[str, Any]] = field(default_factory=list, repr=False)
    history: str = "session"
    against_session: Optional[Dict[str, Any]] = field(default=None, repr=False)
    exploration: Optional[Dict[str, Any]] = field(default=None, repr=False)

    def __getitem__(self, source: str) -> SourceMetrics:
        return self.sources[source]

    def __str__(self) -> str:
        lines = [f"{self.cases} cases of {self.sessions} sessions, served: {self.served_source}"]
        for name, m in self.sources.items():
            lines.append(f"{name:<17} recall@{self.k} {m.recall}   ndcg {m.ndcg}   mrr {m.mrr}")
        return "\n".join(lines)

    @staticmethod
    def from_json(json: Dict[str, Any]) -> "Report":
        def measured(m: Dict[str, Any], name: str) -> Measured:
            return Measured(m[name], *m[name + "_ci"])

        names = ("recall", "ndcg", "map", "mrr", "hit_rate")
        by_action = ("recall_clicks", "recall_carts", "recall_orders", "weighted_recall")
        sources = {
            source: SourceMetrics(
                *(measured(m, name) for name in names), coverage=m["coverage"],
                **{name: m.get(name) for name in ("novelty", "diversity", "popularity_bias")},
                **{name: measured(m, name) if name in m else None for name in by_action})
            for source, m in json["sources"].items()
        }
        return Report(
            json["k"], json["protocol"], json["cases"], json["sessions"], json["served_source"], sources,
            json["p50_us"], json["p99_us"], json.get("slices", {}), json.get("compared"),
            json.get("recorded", []), json.get("history", "session"), json.get("against_session"),
            json.get("exploration"))


@dataclass(frozen=True)
class Version:
    """One version of a store. `metrics` is None when the log was too small to measure."""

    number: int
    name: str
    created_at: datetime.datetime
    active: bool
    seconds: float
    stages: Dict[str, float] = field(repr=False)
    metrics: Optional[Report] = field(repr=False)
    evaluations: List[Dict[str, Any]] = field(default_factory=list, repr=False)
    gate: Optional[Dict[str, Any]] = field(default=None, repr=False)

    @staticmethod
    def from_json(json: Dict[str, Any]) -> "Version":
        return Version(
            json["version"], json["name"],
            datetime.datetime.fromisoformat(json["created_at"].replace("Z", "+00:00")),
            json["active"], json["seconds"], json["stages"],
            Report.from_json(json["metrics"]) if json["metrics"] else None, json.get("evaluations", []),
            json.get("gate"))


@dataclass(frozen=True)
class ImportReport:
    """What one import took in."""

    events: int
    sessions: int
    items: int
    rejected: int
    short_sessions: int
    long_sessions: int
    duplicate_events: int
    seconds: float
    events_by_action: Dict[str, int]
    first_errors: List[Dict[str, Any]]
    source_fingerprint: Optional[str] = None
    robot_sessions: int = 0
    mixed_sessions: int = 0
    columns: Dict[str, str] = field(default_factory=dict)
    unused_columns: List[str] = field(default_factory=list)
    key_kind: Optional[str] = None
    time_unit: Optional[str] = None
    first_ms: Optional[int] = None
    last_ms: Optional[int] = None
    unknown_actions: Dict[str, int] = field(default_factory=dict)
    warnings: List[str] = field(default_factory=list)

    @staticmethod
    def from_json(json: Dict[str, Any]) -> "ImportReport":
        names = ImportReport.__dataclass_fields__
        return ImportReport(**{name: value for name, value in json.items() if name in names})


@dataclass(frozen=True)
class Sessions:
    """Many sessions as columns: session s is items[offsets[s]:offsets[s + 1]]. `actions` are codes."""

    items: Any
    offsets: Any
    actions: Any = None
    times_ms: Any = None
