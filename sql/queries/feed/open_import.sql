-- Opens an import and gives its number.
insert into import_run (feed) values (:feed)
returning import_no;
