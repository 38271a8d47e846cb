"""A store from a stranger under strace: whatever the command line is asked to do with it, the kernel sees no
file outside it opened for writing, renamed or removed. Skipped where there is no strace."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Callable, Dict, List

import pytest

from conftest import copy_golden

CALLS = ("openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,truncate,link,"
         "symlink")
# What the runtime opens for itself: terminals and devices, its own shared memory of one process.
HARMLESS = re.compile(r"^(/dev/|/proc/|anon_inode|/sys/)")


def link_folder(name: str) -> Callable[[Path, Path], None]:
    def change(store: Path, victim: Path) -> None:
        shutil.rmtree(store / name, ignore_errors=True)
        (store / name).symlink_to(victim)

    return change


def link_file(name: str) -> Callable[[Path, Path], None]:
    def change(store: Path, victim: Path) -> None:
        (store / name).unlink(missing_ok=True)
        (store / name).symlink_to(victim / "b")

    return change


def catalog(statement: str) -> Callable[[Path, Path], None]:
    def change(store: Path, victim: Path) -> None:
        with sqlite3.connect(store / "catalog.db") as connection:
            connection.execute("update meta set value='1' where key='format'")
            connection.execute("drop table if exists seal")
            connection.execute(statement)

    return change


MUTANTS: Dict[str, Callable[[Path, Path], None]] = {
    "versions": link_folder("versions"), "events": link_folder("events"), "leases": link_folder("leases"),
    "lock": link_file("LOCK"), "log": link_file("catalog.db-wal"), "memory": link_file("catalog.db-shm"),
    "segment": catalog("update segment set file='../../victim/000009.eel'"),
    "artifact": catalog("update artifact set file='../../../victim/b'"),
    "trigger": catalog("create trigger t after insert on segment begin delete from version; end"),
    "live": lambda store, victim: (store / "events" / "live-1-1.eev").symlink_to(victim / "b"),
}


def changes(trace: str, cwd: Path) -> List[str]:
    """Paths that were opened for writing, made, renamed or removed."""
    paths: List[str] = []
    for line in trace.splitlines():
        call = re.match(r"^(?:\d+ +)?(\w+)\((.*)\) += +(-?\d+)", line)
        if not call or int(call.group(3)) < 0:
            continue
        name, arguments = call.group(1), call.group(2)
        if name in ("open", "openat") and not re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", arguments):
            continue
        paths += [os.path.normpath(cwd / p) for p in re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)]
    return paths


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_nothing_outside_is_changed(mutant: str, tmp_path: Path) -> None:
    program = os.environ.get("EMBEDENGINE_CLI")
    if program is None or shutil.which("strace") is None:
        pytest.skip("needs EMBEDENGINE_CLI and strace")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "b").write_text("keep")
    (victim / "000009.eel").write_text("keep")
    store = copy_golden(tmp_path)
    more = tmp_path / "more.csv"
    more.write_text("session,item\n900001,1010\n900001,1011\n")
    MUTANTS[mutant](store, victim)
    for command in (["info"], ["verify"], ["recommend", "--session", "1010"], ["import", str(more)],
                    ["compact"], ["observe", "--user", "1", "--item", "2"], ["collect", "--keep", "1"],
                    ["train", "--preset", "fast", "--set", "ranker=0"]):
        log = tmp_path / "trace"
        run = subprocess.run(
            ["strace", "-f", "-o", str(log), "-e", f"trace={CALLS}", program, command[0], str(store),
             *command[1:]], capture_output=True, text=True)
        if "ptrace" in run.stderr and "not permitted" in run.stderr:
            pytest.skip("strace may not trace here")
        assert run.returncode in (0, 1, 2), run.stderr
        outside = [
            p for p in changes(log.read_text(errors="replace"), Path.cwd())
            if not HARMLESS.match(p) and not p.startswith(str(store)) and "/.dotnet" not in p]
        # A path inside the store that leads out through a link would be a change outside.
        followed = [
            p for p in changes(log.read_text(errors="replace"), Path.cwd())
            if p.startswith(str(store)) and not os.path.realpath(os.path.dirname(p)).startswith(str(store))]
        assert not outside and not followed, (command, outside, followed)
    assert sorted(p.name for p in victim.iterdir()) == ["000009.eel", "b"]
    assert (victim / "b").read_text() == "keep"
