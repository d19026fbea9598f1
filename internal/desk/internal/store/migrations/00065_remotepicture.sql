-- +goose Up

-- Who has asked for the pictures of other hosts in a message.
CREATE TABLE remote_message (
  person  {{int}} NOT NULL,
  message {{int}} NOT NULL,
  PRIMARY KEY (person, message)
) {{strict}};

-- Whose pictures an agent always wants to see.
CREATE TABLE remote_sender (
  person {{int}} NOT NULL,
  sender {{int}} NOT NULL,
  PRIMARY KEY (person, sender)
) {{strict}};

-- +goose Down
SELECT 1;
