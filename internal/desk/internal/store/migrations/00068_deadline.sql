-- +goose Up

-- Since when a ticket's customer waits for an answer, and when it was promised
-- for.
ALTER TABLE ticket ADD COLUMN awaits {{int}} NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN deadline {{int}} NOT NULL DEFAULT 0;
CREATE INDEX ticket_deadline ON ticket (deadline, id) WHERE deadline > 0;
CREATE INDEX ticket_department_deadline ON ticket (department, deadline, id) WHERE deadline > 0;
CREATE INDEX ticket_assignee_deadline ON ticket (assignee, deadline, id) WHERE deadline > 0;

-- Working hours within which a department answers; 0: it promises nothing.
ALTER TABLE department ADD COLUMN answer_within {{int}} NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
