-- Versions are looked up by what they hold: by the sweeping of files that none of them names any more.
CREATE INDEX version_by_digest ON version (org_id, content_digest);
