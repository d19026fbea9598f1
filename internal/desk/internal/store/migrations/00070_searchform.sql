-- +goose Up

-- Whether every ticket stands in the index of words with its words by
-- department and by company. While those that were indexed before are indexed
-- again, narrow askers are answered by the words alone.
CREATE TABLE search_form (
  one   {{int}} PRIMARY KEY,
  whole {{int}} NOT NULL,
  since {{int}} NOT NULL, -- when a program that knows the form was first here; 0: not yet
  upto  {{int}} NOT NULL  -- the last ticket that was asked to be indexed again
) {{strict}};

INSERT INTO search_form (one, whole, since, upto) VALUES (1, 1, 0, 0);
UPDATE search_form SET whole = 0 WHERE EXISTS (SELECT 1 FROM ticket);

-- +goose Down
SELECT 1;
