"""One suite of expectations per gate, each naming its clause."""
