-- Lets one at a time take out of the deposits: what is held is read after the wait.
lock table deposit_set_off in share row exclusive mode;
