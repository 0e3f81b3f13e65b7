"""Money in from the bank: statements read, booked once, matched to what is owed, and a worklist for what cannot be."""
