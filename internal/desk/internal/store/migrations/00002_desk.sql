-- +goose Up

-- Times are microseconds since 1970 UTC. Empty text and 0 mean "none", except
-- where a column may be NULL because a foreign key or a unique index wants it.

CREATE TABLE setting (
  name    TEXT PRIMARY KEY,
  value   TEXT NOT NULL,
  version {{int}} NOT NULL
) {{strict}};

CREATE TABLE person (
  id        {{id}},
  ref       TEXT NOT NULL UNIQUE,
  name      TEXT NOT NULL,
  phone     TEXT NOT NULL DEFAULT '',
  lang      TEXT NOT NULL DEFAULT '',
  zone      TEXT NOT NULL DEFAULT '',
  theme     TEXT NOT NULL DEFAULT '',
  agent     {{int}} NOT NULL DEFAULT 0,
  away      {{int}} NOT NULL DEFAULT 0,
  shortcuts {{int}} NOT NULL DEFAULT 1,
  created   {{int}} NOT NULL,
  disabled  {{int}} NOT NULL DEFAULT 0,
  version   {{int}} NOT NULL DEFAULT 1
) {{strict}};
CREATE INDEX person_agent ON person (agent, name) WHERE agent = 1;

CREATE TABLE address (
  id        {{id}},
  person    {{int}} NOT NULL REFERENCES person (id),
  address   TEXT NOT NULL,
  folded    TEXT NOT NULL UNIQUE,
  confirmed {{int}} NOT NULL DEFAULT 0,
  created   {{int}} NOT NULL
) {{strict}};
CREATE INDEX address_person ON address (person, id);

CREATE TABLE account (
  person      {{int}} PRIMARY KEY REFERENCES person (id),
  login       TEXT NOT NULL,
  folded      TEXT NOT NULL UNIQUE,
  password    TEXT NOT NULL,
  must_change {{int}} NOT NULL DEFAULT 0,
  expires     {{int}} NOT NULL DEFAULT 0, -- of an issued password
  changed     {{int}} NOT NULL
) {{strict}};

CREATE TABLE session (
  id      {{id}},
  hash    {{bytes}} NOT NULL UNIQUE,
  person  {{int}} NOT NULL DEFAULT 0, -- 0: a guest's, for its tickets below
  created {{int}} NOT NULL,
  seen    {{int}} NOT NULL,
  expires {{int}} NOT NULL,
  agent   TEXT NOT NULL DEFAULT '' -- the browser's own name, for the list of sessions
) {{strict}};
CREATE INDEX session_person ON session (person) WHERE person > 0;
CREATE INDEX session_expires ON session (expires);

CREATE TABLE session_ticket (
  session {{int}} NOT NULL,
  ticket  {{int}} NOT NULL,
  person  {{int}} NOT NULL, -- to whom the access link was mailed
  expires {{int}} NOT NULL,
  PRIMARY KEY (session, ticket)
) {{strict}};

CREATE TABLE link (
  id      {{id}},
  hash    {{bytes}} NOT NULL UNIQUE,
  purpose TEXT NOT NULL, -- access, invite, reset, setup
  person  {{int}} NOT NULL DEFAULT 0,
  ticket  {{int}} NOT NULL DEFAULT 0,
  created {{int}} NOT NULL,
  expires {{int}} NOT NULL,
  used    {{int}} NOT NULL DEFAULT 0
) {{strict}};
CREATE INDEX link_expires ON link (expires);
CREATE INDEX link_person ON link (person, purpose, created);

CREATE TABLE role (
  id          {{id}},
  ref         TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  builtin     TEXT NOT NULL DEFAULT '',
  permissions TEXT NOT NULL -- JSON list
) {{strict}};

CREATE TABLE department (
  id        {{id}},
  ref       TEXT NOT NULL UNIQUE,
  name      TEXT NOT NULL,
  signature TEXT NOT NULL DEFAULT '',
  created   {{int}} NOT NULL,
  closed    {{int}} NOT NULL DEFAULT 0,
  version   {{int}} NOT NULL DEFAULT 1
) {{strict}};

