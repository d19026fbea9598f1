-- +goose Up

-- Signed reply addresses to which a kept letter came beside the first, named in
-- the envelope alone.
CREATE TABLE kept_recipient (
  letter  {{int}} NOT NULL,
  address TEXT NOT NULL,
  heeded  {{int}} NOT NULL DEFAULT 0, -- the letter was handed over with it known
  PRIMARY KEY (letter, address)
) {{strict}};

-- +goose Down
SELECT 1;
