-- +goose Up

ALTER TABLE company ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN assignee {{int}} NOT NULL DEFAULT 0;
ALTER TABLE company ADD COLUMN version {{int}} NOT NULL DEFAULT 1;

-- Mail domains whose confirmed addresses belong to a company.
CREATE TABLE company_domain (
  domain  TEXT PRIMARY KEY,
  company {{int}} NOT NULL REFERENCES company (id)
) {{strict}};
CREATE INDEX company_domain_company ON company_domain (company);

-- Agents whom a company's people may choose for their tickets.
CREATE TABLE company_agent (
  company {{int}} NOT NULL REFERENCES company (id),
  person  {{int}} NOT NULL REFERENCES person (id),
  PRIMARY KEY (company, person)
) {{strict}};

-- A place in a company is offered first and taken up later.
ALTER TABLE membership ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE membership ADD COLUMN name TEXT NOT NULL DEFAULT '';     -- as the company's administrator typed it
ALTER TABLE membership ADD COLUMN login TEXT NOT NULL DEFAULT '';    -- kept free for him until he joins
ALTER TABLE membership ADD COLUMN folded TEXT NOT NULL DEFAULT '';   -- login, as compared
ALTER TABLE membership ADD COLUMN made {{int}} NOT NULL DEFAULT 0;   -- his account was made for this place
ALTER TABLE membership ADD COLUMN joined {{int}} NOT NULL DEFAULT 0; -- 0: not yet, it gives him no right
ALTER TABLE membership ADD COLUMN disabled {{int}} NOT NULL DEFAULT 0;
UPDATE membership SET
  ref = (SELECT p.ref FROM person p WHERE p.id = membership.person) || (SELECT c.ref FROM company c WHERE c.id = membership.company),
  joined = (SELECT c.created FROM company c WHERE c.id = membership.company);
CREATE UNIQUE INDEX membership_ref ON membership (ref);
CREATE UNIQUE INDEX membership_login ON membership (folded) WHERE folded <> '';
CREATE INDEX membership_company ON membership (company, person);

-- A password that was issued, sealed, until the letter that carries it is
-- queued.
CREATE TABLE issued (
  event   {{int}} PRIMARY KEY,
  sealed  {{bytes}} NOT NULL,
  created {{int}} NOT NULL
) {{strict}};
CREATE INDEX issued_created ON issued (created);

UPDATE role SET permissions = REPLACE(permissions, ']', ',"companies.manage"]')
  WHERE builtin = 'admin' AND permissions <> '[]' AND permissions NOT LIKE '%"companies.manage"%';

-- +goose Down
SELECT 1;
