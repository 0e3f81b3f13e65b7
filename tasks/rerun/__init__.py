"""A step of a close done again on request: the rules of what may be, and what doing it again means after the issue."""

from tasks.rerun.repeating import REPEATS
from tasks.rerun.rules import begun_for, repeating

__all__ = ["REPEATS", "begun_for", "repeating"]
