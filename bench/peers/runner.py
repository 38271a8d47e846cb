"""Runs both sides of a comparison and keeps what they printed. Commands are recorded as anybody can repeat
them: the data folder is $D, the peers' folder $PEERS, our program embedengine. Standard library only."""
import json
import os
import subprocess
import sys
import time

PYTHON = "/usr/bin/python3"


class Failed(Exception):
    """A program of one side did not do its part."""


class Runner:
    """Where everything lies, and the commands of the part at hand."""

    def __init__(self, program, data, peers, repeat, threads, seed):
        self.program, self.data, self.peers = (os.path.abspath(p) for p in (program, data, peers))
        self.repeat, self.threads, self.seed = repeat, threads, seed
        self.commands, self.files = [], {}

    def begin(self):
        """Forgets the last part's commands and files."""
        self.commands, self.files = [], {}

    def path(self, name):
        return os.path.join(self.data, name)

    def shown(self, command, env):
        """The command with $D, $PEERS and embedengine in place of this machine's paths."""
        here = os.path.dirname(os.path.abspath(__file__))
        words = [f"{k}={v}" for k, v in env.items()]
        for word in map(str, command):
            for start, name in ((self.program, "embedengine"), (self.data, "$D"), (self.peers, "$PEERS"),
                                (here, "bench/peers"),
                                (PYTHON, "python3")):
                if word == start or word.startswith(start + os.sep):
                    word = name + word[len(start):]
                    break
            words.append(word)
        return " ".join(words)

    def run(self, *command, env=None):
        """The JSON objects a program prints, one a line. Its progress goes to our standard error."""
        env = dict(env or {})
        shown = self.shown(command, env)
        if shown not in self.commands:
            self.commands.append(shown)
        say(shown)
        begin = time.perf_counter()
        done = subprocess.run([str(c) for c in command], env={**os.environ, **env}, stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode:
            raise Failed(f"exit code {done.returncode}: {shown}")
        say(f"  {time.perf_counter() - begin:.1f} s")
        found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return found

    def ours(self, *arguments):
        """Our program's one JSON object."""
        found = self.run(self.program, *arguments, "--json")
        if len(found) != 1:
            raise Failed(f"{len(found)} JSON objects of {self.shown((self.program, *arguments), {})}")
        return found[0]

    def peer(self, script, *arguments, threads=None):
        """What a script of the peers' folder, or of ours when it is no bare name, prints."""
        path = script if os.path.isabs(script) else os.path.join(self.peers, script)
        count = str(threads or self.threads)
        return self.run(PYTHON, path, *arguments,
                        env={"OPENBLAS_NUM_THREADS": count, "OMP_NUM_THREADS": count})

    def make(self, name, *command):
        """A data file, made by a command of the peers' where it is not there yet; it is noted either way."""
        path = self.path(name)
        if not os.path.exists(path):
            self.run(*command)
        if not os.path.exists(path):
            raise Failed(f"{self.shown((path,), {})} was not made")
        self.files["$D/" + name] = {"bytes": os.path.getsize(path), "made_by": self.shown(command, {})}
        return path

    def script(self, name):
        return os.path.join(self.peers, name)

    def own_script(self, name):
        return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


def say(text):
    print(text, file=sys.stderr, flush=True)


def find(lines, **wanted):
    """The first JSON object that has these values."""
    for line in lines:
        if all(line.get(k) == v for k, v in wanted.items()):
            return line
    raise Failed(f"no line with {wanted} among {len(lines)}")
