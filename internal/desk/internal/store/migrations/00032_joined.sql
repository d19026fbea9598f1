-- +goose Up

-- Facts of a ticket that an agent is told in one letter, a moment later.
CREATE TABLE joined_notice (
  person {{int}} NOT NULL,
  ticket {{int}} NOT NULL,
  event  {{int}} NOT NULL,
  PRIMARY KEY (person, ticket, event)
) {{strict}};

-- +goose Down
SELECT 1;
