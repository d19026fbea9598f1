-- +goose Up

-- A letter that came in is kept and then, its steps taken, changed once: as with
-- letters that leave, no index holds what that changes, and the page has room for
-- the row's second form. So its state is in none: waits repeats that it is one
-- that waits for a decision. One index serves for three that began with its
-- Message-ID or with what its writer wrote.
ALTER TABLE kept_letter ADD COLUMN waits {{int}} NOT NULL DEFAULT 0;
UPDATE kept_letter SET waits = 1 WHERE state = 'quarantined';
DROP INDEX kept_letter_quarantined;
CREATE INDEX kept_letter_waits ON kept_letter (id) WHERE waits = 1;
CREATE UNIQUE INDEX kept_letter_same ON kept_letter (messageid, identity, mailbox);
DROP INDEX kept_letter_once;
DROP INDEX kept_letter_messageid;
DROP INDEX kept_letter_identity;

-- A third of the letters that left found no room in their page: three are made at
-- a time and sent together. What is sealed cannot be packed further.
{{only postgres}}
ALTER TABLE kept_letter SET (fillfactor = 50);
ALTER TABLE letter SET (fillfactor = 50);
ALTER TABLE letter ALTER COLUMN sealed SET STORAGE EXTERNAL;
{{end}}

-- +goose Down
SELECT 1;
