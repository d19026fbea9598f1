package okno

import "time"

// Department is a part of the desk with its own agents, name and signature.
type Department struct {
	ID        DepartmentID
	Ref       Ref
	Name      string
	Signature string // plain text under its agents' answers; empty: none
	// AnswerWithin is how many working hours a customer waits for an answer at
	// most; 0: nothing is promised, and none of its tickets is overdue.
	AnswerWithin int
	Closed       time.Time
	Version      int64
}

// MaxAnswerWithin is the most that a department may promise, in hours.
const MaxAnswerWithin = 1000

// Role is a named set of permissions.
type Role struct {
	ID          RoleID
	Ref         Ref
	Name        string // built-in roles are named by the catalogue: role.agent, role.admin
	BuiltIn     string // "agent", "admin"; empty: made by the installation
	Permissions []string
}

// Grant gives a person a role in one department, or in all (Department 0).
type Grant struct {
	Person      PersonID
	Role        RoleID
	Department  DepartmentID
	Permissions []string // of the role
}

// Topic is a help topic: what a request may be about, and which department
// takes it.
type Topic struct {
	ID         TopicID
	Ref        Ref
	Names      map[string]string // by language
	Department DepartmentID
	Position   int
	// Team is whose least loaded agent is given its tickets; 0: none. It is of
	// the same department.
	Team TeamID
	// Agents are whom a customer may choose for its tickets.
	Agents  []PersonID
	Closed  time.Time
	Version int64
}

// Name is the topic's name in a language, else in any it has.
func (t Topic) Name(lang string) string { return nameIn(t.Names, lang) }

// Name is the status's name in a language; empty means the kind's own name in
// the catalogue.
func (s Status) Name(lang string) string { return s.Names[lang] }

func nameIn(names map[string]string, lang string) string {
	if n := names[lang]; n != "" {
		return n
	}
	for _, l := range []string{"en", "ru"} {
		if n := names[l]; n != "" {
			return n
		}
	}
	return ""
}
