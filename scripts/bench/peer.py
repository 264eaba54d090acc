"""What the peer programs of the benchmark share: the request, the answer, repeated runs."""

import importlib.util
import json
import resource
import sys
import time


def main(measure, modules):
    """Calls measure(peer, request) and writes its answer, or which module of the peer is missing."""
    peer, request_path, answer_path = sys.argv[1:4]
    missing = [name for name in modules[peer] if importlib.util.find_spec(name) is None]
    if missing:
        answer = {"missing": ", ".join(missing)}
    else:
        with open(request_path, encoding="utf-8") as file:
            answer = measure(peer, json.load(file))
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def best_time(repeats, run):
    """The shortest of `repeats` runs in seconds, after one to warm up, and what the last one returned."""
    result, seconds = run(), []
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
