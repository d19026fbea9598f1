-- +goose Up

-- Which words stand in which ticket: in what its customers may read, in what
-- only agents may, in the names of its company and its requester; and the
-- signs of who sees it.
{{fulltext ticket_words open inside company requester scope}};

-- Tickets whose words have changed since they were put there.
CREATE TABLE search_pending (
  id     {{id}},
  ticket {{int}} NOT NULL,
  at     {{int}} NOT NULL
) {{strict}};
CREATE INDEX search_pending_ticket ON search_pending (ticket);

-- The words that there are, and roughly how often, to complete beginnings.
CREATE TABLE search_word (
  word TEXT {{only postgres}}COLLATE "C"{{end}} PRIMARY KEY,
  n    {{int}} NOT NULL
) {{strict}};

INSERT INTO search_pending (ticket, at) SELECT id, opened FROM ticket;

-- +goose Down
SELECT 1;
