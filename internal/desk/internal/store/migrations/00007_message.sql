-- +goose Up

-- What a message said before it was changed or deleted.
CREATE TABLE message_version (
  message {{int}} NOT NULL,
  version {{int}} NOT NULL,
  body    TEXT NOT NULL,
  html    TEXT NOT NULL,
  at      {{int}} NOT NULL, -- when it was written
  PRIMARY KEY (message, version)
) {{strict}};
ALTER TABLE message ADD COLUMN version {{int}} NOT NULL DEFAULT 1;

-- The last message that a person has seen of a ticket; at is when he first saw
-- the other side's latest up to there.
ALTER TABLE seen ADD COLUMN message {{int}} NOT NULL DEFAULT 0;
UPDATE seen SET message = COALESCE((SELECT MAX(m.id) FROM message m WHERE m.ticket = seen.ticket AND m.at <= seen.at), 0);

UPDATE role SET permissions = REPLACE(permissions, ']', ',"message.edit"]') WHERE builtin IN ('agent', 'admin') AND permissions <> '[]';

-- +goose Down
SELECT 1;
