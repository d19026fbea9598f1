-- +goose Up

-- Who was told of which fact. No words: those are made when it is shown.
CREATE TABLE notice (
  id      {{id}},
  person  {{int}} NOT NULL,
  side    TEXT NOT NULL, -- customer or agent: at which door it is told
  event   {{int}} NOT NULL,
  ticket  {{int}} NOT NULL,
  kind    TEXT NOT NULL,
  listed  {{int}} NOT NULL, -- 0: the bell does not show it, only a browser
  at      {{int}} NOT NULL,
  read_at {{int}} NOT NULL DEFAULT 0
) {{strict}};
CREATE UNIQUE INDEX notice_once ON notice (person, event);
CREATE INDEX notice_person ON notice (person, id);
CREATE INDEX notice_unread ON notice (person, id) WHERE read_at = 0;

-- Browsers that may be told while our pages are closed; each by the session
-- that allowed it.
CREATE TABLE push_browser (
  id       {{id}},
  ref      TEXT NOT NULL UNIQUE,
  person   {{int}} NOT NULL,
  session  {{int}} NOT NULL,
  endpoint TEXT NOT NULL UNIQUE,
  p256dh   {{bytes}} NOT NULL,
  auth     {{bytes}} NOT NULL,
  agent    TEXT NOT NULL, -- the browser's own name
  created  {{int}} NOT NULL
) {{strict}};
CREATE INDEX push_browser_person ON push_browser (person, id);
CREATE INDEX push_browser_session ON push_browser (session);

-- What he chose otherwise than it is at first.
ALTER TABLE person ADD COLUMN switches TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT 1;
