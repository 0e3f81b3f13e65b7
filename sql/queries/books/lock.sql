-- Lets one at a time write the books: what is booked already is read after the wait.
lock table journal in share row exclusive mode;
