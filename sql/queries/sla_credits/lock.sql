-- Lets one run at a time use up credits: what is left is read after the wait.
lock table credit_use in share row exclusive mode;
