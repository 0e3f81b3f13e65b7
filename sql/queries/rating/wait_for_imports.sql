-- Waits until no import is writing usage, so that no record appears later under a number already passed.
lock table usage_record in share mode;
