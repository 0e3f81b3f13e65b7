"""What finance gives up of an invoice, from its form."""

from datetime import date

from prefect import flow
from prefect.runtime import flow_run

from flows.parameters import Amount, InvoiceNumber, Words, scheduled_day
from tasks import write_off as giving_up
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside


@flow(name="write-off", flow_run_name=lambda: f"write off {str(flow_run.parameters.get('invoice')).strip()}")
@stops_plainly
def write_off(invoice: InvoiceNumber, by: Words, reason: Words, amount: Amount | None = None, on: date | None = None) -> Outcome:
    """Give up what is open of an invoice or debit note, or a part of it: a loss, booked on the day. Its VAT is not taken back by this.

    Nobody is reminded of it any more. The same form sent twice on a day is done once.

    Args:
        invoice: The number of the invoice or debit note as it is printed, for example 2026-000123.
        by: Your name; it is kept with what is given up.
        reason: Why; it is kept.
        amount: Give up only so much, in EUR with VAT, as 12.50. None: all that is open.
        on: The day of the decision, not before that of the invoice. None: today.

    """
    number, day = invoice.strip(), on or scheduled_day()
    with the_outside() as outside:
        if amount is not None and giving_up.given_up_before(outside.engine, number, amount, on=day, by=by, reason=reason):
            again = "to give up as much once more, say so in the reason"
            return done(f"invoice {number}: {amount:.2f} EUR were given up on {day} already, nothing is done twice; {again}")
        return done(str(giving_up.write_off(outside.engine, number, amount, on=day, by=by, reason=reason)))
