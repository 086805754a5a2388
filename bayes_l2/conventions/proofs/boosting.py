"""Fits of XGBoost and LightGBM at a converted setting."""

import json
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bayes_l2.conventions.proofs.problem import Fitted, Problem, Proof


def xgboost(problem: Problem, penalty: float, name: str = "lambda") -> Fitted:
    """Fit a linear booster; its JSON holds the weights with all digits."""
    xgb = import_module("xgboost")
    options = {
        "booster": "gblinear",
        "updater": "coord_descent",
        "feature_selector": "cyclic",
        "eta": 1.0,
        "lambda": 0.0,
        name: penalty,
        "tolerance": 0.0,
        "base_score": problem.y.mean(),
        "nthread": 1,
        "verbosity": 0,
    }
    booster = xgb.train(
        options, xgb.DMatrix(problem.X, problem.y, weight=problem.weights), 400
    )
    learner = json.loads(booster.save_raw("json"))["learner"]
    weights = learner["gradient_booster"]["model"]["weights"]
    return Fitted(float(weights[-1] + problem.y.mean()), np.array(weights[:-1]))


def lightgbm(problem: Problem, penalty: float) -> Fitted:
    """Fit a linear tree, and return the line of the leaf that holds all rows.

    The line of a leaf is in the columns that its path splits. So one row is added far
    out in each column, and a forced split separates it from the others. One leaf then
    has the rows of the problem, and all columns on its path. The first tree is
    constant; the line is in the second.
    """
    lgb = import_module("lightgbm")
    p = problem.X.shape[1]
    far = problem.X.max(axis=0) + 10.0 * (np.ptp(problem.X, axis=0) + 1.0)
    middle = problem.X.mean(axis=0)
    rows = np.vstack([problem.X, middle + np.diag(far - middle)])
    response = np.append(problem.y, np.full(p, problem.y.mean()))
    weights = problem.weights
    if weights is not None:
        weights = np.append(weights, np.ones(p))
    split: dict[str, Any] = {}
    for column in range(p):
        cut = float((problem.X[:, column].max() + far[column]) / 2)
        inner = {"left": split} if split else {}
        split = {"feature": column, "threshold": cut} | inner
    with tempfile.TemporaryDirectory() as folder:
        forced = Path(folder) / "splits.json"
        forced.write_text(json.dumps(split))
        options = {
            "objective": "l2",
            "linear_tree": True,
            "linear_lambda": penalty,
            "learning_rate": 1.0,
            "num_leaves": p + 1,
            "min_data_in_leaf": 1,
            "min_data_in_bin": 1,
            "min_sum_hessian_in_leaf": 0.0,
            "max_bin": 1000,
            "feature_pre_filter": False,
            "forcedsplits_filename": str(forced),
            "verbosity": -1,
            "num_threads": 1,
            "deterministic": True,
            "force_col_wise": True,
        }
        data = lgb.Dataset(rows, response, weight=weights, params=options)
        booster = lgb.train(options, data, 2)
    leaves = booster.predict(rows, pred_leaf=True)[:, 1]
    leaf = _leaf(booster.dump_model()["tree_info"][1]["tree_structure"], int(leaves[0]))
    coef = np.zeros(p)
    coef[leaf["leaf_features"]] = leaf["leaf_coeff"]
    first = booster.predict(rows[:1], num_iteration=1)[0]
    return Fitted(float(leaf["leaf_const"] + first), coef)


def _leaf(node: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the leaf of a tree that has a number."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.get("leaf_index") == number:
            return node
        waiting += [
            node[side] for side in ("left_child", "right_child") if side in node
        ]
    raise LookupError(f"the tree has no leaf {number}")


PROOFS = {
    "xgboost": Proof(xgboost, ("xgboost",)),
    "xgboost-l1": Proof(
        lambda problem, penalty: xgboost(problem, penalty, "alpha"), ("xgboost",)
    ),
    "lightgbm": Proof(lightgbm, ("lightgbm",)),
}
