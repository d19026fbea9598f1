package mail

import (
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Longest address and name kept, in bytes (RFC 5321, 4.5.3.1: 64 + "@" + 255).
const (
	maxAddr        = 320
	maxDisplayName = 300
)

// Address is a mailbox with the name its owner goes by. Addr stands as it was
// written; compare addresses by Fold.
type Address struct{ Name, Addr string }

// Fold gives the form in which addresses are compared: lower case, NFC, the
// domain in ASCII (IDNA) without a trailing dot. "" for what is no address.
func Fold(addr string) string {
	addr = norm.NFC.String(strings.TrimSpace(addr))
	at := strings.LastIndexByte(addr, '@')
	if at <= 0 || !validAddr(addr) {
		return ""
	}
	if addr[0] == '"' {
		addr = bareLocal(addr[:at]) + addr[at:] // "ann"@x is ann@x
	}
	addr = asQuoted(addr)
	at = strings.LastIndexByte(addr, '@')
	domain := foldDomain(addr[at+1:])
	folded := strings.ToLower(addr[:at]) + "@" + domain
	if domain == "" || len(folded) > maxAddr { // in ASCII a domain is longer
		return ""
	}
	return folded
}

// Domain returns the folded domain of an address, "" for what is no address.
func Domain(addr string) string {
	folded := Fold(addr)
	return folded[strings.LastIndexByte(folded, '@')+1:]
}

func foldDomain(domain string) string {
	if isASCII([]byte(domain)) {
		return strings.ToLower(strings.TrimRight(domain, "."))
	}
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(domain))
	ascii = strings.TrimRight(ascii, ".")
	if err != nil || !validDomain(ascii) { // IDNA leaves soft hyphens and their like out: dots may stand bare
		return ""
	}
	return ascii
}

// quotedLocal is a local part in quotation marks (RFC 5321, 4.1.2): words, or
// dots where no dot may stand. Of what may be quoted it has nothing that could
// end a field or begin another address.
var quotedLocal = regexp.MustCompile("^\"[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~. -]{1,64}\"$")

func isQuoted(local string) bool {
	return strings.HasPrefix(local, `"`) && quotedLocal.MatchString(local)
}

// bareLocal is the local part without quotation marks.
func bareLocal(local string) string {
	if isQuoted(local) {
		return local[1 : len(local)-1]
	}
	return local
}

// asQuoted is an address that a parser gave without its quotation marks, with
// them where it needs them.
func asQuoted(addr string) string {
	at := strings.LastIndexByte(addr, '@')
	if at <= 0 {
		return addr
	}
	local := addr[:at]
	if strings.Contains(local, " ") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		if quoted := `"` + local + `"`; quotedLocal.MatchString(quoted) {
			return quoted + addr[at:]
		}
	}
	return addr
}

// validAddr is lenient: one local part, one domain, nothing that could end a
// field or begin another address.
func validAddr(addr string) bool {
	at := strings.LastIndexByte(addr, '@')
	if at <= 0 || at == len(addr)-1 || len(addr) > maxAddr || !utf8.ValidString(addr) {
		return false
	}
	if isQuoted(addr[:at]) {
		addr, at = "quoted"+addr[at:], len("quoted")
	}
	if strings.ContainsFunc(addr, endsAddress) {
		return false
	}
	return validDomain(addr[at+1:]) && !strings.Contains(addr[:at], "@")
}

func endsAddress(r rune) bool {
	switch r {
	case '<', '>', ',', ';', '"':
		return true
	}
	return unicode.IsControl(r) || unicode.IsSpace(r)
}

func validDomain(domain string) bool {
	return domain != "" && !strings.ContainsAny(domain, "()[]\\@:") && !strings.HasPrefix(domain, ".") && !strings.Contains(domain, "..")
}

// parseAddresses reads a list of addresses. Encoded words are decoded after the
// list is taken apart, so that they cannot smuggle an address in. whole is false
// if something of the list was no address.
func parseAddresses(list string) (all []Address, whole bool) {
	if strings.TrimSpace(list) == "" {
		return nil, true
	}
	strict := mail.AddressParser{WordDecoder: &mime.WordDecoder{}}
	if !strings.Contains(list, "=?") {
		if parsed, err := strict.ParseList(list); err == nil {
			whole = true
			for _, a := range parsed {
				if addr := mendAddr(asQuoted(a.Address)); validAddr(addr) {
					all = append(all, Address{cleanDisplayName(a.Name), addr})
				} else {
					whole = false
				}
			}
			return all, whole
		}
	}
	all, whole = looseAddresses(list)
	if len(all) == 0 && strings.Contains(list, "=?") {
		if decoded := decodeWords(list); strings.Contains(decoded, "@") { // a word around the whole address
			all, _ = looseAddresses(decoded)
			return all, false
		}
	}
	return all, whole
}

