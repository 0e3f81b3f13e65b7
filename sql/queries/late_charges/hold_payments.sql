-- Lets no payment come in until the transaction ends, so that the last one read is the last there is.
lock table payment in share mode;
