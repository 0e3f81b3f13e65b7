-- Notes in which manifest a letter is.
update dunning_notice set manifest = :manifest where notice_id = :notice_id and manifest is null;
