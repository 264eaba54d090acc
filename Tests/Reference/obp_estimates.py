"""Off-policy estimates by the Open Bandit Pipeline itself (obp 0.4.1), to hold ours against.

Reads one JSON object on standard input, prints one on standard output.

In:  {"actions": [n], "rewards": [n], "propensities": [n], "positions": [n],
      "policy": rows, "model": rows, "policy_rows": [n] or null, "model_rows": [n] or null, "replicates": int,
      "thompson": null or {"alphas": [...], "betas": [...], "simulations": int}}
     A table with rows null is [positions][actions], the same in every round; else [rows][actions], one row per round,
     for logs with one position.
Out: {"ips", "snips", "dm", "dr": {"value", "low", "high"}, "thompson": null or [positions][actions]}

The estimators' files are obp's own, unmodified. obp imports torch at the top of its modules for methods that are not
called here; a name is enough for that, so no gigabyte is installed: `torch.Tensor` is the only attribute used on
import, and the name is withdrawn afterwards.
"""

import importlib
import importlib.metadata
import json
import pathlib
import sys
import types

import numpy as np
import pandas  # noqa: F401  (imported by obp; imported here before the name `torch` exists)
import sklearn.utils  # noqa: F401
import yaml  # noqa: F401

OBP_VERSION = "0.4.1"


def load(*module_names):
    """Import obp's modules from their files, without running the packages' own `__init__`."""
    if importlib.metadata.version("obp") != OBP_VERSION:
        raise SystemExit(f"obp {OBP_VERSION} is wanted")
    root = find_root()
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {})
    sys.modules["torch"] = torch
    for package in ["obp", "obp.ope", "obp.policy"]:
        module = types.ModuleType(package)
        module.__path__ = [str(root.joinpath(*package.split(".")[1:]))]
        sys.modules[package] = module
    modules = [importlib.import_module(name) for name in module_names]
    del sys.modules["torch"]
    return modules


def find_root():
    files = importlib.metadata.files("obp") or []
    for file in files:
        if str(file) == "obp/utils.py":
            return pathlib.Path(file.locate()).parent
    raise SystemExit("obp has no utils.py")


def table(rows, row_of_round, rounds):
    rows = np.array(rows, dtype=float)
    if row_of_round is None:
        return np.tile(rows.T[None, :, :], (rounds, 1, 1))
    return rows[np.array(row_of_round)][:, :, None]


def estimates(given, module):
    rounds = len(given["actions"])
    policy = table(given["policy"], given["policy_rows"], rounds)
    model = table(given["model"], given["model_rows"], rounds)
    logged = {
        "reward": np.array(given["rewards"], dtype=float),
        "action": np.array(given["actions"], dtype=int),
        "pscore": np.array(given["propensities"], dtype=float),
        "action_dist": policy,
        "position": np.array(given["positions"], dtype=int),
    }
    modelled = {**logged, "estimated_rewards_by_reg_model": model}
    direct = {name: modelled[name] for name in ["action_dist", "position", "estimated_rewards_by_reg_model"]}
    found = {}
    for name, estimator, inputs in [
        ("ips", module.InverseProbabilityWeighting(), logged),
        ("snips", module.SelfNormalizedInverseProbabilityWeighting(), logged),
        ("dm", module.DirectMethod(), direct),
        ("dr", module.DoublyRobust(), modelled),
    ]:
        interval = estimator.estimate_interval(
            **inputs, alpha=0.05, n_bootstrap_samples=given["replicates"], random_state=1
        )
        found[name] = {
            "value": float(estimator.estimate_policy_value(**inputs)),
            "low": float(interval["95.0% CI (lower)"]),
            "high": float(interval["95.0% CI (upper)"]),
        }
    return found


def thompson(given, module):
    if given is None:
        return None
    policy = module.BernoulliTS(
        n_actions=len(given["alphas"]), len_list=3, random_state=1,
        alpha=np.array(given["alphas"]), beta=np.array(given["betas"]),
    )
    distribution = policy.compute_batch_action_dist(n_rounds=1, n_sim=given["simulations"])
    return distribution[0].T.tolist()


def main():
    given = json.load(sys.stdin)
    estimators, policies = load("obp.ope.estimators", "obp.policy.contextfree")
    found = estimates(given, estimators)
    found["thompson"] = thompson(given.get("thompson"), policies)
    json.dump(found, sys.stdout)


main()
