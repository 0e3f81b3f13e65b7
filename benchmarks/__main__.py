"""`make bench`: every figure beside a floor measured in the same run, so that the ratio holds on any machine."""

import argparse
import os
import subprocess
import sys

# Each in a process of its own, so that its peak memory is its own.
PARTS = ("rating", "pdf", "ubl", "mail", "whole_close")


def main() -> int:
    """Run the benchmarks asked for, one after the other; returns the exit code."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--only", choices=PARTS, action="append", help="one part instead of all")
    asked.add_argument("--calls", type=int, action="append", help="sizes in calls (default: 0.1, 1 and 5 million)")
    given = asked.parse_args()
    calls = [str(number) for number in given.calls or (100_000, 1_000_000, 5_000_000)]
    for part in given.only or PARTS:
        arguments = calls if part in {"rating", "whole_close"} else []
        code = subprocess.call([sys.executable, "-m", f"benchmarks.{part}", *arguments], env=os.environ)
        if code:
            return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
