-- +goose Up

-- What a relay said each time it did not take a letter.
CREATE TABLE letter_attempt (
  letter {{int}} NOT NULL,
  n      {{int}} NOT NULL,
  at     {{int}} NOT NULL,
  words  TEXT NOT NULL,
  PRIMARY KEY (letter, n)
) {{strict}};

CREATE INDEX letter_mailbox ON letter (mailbox, id);
CREATE INDEX letter_address ON letter (folded, id);

-- +goose Down
SELECT 1;
