"""Judges a script of CREATE INDEX statements by the planner's cost with HypoPG, without asking the tool that made it.

Indexes that are a prefix of an existing one are left out: the planner's cost rewards them, reality does not. Needs psql."""

import argparse
import json
import math
import os
import re
import subprocess


def psql(database, script):
    told = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database], input=script, capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise SystemExit(told.stderr.strip())
    return told.stdout


def statements(script):
    text = re.sub(r"--[^\n]*", "", script)
    for part in text.split(";"):
        part = " ".join(part.split())
        if re.match(r"(?i)create (unique )?index", part):
            yield re.sub(
                r"(?i)^create (unique )?index (concurrently )?(if not exists )?(\"?[\w.$]+\"? )?on (only )?", "CREATE INDEX ON ", part
            )


def existing(database):
    query = """SELECT t.relname, string_agg(pg_get_indexdef(i.indexrelid, n, true), ',' ORDER BY n)
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid, generate_series(1, i.indnkeyatts) n
        WHERE i.indpred IS NULL GROUP BY t.relname, i.indexrelid;"""
    rows = (line.split("|", 1) for line in psql(database, query).splitlines())
    return [(table, columns.replace('"', "").split(",")) for table, columns in rows]


def is_prefix(ddl, have):
    plain = re.match(r'(?i)CREATE INDEX ON (?:"?\w+"?\.)?"?(\w+)"?\s*\(([^()]*)\)$', ddl)
    if not plain:
        return False
    columns = [column.strip().strip('"').lower() for column in plain.group(2).split(",")]
    return any(table == plain.group(1).lower() and keys[: len(columns)] == columns for table, keys in have)


def costs(database, queries, ddls):
    quoted = [ddl.replace("'", "''") for ddl in ddls]
    script = ["SET hypopg.use_real_oids = on;", "SELECT 'reset' FROM hypopg_reset();"]
    script += [
        f"SELECT 'size ' || hypopg_relation_size(indexrelid) FROM hypopg_create_index('{ddl}');" for ddl in quoted
    ]
    script += [f"\\echo plan\nEXPLAIN (FORMAT JSON) {query};" for query in queries]
    head, *plans = psql(database, "\n".join(script)).split("plan\n")
    sizes = [int(size) for size in re.findall(r"size (\d+)", head)]
    trees = [json.loads(plan)[0]["Plan"] for plan in plans]
    used = set(re.findall(r'"Index Name": "<(\d+)>', json.dumps(trees)))
    return [tree["Total Cost"] for tree in trees], sum(sizes), len(used)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    parser.add_argument("--budget", type=float)
    parser.add_argument("--ddl", required=True)
    parser.add_argument("--report")
    parser.add_argument("queries", nargs="+")
    arguments = parser.parse_args()
    queries = [open(path, encoding="utf-8").read().strip().rstrip(";") for path in arguments.queries]
    have = existing(arguments.db)
    ddls = list(statements(open(arguments.ddl, encoding="utf-8").read()))
    kept = [ddl for ddl in ddls if not is_prefix(ddl, have) and not re.search(r"(?i) using (gin|gist) ", ddl)]
    before, _, _ = costs(arguments.db, queries, [])
    after, size, used = costs(arguments.db, queries, kept)
    mean = math.exp(sum(math.log(max(b, 0.01) / max(a, 0.01)) for a, b in zip(before, after)) / len(before))
    line = f"budget {arguments.budget:g} MB: relative cost {sum(after) / sum(before):.4f}, geometric mean {mean:.3f}, "
    line += f"{len(kept)} indexes ({used} used, {len(ddls) - len(kept)} left out), {size / 1e6:.0f} MB"
    if arguments.report:
        found = json.load(open(arguments.report, encoding="utf-8"))["index_set"]
        line += f"; {found['planner_calls']} EXPLAINs of {found['candidates']} candidates in {found['seconds']:.1f} s"
        line += f", bound {found['cost_bound_ms'] / found['cost_before_ms']:.4f}"
    print(line + ("  OVER BUDGET" if arguments.budget and size > arguments.budget * 1e6 else ""))


if __name__ == "__main__":
    main()
