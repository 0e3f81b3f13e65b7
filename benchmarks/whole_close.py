"""A whole close, from the feed to the mails, beside the least the machine must do for it.

The floor unpacks the usage files and copies the records in, out and in again, with no check, no index and no rule.
"""

import gzip
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from tasks.database import connect, embedded_url
from tasks.demo.feed import write_feed

RATED_COLUMNS = "usage_no, line_no, started_at, kind, quantity"


def main(sizes: list[int]) -> None:
    """Print one row per size; each close runs in a child process, whose peak memory is measured."""
    print("\nwhole close     calls    floor s   close s   close/floor   peak MB   invoices")
    for calls in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), calls)


def measure(folder: Path, calls: int) -> None:
    """Make an operator with that many calls in one month, close the month, and copy the same records bare."""
    write_feed(folder / "feed", payers=60, calls=calls, months=("2026-10",), trouble=False)
    url = embedded_url(folder / "postgres")
    os.environ |= {
        "BILLING_DATABASE_URL": url.render_as_string(hide_password=False),
        "BILLING_FEED": str(folder / "feed"),
        "BILLING_OUT": str(folder / "out"),
        "BILLING_STATE": str(folder / "state"),
        "BILLING_SMTP_URL": f"maildir:{folder / 'mailbox'}",
    }
    begun = time.monotonic()
    invoices = in_child()
    close_s = time.monotonic() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    engine = connect(url)
    floor_s = floor(engine, folder / "feed" / "usage")
    engine.dispose()
    print(f"{'':12}{calls:>10,}{floor_s:>10.1f}{close_s:>10.1f}{close_s / floor_s:>13.1f}×{peak_mb:>10.0f}{invoices:>11,}", flush=True)


def in_child() -> int:
    """Close October in a forked child; returns how many invoices it issued."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        from flows.monthly_close import monthly_close
        from tasks.outside import open_outside

        monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
        with open_outside().engine.connect() as conn:
            count = conn.execute(text("select count(*) from invoice")).scalar_one()
        os.write(writer, str(count).encode())
        os._exit(0)
    _, status = os.wait()
    os.close(writer)
    if status:
        raise SystemExit("the close of the benchmark failed; its message stands above")
    return int(os.read(reader, 20))


def floor(engine: Engine, files: Path) -> float:
    """Seconds to unpack the usage files, copy them into a bare table, copy the records out and into a second one."""
    begun = time.monotonic()
    connection = engine.raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        cursor.execute("create unlogged table bare (a text, b text, c text, d text, e text, f text, g text, h text, i text)")
        with cursor.copy("copy bare from stdin (format csv)") as copy:
            for path in sorted(files.glob("*.csv.gz")):
                copy.write(gzip.decompress(path.read_bytes()).partition(b"\n")[2])
        cursor.execute(f"create table bare_rated as select {RATED_COLUMNS} from usage_record limit 0")
        with cursor.copy(f"copy (select {RATED_COLUMNS} from usage_record) to stdout (format binary)") as out:
            blocks = list(out)
        with cursor.copy("copy bare_rated from stdin (format binary)") as copy:
            for block in blocks:
                copy.write(block)
    connection.rollback()
    connection.close()
    return time.monotonic() - begun


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100_000])
