-- The name of a party, as the newest import knows it.
-- returns: text
select name from party where party_id = :payer_id and superseded_import is null;
