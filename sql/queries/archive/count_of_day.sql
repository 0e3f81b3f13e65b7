-- One value: how many manifests the letters of a day have.
select count(*) from archive_manifest where letters_on = cast(:day as date);
