package notify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/notify"
)

const paperHead = "# Who hears of what\n\nThis page is written by a test of `internal/notify` from the rules themselves (`go test ./internal/notify -update`).\n\n" +
	"Each recipient gets a letter of his own, once for each fact, by the first line that names him. What one does oneself is not told to oneself, " +
	"except by letter where the last column says so. Disabled people hear nothing; people without an address and the desk's own mailboxes get no letters. Facts without a line are told to nobody.\n\n" +
	"The bell, and the browsers that someone allowed to show it, tell the same to whoever has an account. Each matter can be switched on and off for each way; " +
	"a line without a matter is a letter that cannot be. Of a ticket that nobody has yet, what is new and what customers write is the matter `department`, but for calls and for what is given to a team.\n\n" +
	"## Letters that are joined\n\nAn agent's first letter about a ticket goes at once. What follows it within two minutes (a setting, 0 to 60; 0 joins nothing) waits until they are over and comes as one letter, " +
	"each fact in full under its time; then it begins anew. Only what is about one ticket is joined, so that the answer to the letter goes to that ticket, and a new ticket is a letter of its own. " +
	"But where an agent was told of twenty new tickets within that time, the next are listed to him: they wait as long, and one letter names fifty of them and counts the rest, a thousand at most. " +
	"Calls are told at once. Customers' letters are never joined. What was taken back meanwhile, or is no longer his to know, is left out. Bell and browsers wait for nothing, but after twenty facts within two minutes a closed browser says nothing of new tickets. Whoever wants each letter by itself says so in his settings.\n\n" +
	"## Facts\n\n| fact | when | who | letter | matter | also of his own act |\n|---|---|---|---|---|---|\n"

// TestTheTableOfNoticesIsInTheDocuments keeps docs/notifications.md true.
func TestTheTableOfNoticesIsInTheDocuments(t *testing.T) {
	var out strings.Builder
	out.WriteString(paperHead)
	for _, row := range notify.Table() {
		own, matter, when := "", "", row.When
		if row.Own {
			own = "yes"
		}
		if when == "" {
			when = "always"
		}
		if row.Notice != "" {
			matter = "`" + string(row.Notice.Matter()) + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | `%s` | %s | %s |\n", row.Event, when, row.Who, row.Letter, matter, own)
	}
	out.WriteString(switchesAtFirst() + noticesInWords(t) + lettersInWords(t))
	compare(t, filepath.Join("..", "..", "docs", "notifications.md"), out.String())
}

// switchesAtFirst is what is switched on before anyone chooses.
func switchesAtFirst() string {
	var out strings.Builder
	out.WriteString("\n## Switches at first\n\n| matter | of | bell | letter | browser |\n|---|---|---|---|---|\n")
	for _, side := range []okno.Side{okno.SideCustomer, okno.SideAgent} {
		for _, m := range okno.Matters(side) {
			fmt.Fprintf(&out, "| `%s` | %ss |", m, side)
			for _, w := range okno.Ways {
				if okno.Switches("").On(m, w) {
					out.WriteString(" on |")
				} else {
					out.WriteString(" off |")
				}
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

// noticesInWords is what the bell and the browsers say; that there are words
// for every notice of the rules.
func noticesInWords(t *testing.T) string {
	var out strings.Builder
	out.WriteString("\n## What the bell and the browsers say\n\n| notice | to | English | Russian |\n|---|---|---|---|\n")
	kinds := []okno.NoticeKind{okno.NoticeApart}
	for _, row := range notify.Table() {
		if row.Notice != "" && !slices.Contains(kinds, row.Notice) {
			kinds = append(kinds, row.Notice)
		}
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		var said []string
		for _, lang := range []string{"en", "ru"} {
			words := locale.New(lang, time.UTC).T("notice."+string(kind), "Number", "100001")
			if strings.Contains(words, "⟦") || !strings.Contains(words, "100001") && kind.Matter() != okno.MatterMailboxes {
				t.Errorf("%s in %s: %q", kind, lang, words)
			}
			said = append(said, words)
		}
		fmt.Fprintf(&out, "| `%s` | %ss | %s | %s |\n", kind, kind.Side(), said[0], said[1])
	}
	return out.String()
}

// lettersInWords are the subjects and first words of the letters as they were
// read through; the whole of each stands in its file.
func lettersInWords(t *testing.T) string {
	var out strings.Builder
	out.WriteString("\n## What the letters say\n\nEach as a test had it written; the whole text is behind the link.\n\n| letter | to | subject | text |\n|---|---|---|---|\n")
	files, err := filepath.Glob("testdata/*.txt")
	must(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		head, body, _ := strings.Cut(string(raw), "\n\n")
		subject, _, _ := strings.Cut(strings.TrimPrefix(head, "Subject: "), "\n")
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		side := name[strings.LastIndex(name, "-")+1:]
		text := strings.Join(strings.Fields(strings.Join(strings.SplitN(body, "\n\n", 3)[:2], " ")), " ")
		cell := strings.NewReplacer("|", "\\|", "<", "&lt;")
		fmt.Fprintf(&out, "| [%s](../internal/notify/%s) | %s | %s | %s |\n", strings.TrimSuffix(name, "-"+side), file, side, cell.Replace(subject), cell.Replace(text))
	}
	return out.String()
}