// looseAddresses takes a list apart that is not as RFC 5322 wants it. Words
// without an address before a comma belong to the name that follows
// ("Ivanov, Ivan <ivan@client.example>").
func looseAddresses(list string) (all []Address, whole bool) {
	whole = true
	begun := ""
	for _, item := range splitOutside(list, ',', ';') {
		if strings.TrimSpace(item) == "" || emptyGroup(item) {
			continue
		}
		a, ok := looseAddress(begun + strings.TrimSpace(item))
		switch {
		case ok && begun != "" && !strings.Contains(item, "<"):
			a, _ = looseAddress(item)
			fallthrough
		case ok:
			all = append(all, a)
			begun = ""
		case len(begun)+len(item) < maxDisplayName && !strings.ContainsAny(item, "@<>"):
			begun += strings.TrimSpace(item) + ", "
			whole = false
		default:
			whole, begun = false, ""
		}
		if len(all) > maxAddresses {
			return all, false
		}
	}
	return all, whole
}

var comment = regexp.MustCompile(`\([^()]*\)`)

// uncommaed are recipients that stand side by side without a comma.
var uncommaed = regexp.MustCompile(`(<[^<>\s]+@[^<>\s]+>)[ \t]+([^\s,;<>()"][^,;<>()"]*<)`)

// emptyGroup knows "undisclosed-recipients:".
func emptyGroup(item string) bool {
	name, rest, found := strings.Cut(comment.ReplaceAllString(item, ""), ":")
	return found && strings.TrimSpace(rest) == "" && !strings.ContainsAny(name, "@<")
}

// looseAddress reads `name <addr>`, `addr (name)` or an address among words.
func looseAddress(item string) (Address, bool) {
	if open := strings.LastIndexByte(item, '<'); open >= 0 {
		if a, ok := angleAddress(item, open); ok {
			return a, true
		}
		item = strings.NewReplacer("<", " ", ">", " ").Replace(item)
	}
	if colon := strings.IndexByte(item, ':'); colon >= 0 && !strings.Contains(item[:colon], "@") {
		item = item[colon+1:]
	}
	for _, word := range strings.Fields(item) {
		addr := mendAddr(strings.Trim(word, "\"'()[]<>:"))
		if !validAddr(addr) {
			continue
		}
		name := strings.Trim(strings.Replace(item, word, "", 1), " \t()\"'")
		return Address{cleanDisplayName(name), addr}, true
	}
	return Address{}, false
}

var groupName = regexp.MustCompile(`^[^"<@:]*:\s*`)

// angleAddress reads the address after the last "<". The name stands before it,
// or after; a route (RFC 5322, 4.4), a group's name and doubled brackets go.
func angleAddress(item string, open int) (Address, bool) {
	addr, after, _ := strings.Cut(item[open+1:], ">")
	if strings.HasPrefix(addr, "@") {
		if _, last, found := strings.Cut(addr, ":"); found {
			addr = last
		}
	}
	addr = mendAddr(addr)
	name := strings.TrimRight(strings.TrimSpace(item[:open]), "< ")
	if group := groupName.FindString(name); group != "" && !strings.Contains(group, " ") {
		name = strings.TrimPrefix(name, group)
	}
	if name == "" {
		name = strings.Trim(after, "<> ")
	}
	return Address{cleanDisplayName(unquote(name)), addr}, validAddr(addr)
}

// mendAddr takes away what programs put about an address: encoded words,
// quotes, "mailto:", spaces.
func mendAddr(addr string) string {
	if strings.Contains(addr, "=?") {
		addr = decodeWords(addr)
	}
	addr = strings.Trim(strings.TrimSpace(addr), "'<>")
	if at := strings.LastIndexByte(addr, '@'); at > 0 && isQuoted(addr[:at]) {
		if addr = asQuoted(bareLocal(addr[:at]) + addr[at:]); addr[0] == '"' {
			return strings.TrimRight(addr, ".")
		}
	}
	addr = strings.Trim(addr, "'\"<>")
	if len(addr) > 7 && strings.EqualFold(addr[:7], "mailto:") {
		addr = addr[7:]
	}
	if local, domain, found := strings.Cut(addr, "@"); found && !strings.Contains(domain, "@") && len(addr) <= maxAddr && len(strings.Fields(local)) <= 1 {
		addr = strings.Join(strings.Fields(addr), "") // words before the "@" are not one name: "ad min"@x is not admin@x
	}
	return strings.TrimRight(addr, ".")
}

func unquote(name string) string {
	name = strings.TrimSpace(name)
	if len(name) >= 2 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(name[1 : len(name)-1])
	}
	return name
}

func cleanDisplayName(name string) string {
	return clip(strings.Trim(decodeWords(strings.TrimSpace(name)), `"' `), maxDisplayName)
}

// splitOutside splits at separators that stand outside quotes, angle brackets
// and comments. An opening never closed does not swallow the rest: then the
// separators are taken wherever they stand.
func splitOutside(s string, separators ...rune) []string {
	var items []string
	quoted, escaped, angle, parens, start := false, false, false, 0, 0
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || parens > 0):
			escaped = true
		case r == '"' && parens == 0:
			quoted = !quoted
		case quoted:
		case r == '(':
			parens++
		case r == ')':
			parens = max(parens-1, 0)
		case parens > 0:
		case r == '<':
			angle = true
		case r == '>':
			angle = false
		case !angle && strings.ContainsRune(string(separators), r):
			items = append(items, s[start:i])
			start = i + len(string(r))
		}
	}
	if quoted || angle || parens > 0 {
		return append(items, strings.FieldsFunc(s[start:], func(r rune) bool { return strings.ContainsRune(string(separators), r) })...)
	}
	return append(items, s[start:])
}
