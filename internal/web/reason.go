package web

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/oknodesk/okno/internal/locale"
)

// fixedReasons and openReasons are the clauses that the reasons in a letter's
// trace are made of, by their keys in the catalogue; the open ones hold values,
// and the first that fits stands for a clause.
var (
	fixedReasons = strings.Fields(`
		mark ours ownbox ownheader nullpath deliveryreport readreceipt reportplain challengewords nobounce personal noletter
		notours nothad unchanged notrouble cameback machineclaim notonesender ownreply relayother relaypass relaynot
		dkimunread dkimnone dkimlater dkimwrong spfnot noanswer fromnobody envelope nobody several firststands same
		closedlong startsnone late reportof signedreply answers names nothread earlier sibling parentwaits threadtaken
		letin banned filterlarge filternone forwarded opens quotesnothing wholefile seen onlysolved agentsnote agentsunsure
		oldclosed usedid pastkeeping f.date f.emptylines f.mbox f.nofield f.cr f.manyfrom f.longfield f.longheader
		f.afterheader f.noempty f.manyparts f.afterend f.nothing f.noparts f.boundary f.unclosed f.sameboundary
		f.longtext f.longhtml f.innerfile f.tnef f.tnefdone f.transfer f.unencoded f.charsetnone f.nocharset f.utf8damaged f.notutf8`)
	openReasons = []struct{ name, values string }{
		{"challenge", "Field"},
		{"report.kind", "Kind"},
		{"calendar", "Method"},
		{"subject", "Words"},
		{"dmarcfailed", "Why"},
		{"dkimother", "Domain"},
		{"dkim", "Domain"},
		{"spf", "Domain"},
		{"spfsays", "Result"},
		{"sentby", "Name"},
		{"flood", "Count"},
		{"relayspam", "Field"},
		{"filterfailed", "Why"},
		{"filterstatus", "Status"},
		{"rspamd", "Action Score Required"},
		{"manyfiles", "Count"},
		{"files", "Count"},
		{"ticket", "Number Claim"},
		{"also", "Number"},
		{"f.datefrom", "Field"},
		{"f.addresses", "Field"},
		{"f.manyaddresses", "Count Field"},
		{"f.charset", "Charset"},
		{"f.wasutf8", "Charset"},
		{"f.sevenbit", "Charset"},
		{"f.somefit", "Charset"},
		{"f.nofit", "Charset"},
		{"f.taken", "Charset"},
		{"f.other", "Found Said"},
		{"f.escapes", "Charset"},
		{"f.damaged", "What"},
	}
)

// Reason is a reason in a letter's trace in the reader's language. It is kept,
// and told by "okno mail inspect", in the words of the English catalogue, which
// are found again here, clause by clause; what is none of them (a field's name,
// another server's words) stays as it is.
func Reason(l *locale.Locale, reason string) string {
	if l.Lang() == "en" {
		return reason
	}
	clauses := strings.Split(reason, "; ")
	for i, clause := range clauses {
		clauses[i] = reasonClause(l, clause)
	}
	return strings.Join(clauses, "; ")
}

func reasonClause(l *locale.Locale, clause string) string {
	all := englishReasons()
	if key := all.fixed[clause]; key != "" {
		return l.T(key)
	}
	for _, o := range all.open {
		found := o.words.FindStringSubmatch(clause)
		if found == nil {
			continue
		}
		var args []any
		for i, name := range o.values {
			args = append(args, name, reasonValue(l, name, found[i+1]))
		}
		return l.T(o.key, args...)
	}
	return clause
}

// reasonValue is a value within a clause; a few of them are words themselves.
func reasonValue(l *locale.Locale, name, value string) string {
	switch {
	case name == "Why":
		return reasonClause(l, value)
	case name == "Claim" && l.Has("reason.claim."+value):
		return l.T("reason.claim." + value)
	}
	return value
}

type openReason struct {
	key    string
	values []string
	words  *regexp.Regexp
}

// reasonTable is how the clauses read in English.
type reasonTable struct {
	fixed map[string]string // the key by the words
	open  []openReason
}

var englishReasons = sync.OnceValue(func() reasonTable {
	const mark = "\x00" // stands in no text
	english := locale.New("en", time.UTC)
	table := reasonTable{fixed: map[string]string{}}
	for _, name := range fixedReasons {
		table.fixed[english.T("reason."+name)] = "reason." + name
	}
	for _, o := range openReasons {
		r := openReason{key: "reason." + o.name, values: strings.Fields(o.values)}
		var args []any
		for _, name := range r.values {
			args = append(args, name, mark)
		}
		words := strings.ReplaceAll(regexp.QuoteMeta(english.T(r.key, args...)), regexp.QuoteMeta(mark), "(.*)")
		r.words = regexp.MustCompile("^(?s:" + words + ")$")
		table.open = append(table.open, r)
	}
	return table
})
