-- +goose Up

-- A saved view is conditions, all of which hold, and an order. The question
-- that was all it was before is now a condition like others; question stays for
-- programs of the version before.
ALTER TABLE saved_view ADD COLUMN team {{int}} NOT NULL DEFAULT 0;
ALTER TABLE saved_view ADD COLUMN sorting TEXT NOT NULL DEFAULT 'newest';
ALTER TABLE saved_view ADD COLUMN version {{int}} NOT NULL DEFAULT 1;
CREATE INDEX saved_view_team ON saved_view (team, id) WHERE team > 0;

CREATE TABLE view_condition (
  view     {{int}} NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
  position {{int}} NOT NULL,
  field    TEXT NOT NULL,
  op       TEXT NOT NULL,
  value    TEXT NOT NULL, -- a value in each line
  PRIMARY KEY (view, position)
) {{strict}};
INSERT INTO view_condition (view, position, field, op, value) SELECT id, 1, 'words', 'is', question FROM saved_view;

-- Lists in the order in which tickets were opened.
CREATE INDEX ticket_department_opened ON ticket (department, kind, id);
CREATE INDEX ticket_assignee_opened ON ticket (assignee, kind, id) WHERE assignee > 0;
CREATE INDEX ticket_team_opened ON ticket (team, kind, id) WHERE team > 0;

-- +goose Down
SELECT 1;
