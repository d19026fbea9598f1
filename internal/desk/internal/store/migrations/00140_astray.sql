-- +goose Up

-- Nearly every letter is queued and then sent. While nothing that an index holds
-- changes between the two, PostgreSQL writes the row anew in its own page and
-- touches no index; the page needs room for that. So the state itself is in none:
-- what is queued is known by its job, and astray repeats the state of a letter
-- that did not simply leave.
ALTER TABLE letter ADD COLUMN astray TEXT NOT NULL DEFAULT '';
UPDATE letter SET astray = state WHERE state IN ('delayed', 'failed', 'bounced', 'cancelled');
DROP INDEX letter_state;
CREATE INDEX letter_astray ON letter (astray, id) WHERE astray <> '';
{{only postgres}}ALTER TABLE letter SET (fillfactor = 70);{{end}}

-- +goose Down
SELECT 1;
