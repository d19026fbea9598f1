-- +goose Up

-- Sixteen parts of one size that wait to be joined are joined all at once, and
-- everybody waits: with every sixteen times as many tickets sixteen times as
-- long. While many write there may be more; they are joined in quiet times.
{{only sqlite}}
INSERT INTO ticket_words (ticket_words, rank) VALUES ('crisismerge', 64);
{{end}}
{{only postgres}}
SELECT 1;
{{end}}

-- +goose Down
SELECT 1;
