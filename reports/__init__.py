"""What people read: each a function from records to bytes."""
