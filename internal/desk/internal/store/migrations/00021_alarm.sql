-- +goose Up

ALTER TABLE mailbox ADD COLUMN quiet {{int}} NOT NULL DEFAULT 0;   -- working hours without a letter until an alarm; 0: by its history; -1: never
ALTER TABLE mailbox ADD COLUMN alarm TEXT NOT NULL DEFAULT '';     -- empty: all is well
ALTER TABLE mailbox ADD COLUMN alarmed {{int}} NOT NULL DEFAULT 0; -- since when
ALTER TABLE mailbox ADD COLUMN gap {{int}} NOT NULL DEFAULT 0;     -- the longest usual silence, in microseconds of working time; 0: not known
ALTER TABLE mailbox ADD COLUMN learned {{int}} NOT NULL DEFAULT 0; -- when gap was
CREATE INDEX kept_letter_mailbox ON kept_letter (mailbox, at);

-- +goose Down
SELECT 1;
