"""Writes what a part found: results/<cpu>/<part>.json, README.md over all parts there are, recall-QPS plots.
Standard library only."""
import datetime
import json
import os
import re
import subprocess

import figures
import plot

ORDER = ["sgns", "ann", "svd", "nmf", "covis", "walks", "recommend", "users"]


def processor():
    """The processor's name and what tells it from its sisters."""
    fields = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            if not line.strip():
                break
            fields[key.strip()] = value.strip()
    flags = set(fields.get("flags", "").split())
    level = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE"
    name = fields.get("model name", "unknown")
    return {"name": name, "family": fields.get("cpu family"), "model": fields.get("model"), "level": level,
            "processors": len(os.sched_getaffinity(0))}


def slug(cpu):
    text = f"{cpu['name']} family {cpu['family']} model {cpu['model']}".lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def commit(repository):
    def git(*words):
        return subprocess.run(["git", "-C", repository, *words], capture_output=True, text=True,
                              check=False).stdout.strip()
    changed = " with changes" if git("status", "--porcelain", "--", "src") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + changed


def write(folder, repository, part, runner, found):
    """One part's JSON and plots; returns the path of the JSON."""
    os.makedirs(folder, exist_ok=True)
    curves = found.pop("curves", {})
    record = {"part": part, "commit": commit(repository), "cpu": processor(), "threads": runner.threads,
              "seed": runner.seed,
              "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
              "repeat": runner.repeat,
              "load": [round(x, 2) for x in os.getloadavg()], "data": runner.files,
              "commands": runner.commands, **found,
              "plots": [f"recall-qps-{name}.svg" for name in curves]}
    for name, sides in curves.items():
        with open(os.path.join(folder, f"recall-qps-{name}.svg"), "w", encoding="utf-8") as file:
            file.write(plot.recall_qps(f"{name}: recall@10 against queries a second", sides))
    path = os.path.join(folder, part + ".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1, ensure_ascii=False)
        file.write("\n")
    return path


def table(records):
    """The measures of all parts as Markdown."""
    lines = ["| part | measure | ours | theirs | against | ratio | least – most | goal | floor | reached |",
             "|---|---|---:|---:|---|---:|---:|---:|---:|---|"]
    for record in records:
        for m in record["measures"]:
            goal, floor = ("" if m[k] is None else f"{m[k]:.3g}×" for k in ("goal", "floor"))
            theirs = figures.sensible(m["theirs"])
            lines.append(
                f"| {record['part']} | {m['name']} ({m['unit']}) | {figures.sensible(m['ours'])} | {theirs} "
                f"| {m['peer']} | {m['ratio']:.2f}× | {m['min']:.2f} – {m['max']:.2f} | {goal} | {floor} "
                f"| {m['verdict']} |")
    return lines


def checks(records):
    """What had to be equal, as Markdown."""
    lines = ["| part | quality | ours | theirs | holds |", "|---|---|---:|---:|---|"]
    for record in records:
        for q in record["quality"]:
            ours, theirs = (f"{q[k]:.6g}" if isinstance(q[k], float) else str(q[k])
                            for k in ("ours", "theirs"))
            holds = "yes" if q["holds"] else "**no**"
            lines.append(f"| {record['part']} | {q['name']} | {ours} | {theirs} | {holds} |")
    return lines


def readme(folder):
    """README.md from every part's JSON that lies in the folder."""
    records = []
    for part in ORDER:
        path = os.path.join(folder, part + ".json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                records.append(json.load(file))
    cpu = records[-1]["cpu"]
    lines = ["# {name}, family {family} model {model}, {level}, {processors} processors".format(**cpu), "",
             "Written by `bench/peers/run.py`; raw figures and commands are in the JSON files beside. A",
             "ratio says how many times better we are: the median over runs that alternate with the other",
             "side's, then the least and the most. CPU seconds count all threads.", "", *table(records), "",
             "## Quality beside speed", "", *checks(records), ""]
    for record in records:
        lines += [f"![recall against queries a second]({name})" for name in record["plots"]]
    lines += ["", "## Runs", "", "| part | commit | date | runs | threads | load before the end |",
              "|---|---|---|---:|---:|---|"]
    row = "| {part} | {commit} | {date} | {repeat} | {threads} | {load[0]} |"
    lines += [row.format(**record) for record in records]
    path = os.path.join(folder, "README.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path
