-- +goose Up

-- When people work; without a row a department works by the installation's
-- (department 0), and that is the built-in one until somebody changes it.
CREATE TABLE calendar (
  department {{int}} PRIMARY KEY,
  value      TEXT NOT NULL, -- JSON
  version    {{int}} NOT NULL
) {{strict}};

-- When a done ticket closes by itself, and when its requester is reminded.
ALTER TABLE ticket ADD COLUMN closes {{int}} NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN reminds {{int}} NOT NULL DEFAULT 0;
CREATE INDEX ticket_closes ON ticket (closes, id) WHERE closes > 0;
CREATE INDEX ticket_reminds ON ticket (reminds, id) WHERE reminds > 0;

-- The time of closing that a letter announces.
ALTER TABLE letter ADD COLUMN announces {{int}} NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
