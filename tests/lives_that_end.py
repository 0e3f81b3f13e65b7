"""Lives that end: letters, the balance, notice and refund of the Telavox terms, a bankruptcy. Every amount is computed by hand."""

from tests.handmade_lives import Life, book, closes, contract, letter, line, parts
from tests.plain_contract import Book, Letter, Line


def two_lines(*parts: Letter) -> Book:
    """The 24 months from 1 March 2025 with 12 users at 11.95 and 5 national numbers at 1.00, charged by us from October 2026 on."""
    charged = "2026-09-30"
    users = line("users", "bt-user", 12, "11.95", "2025-03-01", charged=charged)
    return book(contract("2025-03-01"), users, line("numbers", "bt-number", 5, "1.00", "2025-03-01", charged=charged), *parts)


def telavox(price: str, *parts: Letter | Line) -> Book:
    """One Telavox line in advance since 2024 for 12 months, long over."""
    return book(contract("2024-01-01", "telavox", 12), line("desk", "tlx-desk", 1, price, "2024-01-01", charged="2026-10-31"), *parts)


def mobile(*parts: Letter) -> Book:
    """Two Telavox users in arrears at 20.00, for 24 months from 1 March 2025, charged by us from October 2026 on."""
    return book(contract("2025-03-01", "telavox"), line("users", "tlx-user", 2, "20.00", "2025-03-01", charged="2026-09-30"), *parts)


