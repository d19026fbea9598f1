package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a question.
const (
	MaxQuestion = 400 // bytes
	maxTerms    = 12  // words, phrases and filters; the rest is left out
	maxPhrase   = 16  // words of one phrase
	minPrefix   = 2   // characters of a last word that is taken for a beginning
)

// Question is what somebody looks for: all of its terms at once.
type Question struct {
	Phrases []Phrase
	Filters []Filter
}

// Phrase is words that stand side by side; a single word is one too.
type Phrase struct {
	Stems []string
	// Beginning is the last word as it was typed so far, when it may be the
	// beginning of a longer one; "": it is whole.
	Beginning string
}

// Key names a filter.
type Key string

// The filters that a question may have.
const (
	KeyStatus     Key = "status"
	KeyAssignee   Key = "assignee"
	KeyCompany    Key = "company"
	KeyRequester  Key = "requester"
	KeyDepartment Key = "department"
	KeyTeam       Key = "team"
	KeyTag        Key = "tag"
	KeyChannel    Key = "channel"
	KeyCreated    Key = "created"
	KeyUpdated    Key = "updated"
	KeyDeadline   Key = "deadline"
	KeyHas        Key = "has"
)

// Keys lists the filters in the order they are offered.
var Keys = []Key{KeyStatus, KeyAssignee, KeyCompany, KeyRequester, KeyDepartment, KeyTeam, KeyTag, KeyChannel, KeyCreated, KeyUpdated, KeyDeadline, KeyHas}

// keyNames are the names of filters in every language that they may be typed
// in.
var keyNames = map[string]Key{
	"status": KeyStatus, "статус": KeyStatus,
	"assignee": KeyAssignee, "исполнитель": KeyAssignee,
	"company": KeyCompany, "компания": KeyCompany,
	"requester": KeyRequester, "постановщик": KeyRequester,
	"department": KeyDepartment, "отдел": KeyDepartment,
	"team": KeyTeam, "команда": KeyTeam,
	"tag": KeyTag, "метка": KeyTag,
	"channel": KeyChannel, "канал": KeyChannel,
	"created": KeyCreated, "создана": KeyCreated, "создан": KeyCreated,
	"updated": KeyUpdated, "изменена": KeyUpdated,
	"deadline": KeyDeadline, "срок": KeyDeadline,
	"has": KeyHas, "есть": KeyHas,
}

// KeyNamed is the filter of a name in any language; "": there is none.
func KeyNamed(name string) Key { return keyNames[strings.ToLower(name)] }

// Filter narrows a question by something that is not in the words.
type Filter struct {
	Key    Key
	Text   string   // as typed: "created:>2026-01-01"
	Not    bool     // "-status:closed": what is not so
	Op     string   // "", ">", ">=", "<", "<="
	Value  string   // as typed
	Values []string // Value between its commas, any of which will do; quoted, it is one
}

// Empty reports whether it asks for nothing.
func (q Question) Empty() bool { return len(q.Phrases) == 0 && len(q.Filters) == 0 }

// Read reads a question: words, "phrases in quotation marks", and
// filter:value, whose value may stand in quotation marks too, or be several
// between commas; -filter:value is the rest. The last word is
// taken for a beginning unless something stands behind it.
func Read(text string) Question {
	if len(text) > MaxQuestion {
		text = strings.ToValidUTF8(text[:MaxQuestion], "")
	}
	var q Question
	parts := split(Normal(text))
	for i, p := range parts {
		if len(q.Phrases)+len(q.Filters) == maxTerms {
			break
		}
		if p.key != "" {
			q.Filters = append(q.Filters, filter(p))
			continue
		}
		stems := Stems(p.text, maxPhrase)
		if len(stems) == 0 || !p.quoted && len(stems) == 1 && tooCommon[Fold(p.text)] && i+1 < len(parts) {
			continue
		}
		phrase := Phrase{Stems: stems}
		if i+1 == len(parts) && p.open {
			phrase.Beginning = beginning(p.text)
		}
		q.Phrases = append(q.Phrases, phrase)
	}
	return q
}

