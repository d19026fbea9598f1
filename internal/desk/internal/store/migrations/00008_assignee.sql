-- +goose Up

CREATE TABLE team (
  id         {{id}},
  ref        TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  department {{int}} NOT NULL REFERENCES department (id),
  created    {{int}} NOT NULL,
  closed     {{int}} NOT NULL DEFAULT 0,
  version    {{int}} NOT NULL DEFAULT 1
) {{strict}};

CREATE TABLE team_member (
  team   {{int}} NOT NULL REFERENCES team (id),
  person {{int}} NOT NULL REFERENCES person (id),
  PRIMARY KEY (team, person)
) {{strict}};

ALTER TABLE topic ADD COLUMN team {{int}} NOT NULL DEFAULT 0;
ALTER TABLE topic ADD COLUMN version {{int}} NOT NULL DEFAULT 1;

-- Agents whom a customer may choose for tickets of a topic.
CREATE TABLE topic_agent (
  topic  {{int}} NOT NULL REFERENCES topic (id),
  person {{int}} NOT NULL REFERENCES person (id),
  PRIMARY KEY (topic, person)
) {{strict}};

ALTER TABLE person ADD COLUMN away_until {{int}} NOT NULL DEFAULT 0;

-- Whose work a ticket is while it is no agent's.
ALTER TABLE ticket ADD COLUMN team {{int}} NOT NULL DEFAULT 0;
CREATE INDEX ticket_team ON ticket (team, kind, updated DESC, id DESC) WHERE team > 0;

-- How much each agent has to do, and when he was last given a ticket.
CREATE INDEX counter_assignee ON counter (assignee, kind, n) WHERE assignee > 0;
CREATE TABLE given (
  person {{int}} PRIMARY KEY REFERENCES person (id),
  at     {{int}} NOT NULL
) {{strict}};

-- +goose Down
SELECT 1;
