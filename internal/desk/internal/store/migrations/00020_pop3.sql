-- +goose Up

-- Letters that were fetched and left on their server, by the names it gave
-- them: POP3 knows no other mark.
CREATE TABLE fetched_letter (
  mailbox {{int}} NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (mailbox, name)
) {{strict}};

-- +goose Down
SELECT 1;
