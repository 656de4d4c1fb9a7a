"""Fits scorecards to examples: boosted trees of two splits, written as clauses.

LightGBM (Ke et al., NIPS 2017) grows the trees. Facts are split at the edges that their tables name and no others,
so that clauses read well and two fits can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleaner.errors import InputError
from cleaner.matching.page.scorecard import EDGE, Clause, ClauseCondition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_LEAVES = 3
_LEAF = 100  # rows of a leaf at least
_LEAVES_AT_LEAST = 20  # a small data set gets smaller leaves, so that it can fill this number
_SEED = 1
_LEAST_WEIGHT = 0.005  # points; a clause with a smaller effect is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A column that trees may split: a fact, perhaps of a line near, with its edges or its kinds."""

    fact: str
    near: int = 0
    edges: tuple[float, ...] = ()
    kinds: tuple[str, ...] = ()

    def binned(self, fact: Column) -> Column:
        """The fact's values, of the lines near where those are asked for, as numbers of bins or of kinds."""
        import numpy as np  # only a fit needs it

        own: Column = fact if self.kinds else np.digitize(fact, self.edges).astype(float) + 1.0
        if not self.near:
            return own
        column = np.full(len(own), float(len(self.kinds)) if self.kinds else 0.0)
        if self.near > 0:
            column[: -self.near] = own[self.near :]
        else:
            column[-self.near :] = own[: self.near]
        return column


def grow(columns: Column, wanted: Column, weights: Column, asked: Sequence[Asked], *, rounds: int, rate: float) -> Any:
    """A booster over (lines × asked) columns. Raises InputError where LightGBM is not installed."""
    try:
        import lightgbm  # an extra
    except ImportError as error:
        raise InputError("cleaner rules fit", "needs LightGBM", "pip install 'cleaner[fit]'") from error
    options = {
        "objective": "binary", "num_leaves": _LEAVES, "learning_rate": rate,
        "min_data_in_leaf": min(_LEAF, len(columns) // _LEAVES_AT_LEAST), "lambda_l2": 1.0, "feature_fraction": 0.7,
        "max_bin": 63, "cat_smooth": 50, "max_cat_to_onehot": 1, "min_data_per_group": 200,
        "deterministic": True, "force_row_wise": True, "seed": _SEED, "num_threads": 2, "verbose": -1,
        "boost_from_average": True,
    }  # fmt: skip
    kinds = [i for i, each in enumerate(asked) if each.kinds]
    data = lightgbm.Dataset(columns, wanted, weight=weights, categorical_feature=kinds, free_raw_data=False)
    return lightgbm.train(options, data, rounds)


def clauses_of(booster: Any, asked: Sequence[Asked]) -> list[Clause]:
    """The booster's trees as clauses, those that ask the same made one, in order of what they ask."""
    merged: dict[tuple[ClauseCondition, ...], list[float]] = {}
    for tree in booster.dump_model()["tree_info"]:
        for conditions, points in _clauses(tree["tree_structure"], asked):
            held = merged.setdefault(conditions, [0.0] * len(points))
            merged[conditions] = [a + b for a, b in zip(held, points, strict=True)]
    constant = sum(points[0] for conditions, points in merged.items() if not conditions)
    clauses = []
    for conditions, points in merged.items():
        if not conditions or max(points) - min(points) < _LEAST_WEIGHT:
            constant += 0.0 if not conditions else sum(points) / len(points)
            continue
        # Relative to what counts where no condition holds, so that a clause says what its conditions change.
        constant += points[-1]
        tests = tuple((c, round(p - points[-1], 2)) for c, p in zip(conditions, points[:-1], strict=True))
        clauses.append(Clause(tests=tests, otherwise=0.0))
    clauses.sort(key=str)
    return [Clause(tests=(), otherwise=round(constant, 2)), *clauses]


def _clauses(
    node: Mapping[str, Any], asked: Sequence[Asked]
) -> Iterator[tuple[tuple[ClauseCondition, ...], list[float]]]:
    if "leaf_value" in node:
        yield (), [float(node["leaf_value"])]
        return
    left, right = node["left_child"], node["right_child"]
    condition = _condition(node, asked)
    if "leaf_value" not in left:
        left, right, condition = right, left, _denied(condition)
    first = float(left["leaf_value"])
    if "leaf_value" in right:
        yield (condition,), [first, float(right["leaf_value"])]
        return
    second, third = right["left_child"], right["right_child"]
    yield (condition, _condition(right, asked)), [first, float(second["leaf_value"]), float(third["leaf_value"])]


def _condition(node: Mapping[str, Any], asked: Sequence[Asked]) -> ClauseCondition:
    """The condition under which a line goes to the left child."""
    each = asked[node["split_feature"]]
    if node["decision_type"] == "==":
        names = (*each.kinds, EDGE)
        named = frozenset(names[int(i)] for i in str(node["threshold"]).split("||"))
        others = frozenset(names) - named - (frozenset() if each.near else {EDGE})
        short, denied = (named, False) if len(named) <= len(others) else (others, True)
        return ClauseCondition(fact=each.fact, near=each.near, kinds=short, denied=denied)
    # Bins count from 1; bin b ends where the edge number b - 1 begins, and 0 is a line beyond the page.
    last = int(float(node["threshold"]))
    return ClauseCondition(fact=each.fact, near=each.near, below=each.edges[last - 1] if last else 0.0)


def _denied(condition: ClauseCondition) -> ClauseCondition:
    return ClauseCondition(
        fact=condition.fact, near=condition.near, below=condition.below, kinds=condition.kinds,
        denied=not condition.denied,
    )  # fmt: skip
