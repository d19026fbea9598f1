package workspace

import (
	"strings"

	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
)

// heading says how many tickets the conditions find.
func (p *viewPreview) heading() string {
	switch l := p.list.L; {
	case p.refused:
		return l.T("view.preview.unfinished")
	case p.counted.N == 0 && !p.counted.More:
		return l.T("view.preview.none")
	default:
		return l.T("view.preview", "Tickets", countedSaid(l, p.counted))
	}
}

func (p *viewPreview) misreadWords() string {
	return p.list.L.T("search.misread", "Filters", strings.Join(p.misread, ", "))
}

// countedWords is a count as the left pane shows it; "": there is none.
func countedWords(l *locale.Locale, c desk.Counted) string {
	switch n := l.Number(c.N); {
	case c.More:
		return n + "+"
	case c.N == 0:
		return ""
	default:
		return n
	}
}

// countedSaid is a count in words.
func countedSaid(l *locale.Locale, c desk.Counted) string {
	if c.More {
		return l.T("view.count.more", "N", l.Number(c.N))
	}
	return l.N("words.tickets", int(c.N))
}

func (v *listView) countWords(i int) string {
	if i >= len(v.SavedCounts) {
		return ""
	}
	return countedWords(v.L, v.SavedCounts[i])
}

func (v *listView) countSaid(i int) string { return countedSaid(v.L, v.SavedCounts[i]) }

// late reports whether the customer waits for an answer longer than promised.
func (v *listView) late(r *desk.Row) bool { return !v.Now.Before(r.Deadline) }

func (v *listView) deadlineWords(r *desk.Row) string {
	key := "deadline.due"
	if v.late(r) {
		key = "deadline.late"
	}
	return v.L.T(key, "Time", v.L.Full(r.Deadline))
}

// first is the first of some values, or nothing.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
