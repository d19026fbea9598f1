package mail

import "strings"

// Writer says whom the letter names as its writer, and the field that does: the
// first address of From, else of the fields that may stand for it. It proves
// nothing. Addr is empty where From has words but no address; both are empty
// where nobody is named.
func (l *Letter) Writer() (who Address, field string) {
	if len(l.From) > 0 {
		return l.From[0], "From"
	}
	name := cleanDisplayName(strings.TrimSuffix(strings.TrimSpace(l.Header.Raw("From")), "<>"))
	for _, field := range []string{"Sender", "Resent-From", "Reply-To", "X-Original-From", "Return-Path", "X-Envelope-From", "X-Sender"} {
		if list, _ := parseAddresses(l.Header.Raw(field)); len(list) > 0 {
			if list[0].Name == "" {
				list[0].Name = name
			}
			return list[0], field
		}
	}
	if validAddr(l.mboxFrom) {
		return Address{name, l.mboxFrom}, `the "From " line`
	}
	if name == "" {
		return Address{}, ""
	}
	return Address{Name: name}, "From"
}
