"""What simple advisors make of a workload, by the planner's cost with HypoPG: every single column at once (those that plans use), and greedy choices
among them within budgets, by what an index saves and by what it saves a byte. Needs psql.

    baseline.py --db films --budgets 125,250,500 FOLDER/*.sql"""

import argparse
import json
import re
import subprocess
import time


class Planner:
    def __init__(self, database, queries):
        self.database, self.queries, self.asked = database, queries, 0

    def psql(self, script):
        return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database], input=script, capture_output=True, text=True, check=True).stdout

    def columns(self):
        return [line.split("|") for line in self.psql("""SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
              AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum)""").splitlines()]

    def costs(self, ddls, which=None):
        """Cost of each query, bytes of each index, and which of them plans use."""
        which = range(len(self.queries)) if which is None else which
        self.asked += len(which)
        script = "SET hypopg.use_real_oids = on;\nSELECT 'reset' FROM hypopg_reset();\n" + "".join(
            f"SELECT 'size ' || hypopg_relation_size(indexrelid) || ' ' || indexrelid FROM hypopg_create_index('{ddl}');\n" for ddl in ddls)
        head, *plans = self.psql(script + "".join(f"\\echo plan\nEXPLAIN (FORMAT JSON) {self.queries[at]};\n" for at in which)).split("plan\n")
        sizes = [(int(size), oid) for size, oid in re.findall(r"size (\d+) (\d+)", head)]
        used = set(re.findall(r'"Index Name": "<(\d+)>', "".join(plans)))
        return [json.loads(plan)[0]["Plan"]["Total Cost"] for plan in plans], [size for size, _ in sizes], [oid in used for _, oid in sizes]


def greedy(planner, ddls, sizes, tables, budget, score, base, alone):
    chosen, costs, room = [], list(base), budget
    gains = {at: (sum(base) - sum(alone[at]), -1) for at in range(len(ddls))}
    while True:
        fitting = {at: gain for at, gain in gains.items() if sizes[at] <= room and at not in chosen and gain[0] > 0}
        if not fitting:
            return sum(costs) / sum(base), sum(sizes[at] for at in chosen), len(chosen)
        best = max(fitting, key=lambda at: score(fitting[at][0], sizes[at]))
        if fitting[best][1] == len(chosen):
            chosen.append(best)
            room -= sizes[best]
            costs = fitting[best][2]
            continue
        which = [at for at, query in enumerate(planner.queries) if re.search(rf"\b{tables[best]}\b", query)]
        new = list(costs)
        if which:
            told, _, _ = planner.costs([ddls[at] for at in chosen + [best]], which)
            for at, cost in zip(which, told):
                new[at] = cost
        gains[best] = (sum(costs) - sum(new), len(chosen), new)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    parser.add_argument("--budgets", default="")
    parser.add_argument("queries", nargs="+")
    arguments = parser.parse_args()
    planner = Planner(arguments.db, [open(path, encoding="utf-8").read().strip().rstrip(";") for path in arguments.queries])
    base, _, _ = planner.costs([])
    columns = planner.columns()
    ddls = [f"CREATE INDEX ON {table} ({column})" for table, column in columns]
    start = time.time()
    together, sizes, used = planner.costs(ddls)
    kept = [at for at, one in enumerate(used) if one]
    print(f"every single column at once: relative cost {sum(together) / sum(base):.4f}, {len(kept)} used, {sum(sizes[at] for at in kept) / 1e6:.0f} MB, {time.time() - start:.1f} s")
    ddls, tables, sizes = [ddls[at] for at in kept], [columns[at][0] for at in kept], [sizes[at] for at in kept]
    if not arguments.budgets:
        return
    alone = []
    for at, ddl in enumerate(ddls):
        which = [n for n, query in enumerate(planner.queries) if re.search(rf"\b{tables[at]}\b", query)]
        costs = list(base)
        for n, cost in zip(which, planner.costs([ddl], which)[0] if which else []):
            costs[n] = cost
        alone.append(costs)
    for name, score in [("saved", lambda gain, size: gain), ("saved a byte", lambda gain, size: gain / size)]:
        for budget in arguments.budgets.split(","):
            before = planner.asked
            relative, size, number = greedy(planner, ddls, sizes, tables, float(budget) * 1e6, score, base, alone)
            print(f"greedy by what is {name}, {budget} MB: relative cost {relative:.4f}, {number} indexes, {size / 1e6:.0f} MB, {planner.asked - before} EXPLAINs", flush=True)
    print(f"{planner.asked} EXPLAINs in {time.time() - start:.0f} s")


main()
