"""One file per step: read, call the rule, write; and the outside world of a run."""
