-- One row when a mail of the bounce mailbox was read before.
-- returns: bool
select true from bounce_read where sha256 = :sha256;
