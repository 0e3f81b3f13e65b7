"""The delivery gate: every issued invoice went to its payer, once."""

from expectations.check import Limit, Suite, critical, warning

SUITE = Suite(
    "delivery",
    "Delivery",
    (
        critical(
            "delivery_missing",
            "CG-2.b",
            "every issued invoice is in the outbox",
            "run the close again: what is missing is recorded and sent",
            examples="delivery_delivery_missing",
        ),
        critical(
            "recipient_missing",
            "CG-2.b",
            "no mail goes to nobody",
            "set billing_emails of the payer in parties.csv, or delivery = portal, then run the close again",
            examples="delivery_offenders",
        ),
        critical(
            "payer_differs",
            "CG-1",
            "every invoice goes to its own payer",
            "stop sending and have this looked into: invoices may have reached the wrong payer",
            examples="delivery_offenders",
        ),
        critical("delivered_twice", "CG-2.b", "no invoice is sent twice", "stop sending and have this looked into"),
        critical(
            "pending",
            "CG-2.b",
            "nothing is left to be sent",
            "see that the mail server or the portal can be reached, then run the close again: only what is left is sent",
            examples="delivery_offenders",
        ),
        critical(
            "failed_share",
            "CG-2.b",
            "few deliveries failed",
            "correct the addresses listed, or have the mail server looked at, then run the close again; failed_share_at_most is the limit",
            at_most=Limit("failed_share_at_most"),
            examples="delivery_offenders",
        ),
        warning(
            "failed",
            "CG-2.b",
            "no delivery failed",
            "correct billing_emails of the payers listed and send them their invoices; the due date goes on running",
            examples="delivery_offenders",
        ),
        critical(
            "e_invoice_missing",
            "CG-2.b",
            "the e-invoice of every payer who is reached through Peppol is in the outbox",
            "run the close again: what is missing is recorded and sent",
            examples="delivery_e_invoice_missing",
        ),
        critical(
            "e_invoice_misdirected",
            "CG-1",
            "every e-invoice goes to the Peppol address of its own payer",
            "stop sending and have this looked into: e-invoices may have reached the wrong payer",
            examples="delivery_e_invoices",
        ),
        critical("e_invoice_twice", "CG-2.b", "no e-invoice is sent twice", "stop sending and have this looked into"),
        warning(
            "e_invoice_pending",
            "CG-2.b",
            "no e-invoice waits for the access point",
            "see that the access point can be reached; what waits goes every working day, or at once by `billing e-invoices`",
            examples="delivery_e_invoices",
        ),
        warning(
            "e_invoice_refused",
            "CG-2.b",
            "the access point refused no e-invoice",
            "put the reason right with the access point, then `billing e-invoices --again NUMBER`; the mail has gone all the same",
            examples="delivery_e_invoices",
        ),
    ),
)