CREATE TABLE person_role (
  person     {{int}} NOT NULL REFERENCES person (id),
  role       {{int}} NOT NULL REFERENCES role (id),
  department {{int}} NOT NULL, -- 0: all
  PRIMARY KEY (person, role, department)
) {{strict}};

CREATE TABLE company (
  id       {{id}},
  ref      TEXT NOT NULL UNIQUE,
  number   TEXT NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  sees_all {{int}} NOT NULL DEFAULT 1,
  created  {{int}} NOT NULL
) {{strict}};

CREATE TABLE membership (
  person        {{int}} NOT NULL REFERENCES person (id),
  company       {{int}} NOT NULL REFERENCES company (id),
  administrator {{int}} NOT NULL DEFAULT 0,
  PRIMARY KEY (person, company)
) {{strict}};

CREATE TABLE topic (
  id         {{id}},
  ref        TEXT NOT NULL UNIQUE,
  names      TEXT NOT NULL, -- JSON by language
  department {{int}} NOT NULL REFERENCES department (id),
  position   {{int}} NOT NULL,
  closed     {{int}} NOT NULL DEFAULT 0
) {{strict}};

CREATE TABLE status (
  id       {{id}},
  kind     TEXT NOT NULL,
  names    TEXT NOT NULL, -- JSON by language; empty: the kind's own name
  position {{int}} NOT NULL,
  colour   TEXT NOT NULL DEFAULT ''
) {{strict}};

CREATE TABLE mailbox (
  id         {{id}},
  ref        TEXT NOT NULL UNIQUE,
  address    TEXT NOT NULL,
  folded     TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL DEFAULT '',
  department {{int}} NOT NULL REFERENCES department (id),
  lang       TEXT NOT NULL DEFAULT '',
  fetching   TEXT NOT NULL DEFAULT '', -- JSON, without the password
  password   {{bytes}},                -- sealed
  created    {{int}} NOT NULL,
  closed     {{int}} NOT NULL DEFAULT 0,
  version    {{int}} NOT NULL DEFAULT 1,
  fetched    {{int}} NOT NULL DEFAULT 0,
  trouble    TEXT NOT NULL DEFAULT '',
  since      {{int}} NOT NULL DEFAULT 0,
  uidvalidity {{int}} NOT NULL DEFAULT 0,
  lastuid    {{int}} NOT NULL DEFAULT 0
) {{strict}};

{{sequence ticket_number 100001}};

CREATE TABLE ticket (
  id         {{id}},
  number     TEXT NOT NULL UNIQUE,
  subject    TEXT NOT NULL,
  status     {{int}} NOT NULL,
  kind       TEXT NOT NULL, -- of status, for the indexes
  department {{int}} NOT NULL,
  assignee   {{int}} NOT NULL DEFAULT 0,
  topic      {{int}} NOT NULL DEFAULT 0,
  requester  {{int}} NOT NULL,
  company    {{int}} NOT NULL DEFAULT 0,
  channel    TEXT NOT NULL,
  mailbox    {{int}} NOT NULL DEFAULT 0,
  lang       TEXT NOT NULL DEFAULT '',
  parent     {{int}} NOT NULL DEFAULT 0,
  opened     {{int}} NOT NULL,
  updated    {{int}} NOT NULL,
  closed     {{int}} NOT NULL DEFAULT 0,
  hold_until {{int}} NOT NULL DEFAULT 0,
  hold_wakes {{int}} NOT NULL DEFAULT 0,
  lastword   TEXT NOT NULL DEFAULT '',
  lastby     TEXT NOT NULL DEFAULT '',
  guid       {{bytes}} NOT NULL,
  version    {{int}} NOT NULL DEFAULT 1
) {{strict}};
CREATE INDEX ticket_department ON ticket (department, kind, updated DESC, id DESC);
CREATE INDEX ticket_unassigned ON ticket (department, kind, updated DESC, id DESC) WHERE assignee = 0;
CREATE INDEX ticket_kind ON ticket (kind, updated DESC, id DESC);
CREATE INDEX ticket_nobody ON ticket (kind, updated DESC, id DESC) WHERE assignee = 0;
CREATE INDEX ticket_assignee ON ticket (assignee, kind, updated DESC, id DESC) WHERE assignee > 0;
CREATE INDEX ticket_requester ON ticket (requester, updated DESC, id DESC);
CREATE INDEX ticket_company ON ticket (company, updated DESC, id DESC) WHERE company > 0;
CREATE INDEX ticket_wakes ON ticket (hold_until) WHERE hold_until > 0;

