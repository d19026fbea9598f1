package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/mail"
)

func TestReasonsStandInTheReadersLanguage(t *testing.T) {
	ru, en := locale.New("ru", time.UTC), locale.New("en", time.UTC)
	for reason, want := range map[string]string{
		"": "", "Auto-Submitted: auto-replied": "Auto-Submitted: auto-replied",
		"it answers a letter of the ticket":                                                           "это ответ на письмо заявки",
		"ticket 100001, proven; agents see it":                                                        "заявка 100001, отправитель подтверждён; специалисты его видят",
		"ticket 100002, ":                                                                             "заявка 100002, ",
		"DMARC: signed by another domain, evil.example; SPF says softfail":                            "DMARC: подписано другим доменом, evil.example; SPF: softfail",
		"the spam filter gave no judgement: no answer in time":                                        "фильтр спама ничего не сообщил: нет ответа за отведённое время",
		"the text was windows-1251 though it said koi8-r; more than one From field; yEnc was damaged": "названа кодировка koi8-r, но текст в windows-1251; полей From несколько; повреждено: yEnc",
		`subject begins with "автоответ"`:                                                             "тема начинается словами «автоответ»",
		"30 files are too many; the whole letter is one of them":                                      "файлов слишком много: 30; среди них и письмо целиком",
		"rspamd: reject, 17.5 of 15 points":                                                           "rspamd: reject, баллов 17.5 из 15",
		"smtp; 550 5.1.1 no such user":                                                                "smtp; 550 5.1.1 no such user",
	} {
		if got := Reason(ru, reason); got != want {
			t.Errorf("%q reads %q, want %q", reason, got, want)
		}
		if got := Reason(en, reason); got != reason {
			t.Errorf("%q reads %q in English", reason, got)
		}
	}
}

var cyrillic = regexp.MustCompile(`\p{Cyrillic}`)

// untold names the clauses of a reason that the Russian catalogue has no words for.
func untold(reason string) []string {
	var all []string
	for _, clause := range strings.Split(reason, "; ") {
		if clause != "" && !cyrillic.MatchString(Reason(locale.New("ru", time.UTC), clause)) {
			all = append(all, clause)
		}
	}
	return all
}

func TestEveryReasonThatStepsGiveHasWordsInBothLanguages(t *testing.T) {
	found := 0
	for _, dir := range []string{"../intake", "../mail"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				reason := strings.TrimPrefix(worded(reasonOf(n)), "X; ")
				if reason == "" || strings.Trim(reason, "X ") == "" {
					return true
				}
				found++
				for _, clause := range untold(reason) {
					t.Errorf("%s: %q has no words in the catalogue", name, clause)
				}
				return true
			})
		}
	}
	if found < 60 {
		t.Errorf("only %d reasons were found", found)
	}
}

// reasonOf is the expression that says why: a finding's, a quarantine's, a fault.
func reasonOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CompositeLit:
		if of, ok := n.Type.(*ast.Ident); ok && of.Name == "finding" && len(n.Elts) == 2 {
			return n.Elts[1]
		}
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if ok && (called.Sel.Name == "fault" && len(n.Args) == 1 && !n.Ellipsis.IsValid() || called.Sel.Name == "quarantine" && len(n.Args) == 2) {
			return n.Args[len(n.Args)-1]
		}
	}
	return nil
}

var verbs = regexp.MustCompile(`%[a-z]`)

// worded is what an expression says, with X for what only the letter knows.
func worded(e ast.Expr) string {
	switch e := e.(type) {
	case nil:
		return ""
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			return "X"
		}
		return verbs.ReplaceAllString(text, "X")
	case *ast.BinaryExpr:
		return worded(e.X) + worded(e.Y)
	case *ast.CallExpr:
		if len(e.Args) > 0 {
			return worded(e.Args[0]) // fmt.Sprintf's pattern
		}
	}
	return "X"
}

func TestEveryFaultOfOurLettersHasWordsInBothLanguages(t *testing.T) {
	letters, err := filepath.Glob("../mail/testdata/letters/*.eml")
	if err != nil || len(letters) < 300 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	for _, name := range letters {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range mail.Read(raw).Faults {
			for _, clause := range untold(fault) {
				t.Errorf("%s: %q has no words in the catalogue", filepath.Base(name), clause)
			}
		}
	}
}
