package desk

import (
	"crypto/rand"
	"strings"
)

// browserUse is the purpose for which marks of browsers are signed.
const browserUse = "browser"

// FoldLogin is the form in which login names and addresses are compared: what
// has the same form is the same login.
func FoldLogin(login string) string { return foldLogin(login) }

// BrowserMark is what a browser shows at a later sign-in to be told from the
// strangers who try passwords at the same login. It lets nobody in.
func (d *Desk) BrowserMark(login string) string {
	mark := rand.Text()
	return mark + "." + d.key.Sign(browserUse, mark+"\n"+foldLogin(login))
}

// KnowsBrowser reports whether the mark was given to a browser in which
// somebody signed in with that login.
func (d *Desk) KnowsBrowser(mark, login string) bool {
	random, signature, _ := strings.Cut(mark, ".")
	return d.key.Verify(browserUse, random+"\n"+foldLogin(login), signature)
}
