#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The mm model with other random numbers each time.

    seeds.py MODEL COUNT [FIRST]

Runs all tests of MODEL (model.c) with COUNT seeds in a row, from FIRST, or from
one drawn by the clock; TAP on stdout.  What failed can be had again:
SEED=... MODEL.
"""
import os, subprocess, sys, time


def run(model, seed):
    """(did it pass, what it said)"""
    done = subprocess.run([model, "--tap"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, SEED=str(seed)))
    return done.returncode == 0, done.stdout.decode(errors="replace")


def main():
    model, count = sys.argv[1], int(sys.argv[2])
    if len(sys.argv) > 3:
        first = int(sys.argv[3])
    else:
        first = time.time_ns() // 1000 % 10**9
    print(f"1..{count}")
    for i in range(count):
        passed, said = run(model, first + i)
        print(f"{'ok' if passed else 'not ok'} {i + 1} - SEED={first + i}")
        if not passed:
            print("\n".join("# " + line for line in said.splitlines()
                            if not line.startswith("ok")))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
