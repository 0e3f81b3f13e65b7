-- Notes the hash of the PDF of a letter that is not sent yet.
update dunning_notice set sha256 = :sha256 where notice_id = :notice_id;
