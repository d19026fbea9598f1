-- +goose Up

-- How far ahead of the clock those are who try something that is limited, where
-- several programs serve one installation. mark is a hash: it names nobody.
CREATE TABLE throttle (
  mark  TEXT PRIMARY KEY,
  until {{int}} NOT NULL
) {{strict}};
CREATE INDEX throttle_until ON throttle (until);

-- +goose Down
SELECT 1;
