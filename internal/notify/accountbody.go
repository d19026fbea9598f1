package notify

import "github.com/oknodesk/okno"

// invitation brings the way in to someone for whom an account was made (spec
// R35 to R38). A company's contact has a password for the first entry; for an
// agent none was issued, he chooses his.
func (d *draft) invitation() []block {
	password := d.words.T("letter.invitation.password")
	if d.n.Password != "" {
		password = d.words.T("letter.invitation.issued", "Password", d.n.Password)
	}
	return d.automatic(
		say(d.words.T("letter.invitation.text")),
		say(d.words.T("letter.invitation.login", "Login", d.n.Login)+"\n"+password),
		buttons{{label: d.words.T("letter.invitation.enter"), href: d.links.entry(d.link.Token)}},
		quiet(d.words.T("letter.invitation.lasts")),
	)
}

// reset brings the way to a new password.
func (d *draft) reset() []block {
	return d.automatic(
		say(d.words.T("letter.reset.text", "Login", d.n.Login)),
		buttons{{label: d.words.T("letter.reset.choose"), href: d.links.entry(d.link.Token)}},
		quiet(d.words.T("letter.reset.lasts")),
	)
}

// registration brings the way to confirm an account that someone asked for
// (spec R27). Nothing that was typed is in it: it may have been a stranger.
func (d *draft) registration() []block {
	return d.automatic(
		say(d.words.T("letter.registration.text")),
		buttons{{label: d.words.T("letter.registration.confirm"), href: d.links.registration(d.link.Token)}},
		quiet(d.words.T("letter.registration.lasts")),
	)
}

// registered says that the address has an account, and how to come in.
func (d *draft) registered() []block {
	return d.automatic(
		say(d.words.T("letter.registered.text", "Login", d.n.Login)),
		buttons{
			{label: d.words.T("letter.registered.enter"), href: d.links.to("login").String()},
			{label: d.words.T("letter.registered.reset"), href: d.links.to("reset").String(), second: true},
		},
		quiet(d.words.T("letter.registered.other")),
	)
}

// newAddress is for a new address, its owner where that is someone else, and
// the address it took the place of.
func (d *draft) newAddress() []block {
	switch d.letter {
	case okno.LetterAddressTaken:
		return d.automatic(say(d.words.T("letter.address.taken")))
	case okno.LetterAddressChanged:
		return []block{say(d.words.T("letter.hello")), say(d.words.T("letter.address.changed")), divider{}, d.house()} // an answer is welcome
	}
	return d.automatic(
		say(d.words.T("letter.address.text")),
		buttons{{label: d.words.T("letter.address.confirm"), href: d.links.address(d.link.Token)}},
		quiet(d.words.T("letter.registration.lasts")),
	)
}

// automatic is a letter about an account: a greeting, what it says, and that
// nobody waits for an answer.
func (d *draft) automatic(said ...block) []block {
	blocks := append([]block{say(d.words.T("letter.hello"))}, said...)
	return append(blocks, divider{}, quiet(d.words.T("letter.automatic")), d.house())
}
