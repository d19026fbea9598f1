-- +goose Up

-- Questions to the tickets that agents have saved.
CREATE TABLE saved_view (
  id       {{id}},
  ref      TEXT NOT NULL UNIQUE,
  person   {{int}} NOT NULL REFERENCES person (id),
  name     TEXT NOT NULL,
  question TEXT NOT NULL,
  shared   {{int}} NOT NULL,
  created  {{int}} NOT NULL
) {{strict}};
CREATE INDEX saved_view_person ON saved_view (person, id);
CREATE INDEX saved_view_shared ON saved_view (shared, id) WHERE shared = 1;

-- +goose Down
SELECT 1;
