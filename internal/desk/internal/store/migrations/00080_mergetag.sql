-- +goose Up

-- Which tags a ticket has because another one went into it.
CREATE TABLE merge_tag (
  ticket {{int}} NOT NULL, -- that went into another
  tag    {{int}} NOT NULL,
  PRIMARY KEY (ticket, tag)
) {{strict}};

-- +goose Down
SELECT 1;
