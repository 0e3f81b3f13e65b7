"""Lives that go on: starts, counts, prices, months left out, orders and credits. Every amount is computed by hand."""

from dataclasses import replace
from decimal import Decimal

from tests.handmade_lives import Life, book, closes, contract, day, letter, line, parts
from tests.plain_contract import Extra, Grant, Price

LIVES = (
    Life(
        "30 users of whom five are left, closed once a quarter: 27, 25, 23, 21, 19, then one fewer a quarter down to nine",
        ("BT-2.h", "BT-2.b"),
        book(
            contract("2026-10-01"),
            line("users", "bt-user", 30, "1.00", "2026-10-01"),
            shows={"2026-10-20": {"users": 5}},
        ),
        tuple(
            f"close {year}-{month:02} on {year}-{month:02}-28"
            for year in range(2026, 2031)
            for month in (1, 4, 7, 10)
            if (2026, 10) <= (year, month) <= (2030, 7)
        ),
        parts(
            "close 2026-10: users recurring 2026-10-01..2026-10-31 27 = 27.00\nclose 2026-10: users recurring 2026-11-01..2026-11-30 27 = 27.00"
        )
        + tuple(
            f"close {month[:7]}: users recurring {first}..{last} {count} = {count}.00"
            for month, count, months in (
                ("2027-01", 25, ("2026-12-01..2026-12-31", "2027-01-01..2027-01-31", "2027-02-01..2027-02-28")),
                ("2027-04", 23, ("2027-03-01..2027-03-31", "2027-04-01..2027-04-30", "2027-05-01..2027-05-31")),
                ("2027-07", 21, ("2027-06-01..2027-06-30", "2027-07-01..2027-07-31", "2027-08-01..2027-08-31")),
                ("2027-10", 19, ("2027-09-01..2027-09-30", "2027-10-01..2027-10-31", "2027-11-01..2027-11-30")),
                ("2028-01", 18, ("2027-12-01..2027-12-31", "2028-01-01..2028-01-31", "2028-02-01..2028-02-29")),
                ("2028-04", 17, ("2028-03-01..2028-03-31", "2028-04-01..2028-04-30", "2028-05-01..2028-05-31")),
                ("2028-07", 16, ("2028-06-01..2028-06-30", "2028-07-01..2028-07-31", "2028-08-01..2028-08-31")),
                ("2028-10", 15, ("2028-09-01..2028-09-30", "2028-10-01..2028-10-31", "2028-11-01..2028-11-30")),
                ("2029-01", 14, ("2028-12-01..2028-12-31", "2029-01-01..2029-01-31", "2029-02-01..2029-02-28")),
                ("2029-04", 13, ("2029-03-01..2029-03-31", "2029-04-01..2029-04-30", "2029-05-01..2029-05-31")),
                ("2029-07", 12, ("2029-06-01..2029-06-30", "2029-07-01..2029-07-31", "2029-08-01..2029-08-31")),
                ("2029-10", 11, ("2029-09-01..2029-09-30", "2029-10-01..2029-10-31", "2029-11-01..2029-11-30")),
                ("2030-01", 10, ("2029-12-01..2029-12-31", "2030-01-01..2030-01-31", "2030-02-01..2030-02-28")),
                ("2030-04", 9, ("2030-03-01..2030-03-31", "2030-04-01..2030-04-30", "2030-05-01..2030-05-31")),
                ("2030-07", 9, ("2030-06-01..2030-06-30", "2030-07-01..2030-07-31", "2030-08-01..2030-08-31")),
            )
            for first, last in (days.split("..") for days in months)
        ),
    ),
    Life(
        "A start on 23 October 2027 and one on 29 October; November is not closed; the February of 2028 has 29 days",
        ("BT-2.b",),
        book(
            contract("2027-10-01"),
            line("first", "bt-user", 1, "31.00", "2027-10-23"),
            line("second", "bt-user", 1, "31.00", "2027-10-29", ends="2028-02-10"),
        ),
        ("close 2027-10 on 2027-10-28", "close 2027-12 on 2027-12-28", "close 2028-01 on 2028-01-28"),
        parts("""
            close 2027-10: first pro_rata 2027-10-23..2027-10-31 1 = 9.00
            close 2027-10: first recurring 2027-11-01..2027-11-30 1 = 31.00
            close 2027-12: first recurring 2027-12-01..2027-12-31 1 = 31.00
            close 2027-12: first recurring 2028-01-01..2028-01-31 1 = 31.00
            close 2027-12: second pro_rata 2027-10-29..2027-10-31 1 = 3.00
            close 2027-12: second recurring 2027-11-01..2027-11-30 1 = 31.00
            close 2027-12: second recurring 2027-12-01..2027-12-31 1 = 31.00
            close 2027-12: second recurring 2028-01-01..2028-01-31 1 = 31.00
            close 2028-01: first recurring 2028-02-01..2028-02-29 1 = 31.00
            close 2028-01: second pro_rata 2028-02-01..2028-02-10 1 = 10.69
        """),  # 31.00 x 10/29 = 10.6896
    ),
    Life(
        "A close of October made on 5 November takes in a start on 3 November, to the end of November and no further",
        ("BT-2.b",),
        book(contract("2026-10-01"), line("users", "bt-user", 1, "30.00", "2026-11-03")),
        ("close 2026-10 on 2026-11-05", "close 2026-10 on 2026-11-05", "close 2026-11 on 2026-11-28"),
        parts("""
            close 2026-10: users pro_rata 2026-11-03..2026-11-30 1 = 28.00
            close 2026-11: users recurring 2026-12-01..2026-12-31 1 = 30.00
        """),
    ),
    Life(
        "Two of four channels are gone: four are charged to the last month of the term, two after it",
        ("CG-3.a", "BT-2.f"),
        book(
            contract("2026-01-01", months=12),
            line("channels", "sip-channel", 4, "10.00", "2026-01-01", charged="2026-11-30"),
            shows={"2026-01-05": {"channels": 4}, "2026-11-20": {"channels": 2}},
        ),
        closes("2026-11", "2027-01"),
        parts("""
            close 2026-11: channels recurring 2026-12-01..2026-12-31 4 = 40.00
            close 2026-12: channels recurring 2027-01-01..2027-01-31 2 = 20.00
            close 2027-01: channels recurring 2027-02-01..2027-02-28 2 = 20.00
        """),
    ),
    Life(
        "An international number shown first on 5 January 2026 and gone in June is charged for the months to January 2027",
        ("BT-2.i",),
        book(
            contract("2026-01-01"),
            line("abroad", "bt-number-int", 2, "5.00", "2026-01-01", charged="2026-11-30"),
            shows={"2026-01-05": {"abroad": 2}, "2026-06-20": {"abroad": 1}},
        ),
        closes("2026-11", "2027-01"),
        parts("""
            close 2026-11: abroad recurring 2026-12-01..2026-12-31 2 = 10.00
            close 2026-12: abroad recurring 2027-01-01..2027-01-31 2 = 10.00
            close 2027-01: abroad recurring 2027-02-01..2027-02-28 1 = 5.00
        """),
    ),
    Life(
        "A list price that rises on 11 November counts for ALLOcloud from the next month, for Telavox 30 days after it was told",
        ("BT-2.d", "GC-5.1", "GC-5.6"),
        book(
            contract("2026-01-01"),
            contract("2026-01-01", "telavox", contract_id="X", payer="Q"),
            replace(line("pack", "bt-pack", 1, "0", "2026-01-01", charged="2026-10-31"), own_price=None),
            replace(line("mobile", "tlx-user", 1, "0", "2026-01-01", charged="2026-10-31", contract="X"), own_price=None),
            *(Price(product, day("2025-01-01"), Decimal("10.00")) for product in ("bt-pack", "tlx-user")),
            *(Price(product, day("2026-11-11"), Decimal("12.00"), day("2026-11-05")) for product in ("bt-pack", "tlx-user")),
        ),
        closes("2026-10", "2027-01"),
        parts("""
            close 2026-10: pack recurring 2026-11-01..2026-11-30 1 = 10.00
            close 2026-11: pack recurring 2026-12-01..2026-12-31 1 = 12.00
            close 2026-11: mobile recurring 2026-11-01..2026-11-30 1 = 10.00
            close 2026-12: pack recurring 2027-01-01..2027-01-31 1 = 12.00
            close 2026-12: mobile recurring 2026-12-01..2026-12-31 1 = 10.00
            close 2027-01: pack recurring 2027-02-01..2027-02-28 1 = 12.00
            close 2027-01: mobile recurring 2027-01-01..2027-01-31 1 = 12.00
        """),  # the Telavox rise was told on 5 November: it counts from 5 December, so not on the first day of December
    ),
    Life(
        "Two phones once, at order; a meeting licence for three months from 31 January and again before the renewal on 30 April",
        ("BT-2.a", "WM-2.b"),
        book(
            contract("2027-01-10"),
            line("phones", "bt-phone", 2, "89.00", "2027-01-10"),
            line("meeting", "wm-licence", 1, "30.00", "2027-01-31", months=3),
        ),
        ("orders 2027-01-12", "orders 2027-01-13", "orders 2027-04-15", "orders 2027-04-16", "orders 2027-04-17"),
        parts("""
            orders 2027-01-12: phones one_off 2027-01-10..2027-01-10 2 = 178.00
            orders 2027-01-12: meeting recurring 2027-01-31..2027-04-29 1 = 90.00
            orders 2027-04-16: meeting recurring 2027-04-30..2027-07-30 1 = 90.00
        """),
    ),
    Life(
        "An SLA credit of 100.00 against invoices of 40.00: two for nothing, the third for 20.00",
        ("GC-10.5",),
        book(
            contract("2026-01-01"),
            line("users", "bt-user", 4, "10.00", "2026-01-01", charged="2026-10-31"),
            Grant("S1", "C", day("2026-10-20"), Decimal("100.00")),
        ),
        closes("2026-10", "2027-01"),
        parts("""
            close 2026-10: users recurring 2026-11-01..2026-11-30 4 = 40.00
            close 2026-10:  credit 2026-10-20..2026-10-20 1 = -40.00
            close 2026-11: users recurring 2026-12-01..2026-12-31 4 = 40.00
            close 2026-11:  credit 2026-10-20..2026-10-20 1 = -40.00
            close 2026-12: users recurring 2027-01-01..2027-01-31 4 = 40.00
            close 2026-12:  credit 2026-10-20..2026-10-20 1 = -20.00
            close 2027-01: users recurring 2027-02-01..2027-02-28 4 = 40.00
        """),
    ),
    Life(
        "Misuse on 12 November and a number ported out on 20 November are charged once; what follows a bankruptcy never is",
        ("GC-4.5", "BT-2.j", "CG-3.e", "BT-2.a"),
        book(
            contract("2026-01-01"),
            line("users", "bt-user", 1, "30.00", "2026-01-01", charged="2026-11-30", client="E1"),
            Extra("X1", "C", "E1", day("2026-11-12"), Decimal("2.5"), Decimal("80.00")),
            Extra("X2", "C", "E1", day("2026-11-20"), Decimal(1), Decimal("15.005"), clause="BT-2.j"),
            Extra("X3", "C", "E1", day("2026-12-10"), Decimal(1), Decimal("99.00")),
            Extra("X4", "C", "P", day("2026-12-11"), Decimal(3), None, "bt-phone", "BT-2.a"),
            letter("2026-12-10", by="bankruptcy", client="E1"),
            Price("bt-phone", day("2025-01-01"), Decimal("89.00")),
        ),
        ("close 2026-11 on 2026-11-28", "orders 2026-12-11", "orders 2026-12-12", "close 2026-12 on 2026-12-28"),
        parts("""
            close 2026-11: users recurring 2026-12-01..2026-12-31 1 = 30.00
            close 2026-11:  one_off 2026-11-12..2026-11-12 2.5 = 200.00
            close 2026-11:  one_off 2026-11-20..2026-11-20 1 = 15.01
            orders 2026-12-11:  one_off 2026-12-11..2026-12-11 3 = 267.00
        """),
    ),
)
