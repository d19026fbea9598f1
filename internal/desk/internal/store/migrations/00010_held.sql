-- +goose Up

-- Answers that are written and not given yet: held for a moment so that they
-- can be taken back, or until a time that was chosen.
CREATE TABLE held_answer (
  id      {{id}},
  ref     TEXT NOT NULL UNIQUE,
  ticket  {{int}} NOT NULL,
  author  {{int}} NOT NULL,
  session {{int}} NOT NULL, -- whose uploads its files were
  body    TEXT NOT NULL,
  html    TEXT NOT NULL,
  status  TEXT NOT NULL, -- kind of status it moves the ticket to; empty: none
  cc      TEXT NOT NULL, -- JSON list of addresses
  written {{int}} NOT NULL,
  due     {{int}} NOT NULL,
  planned {{int}} NOT NULL,
  after   {{int}} NOT NULL, -- the last message its author had before him
  stopped TEXT NOT NULL DEFAULT '', -- why it was not given when due
  fact    {{int}} NOT NULL,
  version {{int}} NOT NULL DEFAULT 1
) {{strict}};
CREATE INDEX held_answer_ticket ON held_answer (ticket, due);

ALTER TABLE file ADD COLUMN held {{int}} NOT NULL DEFAULT 0;
CREATE INDEX file_held ON file (held, id) WHERE held > 0;

-- What is taken back comes into the composer as it was.
ALTER TABLE draft ADD COLUMN html TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN cc TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN files TEXT NOT NULL DEFAULT '[]'; -- refs of uploads

-- +goose Down
SELECT 1;