CREATE TABLE participant (
  ticket {{int}} NOT NULL,
  person {{int}} NOT NULL,
  PRIMARY KEY (ticket, person)
) {{strict}};
CREATE INDEX participant_person ON participant (person, ticket);

CREATE TABLE message (
  id      {{id}},
  ref     TEXT NOT NULL UNIQUE,
  ticket  {{int}} NOT NULL,
  kind    TEXT NOT NULL,
  side    TEXT NOT NULL,
  author  {{int}} NOT NULL DEFAULT 0,
  channel TEXT NOT NULL,
  claim   TEXT NOT NULL,
  apart   {{int}} NOT NULL DEFAULT 0,
  machine {{int}} NOT NULL DEFAULT 0,
  body    TEXT NOT NULL,
  html    TEXT NOT NULL DEFAULT '',
  quoted  TEXT NOT NULL DEFAULT '',
  letter  {{int}} NOT NULL DEFAULT 0,
  at      {{int}} NOT NULL,
  edited  {{int}} NOT NULL DEFAULT 0,
  deleted {{int}} NOT NULL DEFAULT 0
) {{strict}};
CREATE INDEX message_ticket ON message (ticket, id);

CREATE TABLE file (
  id        {{id}},
  ref       TEXT NOT NULL UNIQUE,
  message   {{int}} NOT NULL DEFAULT 0, -- 0: an upload that waits for its form
  session   {{int}} NOT NULL DEFAULT 0, -- whose upload
  name      TEXT NOT NULL,
  type      TEXT NOT NULL,
  size      {{int}} NOT NULL,
  hash      TEXT NOT NULL,
  contentid TEXT NOT NULL DEFAULT '',
  width     {{int}} NOT NULL DEFAULT 0,
  height    {{int}} NOT NULL DEFAULT 0,
  created   {{int}} NOT NULL
) {{strict}};
CREATE INDEX file_message ON file (message, id) WHERE message > 0;
CREATE INDEX file_waiting ON file (session, created) WHERE message = 0;
CREATE INDEX file_hash ON file (hash);

CREATE TABLE event (
  id       {{id}},
  kind     TEXT NOT NULL,
  v        {{int}} NOT NULL,
  audience TEXT NOT NULL,
  ticket   {{int}} NOT NULL DEFAULT 0,
  version  {{int}} NOT NULL DEFAULT 0, -- of the ticket, after it
  subject  {{int}} NOT NULL DEFAULT 0,
  actor    {{int}} NOT NULL DEFAULT 0,
  via      TEXT NOT NULL,
  data     TEXT NOT NULL, -- JSON: ids and enumerated values only
  cause    {{int}} NOT NULL DEFAULT 0,
  at       {{int}} NOT NULL
) {{strict}};
CREATE INDEX event_ticket ON event (ticket, id) WHERE ticket > 0;

-- Who read a ticket up to where: the highest event he has seen.
CREATE TABLE seen (
  person {{int}} NOT NULL,
  ticket {{int}} NOT NULL,
  at     {{int}} NOT NULL,
  PRIMARY KEY (person, ticket)
) {{strict}};

CREATE TABLE draft (
  person  {{int}} NOT NULL,
  ticket  {{int}} NOT NULL,
  kind    TEXT NOT NULL,
  body    TEXT NOT NULL,
  updated {{int}} NOT NULL,
  PRIMARY KEY (person, ticket, kind)
) {{strict}};

