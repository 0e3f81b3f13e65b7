"""Speed and memory, measured beside a floor in the same run: `make bench`."""
