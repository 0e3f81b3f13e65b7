-- Notes that a mail of the bounce mailbox was read; touches no row when it was read before.
insert into bounce_read (sha256, delivery_id, address, status, said, what)
values (:sha256, :delivery_id, :address, :status, :said, :what)
on conflict (sha256) do nothing;