-- A form or a letter that was already acted on leads to its first result.
CREATE TABLE submission (
  submission TEXT PRIMARY KEY,
  result     TEXT NOT NULL,
  created    {{int}} NOT NULL
) {{strict}};
CREATE INDEX submission_created ON submission (created);

-- Counters are appended changes, folded by a job and summed on reading.
CREATE TABLE counter (
  id         {{id}},
  department {{int}} NOT NULL,
  kind       TEXT NOT NULL,
  assignee   {{int}} NOT NULL,
  n          {{int}} NOT NULL
) {{strict}};

CREATE TABLE kept_letter (
  id           {{id}},
  ref          TEXT NOT NULL UNIQUE,
  mailbox      {{int}} NOT NULL,
  messageid    TEXT NOT NULL,
  identity     {{bytes}} NOT NULL,
  envelopefrom TEXT NOT NULL,
  envelopeto   TEXT NOT NULL,
  source       TEXT NOT NULL,
  peer         TEXT NOT NULL DEFAULT '',
  helo         TEXT NOT NULL DEFAULT '',
  size         {{int}} NOT NULL,
  raw          {{bytes}},                 -- zstd; NULL: in blob, or past its keeping time
  blob         TEXT NOT NULL DEFAULT '',  -- hash of a large one's bytes
  at           {{int}} NOT NULL,
  state        TEXT NOT NULL,
  ticket       {{int}} NOT NULL DEFAULT 0,
  message      {{int}} NOT NULL DEFAULT 0,
  trace        TEXT NOT NULL DEFAULT '[]'
) {{strict}};
CREATE UNIQUE INDEX kept_letter_once ON kept_letter (mailbox, identity, messageid);
CREATE INDEX kept_letter_messageid ON kept_letter (messageid) WHERE messageid <> '';
CREATE INDEX kept_letter_identity ON kept_letter (identity);
CREATE INDEX kept_letter_at ON kept_letter (at);
CREATE INDEX kept_letter_blob ON kept_letter (blob) WHERE blob <> '';

CREATE TABLE letter (
  id        {{id}},
  ref       TEXT NOT NULL UNIQUE,
  kind      TEXT NOT NULL,
  origin    TEXT NOT NULL UNIQUE,
  event     {{int}} NOT NULL DEFAULT 0,
  ticket    {{int}} NOT NULL DEFAULT 0,
  message   {{int}} NOT NULL DEFAULT 0,
  person    {{int}} NOT NULL DEFAULT 0,
  mailbox   {{int}} NOT NULL DEFAULT 0,
  sender    TEXT NOT NULL,
  recipient TEXT NOT NULL,
  folded    TEXT NOT NULL, -- recipient, as compared
  subject   TEXT NOT NULL,
  messageid TEXT NOT NULL UNIQUE,
  state     TEXT NOT NULL,
  attempts  {{int}} NOT NULL DEFAULT 0,
  trouble   TEXT NOT NULL DEFAULT '',
  answer    TEXT NOT NULL DEFAULT '',
  at        {{int}} NOT NULL,
  sent      {{int}} NOT NULL DEFAULT 0,
  sealed    {{bytes}},                -- the exact bytes, zstd and sealed; NULL once sent
  blob      TEXT NOT NULL DEFAULT '', -- hash of a large one's sealed bytes
  shown     TEXT NOT NULL
) {{strict}};
CREATE INDEX letter_ticket ON letter (ticket, id) WHERE ticket > 0;
CREATE INDEX letter_message ON letter (message) WHERE message > 0;
CREATE INDEX letter_state ON letter (state, id);
CREATE INDEX letter_blob ON letter (blob) WHERE blob <> '';
CREATE INDEX letter_folded ON letter (folded, kind, at);

-- Message-IDs of a ticket's letters, in and out: what References is looked up
-- in and made from.
CREATE TABLE thread (
  messageid TEXT NOT NULL,
  ticket    {{int}} NOT NULL,
  at        {{int}} NOT NULL,
  PRIMARY KEY (messageid, ticket)
) {{strict}};
CREATE INDEX thread_ticket ON thread (ticket, at);

-- +goose Down
SELECT 1;
