-- Of these lines, those that were charged once.
select line_no from one_off_charge where line_no = any(:line_nos) and released_by is null;
