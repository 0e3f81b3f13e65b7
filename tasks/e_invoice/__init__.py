"""Whether an access point, a customer's software or the tax office would refuse an e-invoice: found before it leaves."""
