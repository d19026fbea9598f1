package okno

// LetterReaddressed is the fact that a letter which came back goes to another
// address of the same person; its To is that address's id.
const LetterReaddressed EventKind = "letter.readdressed"

// AddressCleared is the fact that an agent says an address works again.
const AddressCleared EventKind = "address.cleared"

// ReaddressLetter is to send a letter that came back to another address of its
// reader, which becomes his.
var ReaddressLetter = declare(Action{Name: "letter.readdress", Roles: agents})

// CameBack reports whether the letter is known not to have arrived.
func (l *Letter) CameBack() bool { return l.State == LetterBounced || l.State == LetterFailed }
