-- +goose Up

-- Where changes are made one by one, a counter's row is found and changed.
{{only sqlite}}CREATE INDEX counter_place ON counter (department, kind, assignee);{{end}}
{{only postgres}}SELECT 1;{{end}}

-- +goose Down
SELECT 1;
