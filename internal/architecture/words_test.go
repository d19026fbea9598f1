package architecture

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"strings"
)

// avoided maps words that the house has another word for to that word. Words
// that Go or a protocol also needs in another sense (post, account, group,
// queue, channel, owner, sender, title, case) cannot be told apart here: the
// catalogue's test keeps them off the screens.
var avoided = map[string]string{
	"user": "person", "client": "customer", "staff": "agent", "operator": "agent",
	"issue": "ticket", "conversation": "ticket", "comment": "message or note",
	"collaborator": "participant", "watcher": "follower", "performer": "assignee",
	"organization": "company", "organisation": "company", "superuser": "admin",
	"category": "topic", "summary": "subject", "folder": "view", "macro": "canned answer",
	"callback": "call", "activity": "event or history", "faq": "article",
}

// demanded are exported names with an avoided word that a library or protocol
// demands, by package ("." is the vocabulary) and name.
var demanded = map[string]string{
	"internal/outbound Client": "net/http's word for what it returns",
	"internal/web Client":      "HTTP's word for the other end of the connection (RFC 9110)",
	"internal/app ExitNoUser":  "EX_NOUSER of sysexits.h",
	". User":                   "IMAP's and POP3's word for the login name",
	". Folder":                 "IMAP's word for where letters lie",
}

var camelWord = regexp.MustCompile(`[A-Z]+(?:[^a-z]|$)|[A-Z]?[a-z0-9]+|[A-Z]+`)

// avoidedIn returns an avoided word of a name, or "". A name that is about
// "User-Agent" speaks of the HTTP header.
func avoidedIn(name string) string {
	if strings.Contains(name, "UserAgent") {
		return ""
	}
	for _, word := range camelWord.FindAllString(name, -1) {
		word = strings.ToLower(word)
		if avoided[word] != "" {
			return word
		}
		if singular := strings.TrimSuffix(word, "s"); avoided[singular] != "" {
			return singular
		}
	}
	return ""
}

// words judges every exported name the file declares.
func words(s source) (breaches []string) {
	if s.generated || s.test() {
		return nil
	}
	judge := func(id *ast.Ident) {
		word := avoidedIn(id.Name)
		if !id.IsExported() || word == "" || demanded[path.Dir(s.path)+" "+id.Name] != "" {
			return
		}
		breaches = append(breaches, fmt.Sprintf("%s:%d: %s says %q; the word is %s", s.path, s.line(id), id.Name, word, avoided[word]))
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			judge(d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				judgeSpec(spec, judge)
			}
		}
	}
	return breaches
}

func judgeSpec(spec ast.Spec, judge func(*ast.Ident)) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, id := range spec.Names {
			judge(id)
		}
	case *ast.TypeSpec:
		judge(spec.Name)
		ast.Inspect(spec.Type, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				for _, id := range field.Names {
					judge(id)
				}
			}
			return true
		})
	}
}
