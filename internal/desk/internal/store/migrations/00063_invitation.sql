-- +goose Up

-- When the letter that invites a company's contact came back.
ALTER TABLE membership ADD COLUMN returned {{int}} NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
