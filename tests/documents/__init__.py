"""Documents: invoices, summaries and mails as their readers get them."""
