#!/usr/bin/env python3
"""Compares critical paths and floats with an independent reference, on random plans.

Needs networkx. Run by hand:

    cargo build -p milestone-examples --example critical_path
    python3 examples/examples/critical_path.py target/debug/examples/critical_path [COUNT] [SEED]

The reference knows nothing of the method of the program: earliest times are longest ways from a
source, latest times longest ways to a sink, both by Bellman-Ford over the negated constraint graph
in which every activity has a node for its start and one for its end; the free float is tried out,
by moving one activity and looking whether a constraint breaks.
"""

import json
import random
import subprocess
import sys

import networkx as nx

KINDS = ("fs", "ss", "ff", "sf")


def plan(rng):
    count = rng.randint(1, 25)
    minutes = [rng.choice((30, 60, 240, 480, 960, rng.randint(1, 3000))) for _ in range(count)]
    bonds = []
    for after in range(1, count):
        for before in rng.sample(range(after), min(after, rng.choice((0, 1, 1, 2, 3)))):
            kind = rng.choice(("fs", "fs") + KINDS)
            lag = rng.choice((0, 0, 0, 60, 480, -60, -480, rng.randint(-2000, 2000)))
            bonds.append((before, after, kind, lag))
    names = list(range(count))
    rng.shuffle(names)
    bonds = [(names[before], names[after], kind, lag) for before, after, kind, lag in bonds]
    return {"minutes": minutes, "bonds": bonds}


def constraints(plan):
    """Edges (from, to, least distance) between starts (0, n) and ends (1, n)."""
    edges = []
    for n, takes in enumerate(plan["minutes"]):
        edges.append(((0, n), (1, n), takes))
        edges.append(((1, n), (0, n), -takes))  # no interruption: the end is not later either
    for before, after, kind, lag in plan["bonds"]:
        edges.append(((kind[0] == "f", before), (kind[1] == "f", after), lag))
    return [((int(a), n), (int(b), m), d) for (a, n), (b, m), d in edges]


def longest(edges, ends, source):
    graph = nx.DiGraph()
    graph.add_nodes_from(ends)
    for a, b, distance in edges:
        known = graph.get_edge_data(a, b)
        if known is None or known["weight"] > -distance:
            graph.add_edge(a, b, weight=-distance)
    for end in ends:
        graph.add_edge(source, end, weight=0)
    found = nx.single_source_bellman_ford_path_length(graph, source)
    return {node: -length for node, length in found.items()}


def reference(plan):
    count = len(plan["minutes"])
    edges = constraints(plan)
    ends = [(side, n) for n in range(count) for side in (0, 1)]
    early = longest(edges, ends, "source")
    last = max(early[(1, n)] for n in range(count))
    back = longest([(b, a, d) for a, b, d in edges], ends, "sink")
    rows = []
    for n in range(count):
        start, late = early[(0, n)], last - back[(0, n)]
        free = last - early[(1, n)]
        for a, b, distance in edges:
            if a[1] == n and b[1] != n:
                free = min(free, early[b] - distance - early[a])
        rows.append({
            "task": n,
            "early_start": start,
            "early_finish": early[(1, n)],
            "late_start": late,
            "late_finish": last - back[(1, n)],
            "total_float": late - start,
            "free_float": free,
        })
    return last, rows


def path_holds(plan, path, rows):
    """The path is critical all along, and every step of it is a constraint without slack."""
    if not path or any(rows[n]["total_float"] != 0 for n in path):
        return False
    for before, after in zip(path, path[1:]):
        tight = False
        for a, b, kind, lag in plan["bonds"]:
            if (a, b) == (before, after):
                at = rows[a]["early_finish" if kind[0] == "f" else "early_start"]
                to = rows[b]["early_finish" if kind[1] == "f" else "early_start"]
                tight |= at + lag == to
        if not tight:
            return False
    return True


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng = random.Random(seed)
    plans = [plan(rng) for _ in range(count)]
    lines = "".join(json.dumps(one) + "\n" for one in plans)
    ran = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == count, f"{len(answers)} answers to {count} plans"
    wrong, tasks, bonds, critical = 0, 0, 0, 0
    for number, (one, answer) in enumerate(zip(plans, answers)):
        end, rows = reference(one)
        got = sorted(answer["rows"], key=lambda row: row["task"])
        tasks, bonds = tasks + len(rows), bonds + len(one["bonds"])
        critical += sum(row["total_float"] == 0 for row in rows)
        if got != rows or answer["end"] != end or not path_holds(one, answer["path"], rows):
            wrong += 1
            print(f"plan {number} differs: {json.dumps(one)}\n  is {answer}\n  should be {end} {rows}")
    print(f"{count} plans, {tasks} tasks ({critical} critical), {bonds} dependencies: {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