// beginning is the last word of a text as it may be the beginning of a longer
// one; "": it is not.
func beginning(text string) string {
	last := ""
	Words(text, func(w Word) bool {
		if last = ""; w.End == len(text) {
			last = Fold(text[w.Start:w.End])
		}
		return true
	})
	if utf8.RuneCountInString(last) < minPrefix || !Plain(last) {
		return ""
	}
	return last
}

func filter(p part) Filter {
	f := Filter{Key: p.key, Text: p.typed, Not: p.not, Value: strings.TrimSpace(p.text)}
	for _, op := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(f.Value, op); ok {
			f.Op, f.Value = op, strings.TrimSpace(rest)
			break
		}
	}
	if p.quoted {
		f.Values = []string{f.Value}
		return f
	}
	for value := range strings.SplitSeq(f.Value, ",") {
		if value = strings.TrimSpace(value); value != "" {
			f.Values = append(f.Values, value)
		}
	}
	return f
}

// part is a piece of a question between blanks.
type part struct {
	key    Key
	not    bool
	typed  string
	text   string
	quoted bool
	open   bool // it ends where the question ends: one may be typing it still
}

var closing = map[rune]rune{'"': '"', '«': '»', '“': '”', '„': '“'}

func split(text string) []part {
	var parts []part
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return parts
		}
		p, rest := first(text)
		p.open = rest == "" && !p.quoted
		p.typed = text[:len(text)-len(rest)]
		if p.text != "" || p.key != "" {
			parts = append(parts, p)
		}
		text = rest
	}
}

// Typing is the end of a question at which somebody types: what stands before
// it, the filter whose value it is as he named it ("": none), and what there is
// of the value or word. At a blank, or behind a closed quotation, nothing is
// begun; within a quotation that is no filter's nothing can be offered.
func Typing(text string) (before, filter, begun string) {
	for left := text; ; {
		left = strings.TrimLeftFunc(left, unicode.IsSpace)
		if left == "" {
			return text, "", ""
		}
		p, rest := first(left)
		if rest != "" {
			left = rest
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(left)
		if p.quoted && (p.key == "" || last == closing[firstRune(left[strings.IndexByte(left, ':')+1:])] && p.text != "") {
			return text, "", ""
		}
		if p.key != "" {
			filter, _, _ = strings.Cut(left, ":")
		}
		return text[:len(text)-len(left)], filter, p.text
	}
}

// first takes the first piece off a text that begins with no blank.
func first(text string) (p part, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || closing[r] != 0 })
	if end < 0 {
		end = len(text)
	}
	word := text[:end]
	if name, value, ok := strings.Cut(word, ":"); ok && KeyNamed(strings.TrimPrefix(name, "-")) != "" {
		p.key, p.not = KeyNamed(strings.TrimPrefix(name, "-")), strings.HasPrefix(name, "-")
		if value != "" || end == len(text) || closing[firstRune(text[end:])] == 0 {
			p.text = value
			return p, text[end:]
		}
	} else if end > 0 {
		p.text = word
		return p, text[end:]
	}
	open := firstRune(text[end:])
	inside := text[end+utf8.RuneLen(open):]
	p.quoted = true
	if at := strings.IndexRune(inside, closing[open]); at >= 0 {
		p.text = inside[:at]
		return p, inside[at+utf8.RuneLen(closing[open]):]
	}
	p.text = inside // never closed: it runs to the end
	return p, ""
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// tooCommon are words that nearly every text has; they are left out of a
// question unless they are all it has, or quoted.
var tooCommon = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq("и в во не на я с со он а то по к но из у за о от для мы вы до the a an of to in on is it and or for at by we you i") {
		words[w] = true
	}
	return words
}()
