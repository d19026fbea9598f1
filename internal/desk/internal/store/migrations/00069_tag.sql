-- +goose Up

CREATE TABLE tag (
  id      {{id}},
  ref     TEXT NOT NULL UNIQUE,
  name    TEXT NOT NULL,
  folded  TEXT NOT NULL,
  merged  {{int}} NOT NULL DEFAULT 0, -- the tag that it was merged into; 0: it is one by itself
  created {{int}} NOT NULL,
  version {{int}} NOT NULL DEFAULT 1
) {{strict}};
CREATE UNIQUE INDEX tag_folded ON tag (folded) WHERE merged = 0;

CREATE TABLE ticket_tag (
  ticket {{int}} NOT NULL,
  tag    {{int}} NOT NULL,
  PRIMARY KEY (ticket, tag)
) {{strict}};
CREATE INDEX ticket_tag_tag ON ticket_tag (tag, ticket);

-- Roles that are there already may put tags on tickets and keep the list of
-- tags; new ones are made with it.
UPDATE role SET permissions = REPLACE(permissions, ']', ',"ticket.tag"]') WHERE builtin IN ('agent', 'admin') AND permissions <> '[]';
UPDATE role SET permissions = REPLACE(permissions, ']', ',"tags.manage"]') WHERE builtin = 'admin' AND permissions <> '[]';

-- +goose Down
SELECT 1;