LIVES = (
    Life(
        "24 months from 1 March 2025, letter received 10 October 2026 asking 31 October: every close from the first",
        ("CG-3.a", "CG-3.b", "CG-3.d"),
        book(
            contract("2025-03-01"),
            line("users", "bt-user", 12, "11.95", "2025-03-01"),
            line("numbers", "bt-number", 5, "1.00", "2025-03-01"),
            letter("2026-10-10", "2026-10-31"),
        ),
        closes("2025-03", "2027-03"),
        totals={"users": "3441.60", "numbers": "100.00"},  # 20 months served and 4 of balance at 143.40; 20 months at 5.00
    ),
    Life(
        "The letter of 10 October asking 31 October: the balance of November to February is 573.60, numbers excluded",
        ("CG-3.b", "CG-3.d"),
        two_lines(letter("2026-10-10", "2026-10-31")),
        closes("2026-09", "2026-12"),
        parts("""
            close 2026-09: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-09: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-10: users balance 2026-11-01..2026-11-30 12 = 143.40
            close 2026-10: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-10: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-10: users balance 2027-02-01..2027-02-28 12 = 143.40
        """),
    ),
    Life(
        "The same letter received 2 November, November charged on 28 October: last day 30 November, balance 430.20, nothing refunded",
        ("CG-3.b", "CG-3.c", "CG-3.d"),
        two_lines(letter("2026-11-02", "2026-10-31")),
        closes("2026-09", "2026-12"),
        parts("""
            close 2026-09: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-09: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-10: users recurring 2026-11-01..2026-11-30 12 = 143.40
            close 2026-10: numbers recurring 2026-11-01..2026-11-30 5 = 5.00
            close 2026-11: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-11: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-11: users balance 2027-02-01..2027-02-28 12 = 143.40
        """),
    ),
    Life(
        "A letter received on the close date itself comes after that close: November is charged and is the last month",
        ("CG-3.b", "CG-3.d"),
        two_lines(letter("2026-10-28", "2026-10-31", noted="2026-10-29")),
        closes("2026-10", "2026-11"),
        parts("""
            close 2026-10: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-10: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-10: users recurring 2026-11-01..2026-11-30 12 = 143.40
            close 2026-10: numbers recurring 2026-11-01..2026-11-30 5 = 5.00
            close 2026-11: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-11: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-11: users balance 2027-02-01..2027-02-28 12 = 143.40
        """),
    ),
    Life(
        "A letter of 10 October noted on 30 October only: November was charged, stays charged and is no part of the balance",
        ("CG-3.b", "CG-3.c", "CG-3.d"),
        two_lines(letter("2026-10-10", "2026-10-31", noted="2026-10-30")),
        closes("2026-09", "2026-11"),
        totals={"users": "717.00", "numbers": "10.00"},
    ),
    Life(
        "A letter asking 15 November: half of November is service, the other half the first part of the balance",
        ("CG-3.b", "CG-3.d", "BT-2.b"),
        two_lines(letter("2026-10-10", "2026-11-15")),
        closes("2026-09", "2026-11"),
        parts("""
            close 2026-09: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-09: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-10: users pro_rata 2026-11-01..2026-11-15 12 = 71.70
            close 2026-10: numbers pro_rata 2026-11-01..2026-11-15 5 = 2.50
            close 2026-10: users balance 2026-11-16..2026-11-30 12 = 71.70
            close 2026-10: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-10: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-10: users balance 2027-02-01..2027-02-28 12 = 143.40
        """),
    ),
    Life(
        "A letter that ends one of two lines: the other goes on",
        ("CG-3.b", "CG-3.d"),
        two_lines(letter("2026-10-10", line_id="users")),
        closes("2026-09", "2026-11"),
        parts("""
            close 2026-09: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-09: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-10: numbers recurring 2026-11-01..2026-11-30 5 = 5.00
            close 2026-10: users balance 2026-11-01..2026-11-30 12 = 143.40
            close 2026-10: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-10: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-10: users balance 2027-02-01..2027-02-28 12 = 143.40
            close 2026-11: numbers recurring 2026-12-01..2026-12-31 5 = 5.00
        """),
    ),
    Life(
        "The operator ends an ALLOcloud contract on 31 October: no balance, nothing back",
        ("CG-3.c", "CG-3.d"),
        two_lines(letter("2026-10-10", "2026-10-31", by="operator")),
        closes("2026-09", "2026-11"),
        totals={"users": "143.40", "numbers": "5.00"},
    ),
    Life(
        "A letter received once the 24 months are over: it ends with what is charged and nothing more is due",
        ("CG-3.a", "CG-3.b"),
        two_lines(letter("2027-03-05", "2027-03-15")),
        closes("2026-09", "2027-04"),
        totals={"users": "860.40", "numbers": "30.00"},  # October to March: six months; March was charged on 28 February
    ),
    Life(
        "Telavox in advance, ended on 20 November after the term: ten of thirty days of 30.00 are 10.00, refunded",
        ("GC-11.2", "GC-13.2"),
        telavox("30.00", letter("2026-11-10", "2026-11-20")),
        closes("2026-10", "2026-12"),
        parts("""
            close 2026-10: desk recurring 2026-11-01..2026-11-30 1 = 30.00
            close 2026-11: desk refund 2026-11-21..2026-11-30 1 = -10.00
        """),
    ),
    Life(
        "Telavox in advance, ended on 20 November after the term: ten of thirty days of 29.97 are 9.99, not refunded",
        ("GC-11.2", "GC-13.2"),
        telavox("29.97", letter("2026-11-10", "2026-11-20")),
        closes("2026-10", "2026-12"),
        parts("close 2026-10: desk recurring 2026-11-01..2026-11-30 1 = 29.97"),
    ),
    Life(
        "Two Telavox lines of 15.00 ended by one letter: 5.00 and 5.00 are 10.00 together, refunded",
        ("GC-13.2",),
        telavox("15.00", letter("2026-11-10", "2026-11-20"), line("second", "tlx-desk", 1, "15.00", "2024-01-01", charged="2026-10-31")),
        closes("2026-10", "2026-11"),
        totals={"desk": "10.00", "second": "10.00"},
    ),
    Life(
        "Telavox in advance, ended because the client broke the contract: nothing is refunded",
        ("GC-13.2",),
        telavox("30.00", letter("2026-11-10", "2026-11-20", by="operator", breach=True)),
        closes("2026-10", "2026-11"),
        totals={"desk": "30.00"},
    ),
    Life(
        "Telavox notice received 30 November 2026, three months before 28 February 2027: ends with the term",
        ("GC-11.2", "GC-5.2"),
        mobile(letter("2026-11-30", "2026-12-31")),
        closes("2026-10", "2027-04"),
        totals={"users": "200.00"},  # October to February
    ),
    Life(
        "Telavox notice received 2 December 2026, too late: runs on past the term to 31 March",
        ("GC-11.2",),
        mobile(letter("2026-12-02", "2027-02-28")),
        closes("2026-10", "2027-04"),
        totals={"users": "240.00"},
    ),
    Life(
        "Telavox notice received 10 March 2027, the term being over, asking 20 March: twenty of 31 days",
        ("GC-11.2",),
        mobile(letter("2027-03-10", "2027-03-20")),
        closes("2026-10", "2027-04"),
        totals={"users": "225.81"},  # five months of 40.00 and 40.00 x 20/31 = 25.806
    ),
    Life(
        "The operator ends a Telavox contract after a breach on 15 November 2026: the fees to 28 February are due",
        ("GC-13.3", "GC-12.2.a"),
        mobile(letter("2026-11-15", by="operator", breach=True)),
        closes("2026-10", "2026-12"),
        parts("""
            close 2026-10: users recurring 2026-10-01..2026-10-31 2 = 40.00
            close 2026-11: users pro_rata 2026-11-01..2026-11-15 2 = 20.00
            close 2026-11: users balance 2026-11-16..2026-11-30 2 = 20.00
            close 2026-11: users balance 2026-12-01..2026-12-31 2 = 40.00
            close 2026-11: users balance 2027-01-01..2027-01-31 2 = 40.00
            close 2026-11: users balance 2027-02-01..2027-02-28 2 = 40.00
        """),
    ),
    Life(
        "One of three end clients of a partner is bankrupt, proof received 10 November 2026: nothing from that day, the others go on",
        ("CG-3.e", "CG-2.a"),
        book(
            *(contract("2026-01-01", contract_id=f"C{n}", payer="PARTNER") for n in (1, 2, 3)),
            *(
                line(f"users-{n}", "bt-user", 1, "30.00", "2026-01-01", charged="2026-10-31", contract=f"C{n}", client=f"E{n}")
                for n in (1, 2, 3)
            ),
            line("late", "bt-user", 1, "30.00", "2026-11-01", contract="C2", client="E2"),  # not yet begun on 28 October
            letter("2026-11-10", by="bankruptcy", contract="C2", client="E2"),
        ),
        closes("2026-10", "2026-12"),
        parts("""
            close 2026-10: users-1 recurring 2026-11-01..2026-11-30 1 = 30.00
            close 2026-10: users-2 recurring 2026-11-01..2026-11-30 1 = 30.00
            close 2026-10: users-3 recurring 2026-11-01..2026-11-30 1 = 30.00
            close 2026-11: late pro_rata 2026-11-01..2026-11-09 1 = 9.00
            close 2026-11: users-1 recurring 2026-12-01..2026-12-31 1 = 30.00
            close 2026-11: users-3 recurring 2026-12-01..2026-12-31 1 = 30.00
            close 2026-12: users-1 recurring 2027-01-01..2027-01-31 1 = 30.00
            close 2026-12: users-3 recurring 2027-01-01..2027-01-31 1 = 30.00
        """),
    ),
    Life(
        "A month that nobody closed: the letter of 2 November finds October charged only, so it ends on 2 November",
        ("CG-3.b", "CG-3.d"),
        two_lines(letter("2026-11-02", "2026-10-31")),
        ("close 2026-09 on 2026-09-28", "close 2026-11 on 2026-11-28"),
        parts("""
            close 2026-09: users recurring 2026-10-01..2026-10-31 12 = 143.40
            close 2026-09: numbers recurring 2026-10-01..2026-10-31 5 = 5.00
            close 2026-11: users pro_rata 2026-11-01..2026-11-02 12 = 9.56
            close 2026-11: numbers pro_rata 2026-11-01..2026-11-02 5 = 0.33
            close 2026-11: users balance 2026-11-03..2026-11-30 12 = 133.84
            close 2026-11: users balance 2026-12-01..2026-12-31 12 = 143.40
            close 2026-11: users balance 2027-01-01..2027-01-31 12 = 143.40
            close 2026-11: users balance 2027-02-01..2027-02-28 12 = 143.40
        """),
    ),
)
