-- +goose Up
CREATE TABLE job (
	id {{id}},
	kind TEXT NOT NULL,
	v {{int}} NOT NULL,
	payload TEXT NOT NULL,
	unique_key TEXT,           -- NULL: as many as are put
	put_at {{int}} NOT NULL,
	due_at {{int}} NOT NULL,   -- of a claimed job: when its lease ends
	attempt {{int}} NOT NULL,  -- attempts begun
	claim TEXT,                -- the runner that has it in hand
	again_at {{int}},          -- put again while in hand: due once more then
	dead_at {{int}},           -- given up; stays until retried
	reason TEXT                -- of the last failure or delay
){{strict}};
CREATE UNIQUE INDEX job_key ON job (kind, unique_key) WHERE unique_key IS NOT NULL AND dead_at IS NULL;
CREATE INDEX job_due ON job (kind, due_at, id) WHERE dead_at IS NULL;
CREATE INDEX job_dead ON job (dead_at, id) WHERE dead_at IS NOT NULL;
