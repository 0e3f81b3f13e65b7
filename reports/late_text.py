"""How a line of a debit note was computed, in a sentence: what its page shows in a table."""

from billing.period import days_in_month
from reports.records import DelayRecord, LateRecord
from reports.wording import Wording


def computed_from(late: LateRecord, words: Wording) -> str:
    """Of interest each delay and what was charged before; else the letter, the cost or the reactivation behind the charge."""
    if late.letter_on is not None:
        return words("late.letter", level=late.level, day=words.figures.long_day(late.letter_on))
    if late.what != "interest":
        return words("late." + late.what)
    parts = [_delay(delay, words) for delay in late.delays]
    if late.charged_before:
        for key, amount in (("late.to_date", late.to_date), ("late.charged_before", late.charged_before)):
            parts.append(words("mail.pair", label=words(key), value=words.figures.money(amount)))
    return " · ".join(parts)


def _delay(delay: DelayRecord, words: Wording) -> str:
    """`29/11/2026 – 28/12/2026: €1,000.00 × 1% = 10.00`; of a part of a month the days that count of it."""
    figures = words.figures
    factors = [figures.money(delay.open_amount), f"{figures.number(delay.per_month, least=0, most=4)}{figures.percent_sign}"]
    if not delay.is_month:
        factors.append(f"{delay.days}/{days_in_month(delay.from_day)}")
    sum_of = f"{' × '.join(factors)} = {figures.number(delay.cost, least=2, most=4)}"
    return words("mail.pair", label=figures.span(delay.from_day, delay.to_day), value=sum_of)
