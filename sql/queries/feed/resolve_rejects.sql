-- Settles the open entries of a file, because an import has read it again or it has left the feed.
update feed_reject set resolved_import = cast(:import_no as integer)
where path = :path and resolved_import is null;
