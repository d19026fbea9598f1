-- +goose Up

-- A ticket that went into another one leads there, whatever that one itself
-- went into later: merged is where it ends. Its row and its history stay.
ALTER TABLE ticket ADD COLUMN merged {{int}} NOT NULL DEFAULT 0;
CREATE INDEX ticket_merged ON ticket (merged, id) WHERE merged > 0;

-- Which ticket went into which, and how it stood: so it can be split off.
CREATE TABLE ticket_merge (
  ticket {{int}} PRIMARY KEY,
  target {{int}} NOT NULL,
  was    TEXT NOT NULL, -- kind of status
  at     {{int}} NOT NULL
) {{strict}};
CREATE INDEX ticket_merge_target ON ticket_merge (target, ticket);

-- Who takes part in the other one because of it.
CREATE TABLE merge_participant (
  ticket {{int}} NOT NULL, -- that went into another
  person {{int}} NOT NULL,
  PRIMARY KEY (ticket, person)
) {{strict}};

-- The ticket in which it was written, where that is not the one it stands in.
ALTER TABLE message ADD COLUMN home {{int}} NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN home {{int}} NOT NULL DEFAULT 0;
ALTER TABLE held_answer ADD COLUMN home {{int}} NOT NULL DEFAULT 0;

UPDATE role SET permissions = REPLACE(permissions, ']', ',"ticket.merge"]') WHERE builtin IN ('agent', 'admin') AND permissions <> '[]';

-- +goose Down
SELECT 1;
