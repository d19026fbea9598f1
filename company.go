package okno

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Company is a customer company.
type Company struct {
	ID      CompanyID
	Ref     Ref
	Number  string // unique, stands in its first administrator's login
	Name    string
	Country string // two letters (ISO 3166-1), presets the code of phone numbers; "": none
	// SeesAll: its administrators see all its tickets.
	SeesAll  bool
	Assignee PersonID // who is given its tickets when nobody is chosen; 0: nobody in particular
	Created  time.Time
	Version  int64
}

// Membership is a person's place in a company that he has taken up and that
// is not disabled.
type Membership struct {
	Person        PersonID
	Company       CompanyID
	Administrator bool
	// SeesAll: an administrator of the company sees all its tickets unless the
	// company is set otherwise.
	SeesAll bool
}

// ManageCompanies is the right to make and edit companies and to correct
// their contacts.
var ManageCompanies = declare(Action{Name: "companies.manage", Roles: admins})

// The facts about companies; all are for agents.
const CompanyEdited EventKind = "company.edited"

var companyNumber = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}-]{0,19}$`)

// CheckCompanyNumber says what is wrong with a company's number: at most 20
// letters, digits and hyphens.
func CheckCompanyNumber(field, s string) error {
	switch {
	case s == "":
		return Missing(field)
	case !companyNumber.MatchString(s):
		return &Error{Reason: Invalid, Key: "error.company.number", Field: field}
	}
	return nil
}

// MaxDomains is how many mail domains a company may have.
const MaxDomains = 50

var mailDomain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

// publicDomains give addresses to anyone, so that an address says nothing of
// a company.
var publicDomains = []string{
	"aol.com", "bk.ru", "fastmail.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com",
	"icloud.com", "inbox.ru", "internet.ru", "list.ru", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
	"outlook.com", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "tut.by", "tutanota.com", "ukr.net", "vk.com",
	"web.de", "xmail.ru", "ya.ru", "yahoo.com", "yandex.by", "yandex.com", "yandex.kz", "yandex.ru", "yandex.ua", "zoho.com", "163.com",
}

// CheckDomain returns a company's mail domain in lower case, or says what is
// wrong with it. Domains at which anyone may have an address are refused.
func CheckDomain(field, s string) (string, error) {
	s = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@"))
	switch {
	case len(s) > 253 || !mailDomain.MatchString(s):
		return "", &Error{Reason: Invalid, Key: "error.domain", Field: field, Args: []any{"Domain", s}}
	case slices.Contains(publicDomains, s):
		return "", &Error{Reason: Invalid, Key: "error.domain.public", Field: field, Args: []any{"Domain", s}}
	}
	return s, nil
}
