package notify

// invitation brings the way in to someone for whom an account was made (spec
// R35 to R38). The first password is chosen there: none is mailed.
func (d *draft) invitation() []block {
	return []block{
		say(d.words.T("letter.hello")),
		say(d.words.T("letter.invitation.text")),
		say(d.words.T("letter.invitation.login", "Login", d.n.Login) + "\n" + d.words.T("letter.invitation.password")),
		buttons{{label: d.words.T("letter.invitation.enter"), href: d.links.entry(d.link.Token)}},
		quiet(d.words.T("letter.invitation.lasts")),
		divider{},
		quiet(d.words.T("letter.automatic")),
		d.house(),
	}
}

// reset brings the way to a new password.
func (d *draft) reset() []block {
	return []block{
		say(d.words.T("letter.hello")),
		say(d.words.T("letter.reset.text", "Login", d.n.Login)),
		buttons{{label: d.words.T("letter.reset.choose"), href: d.links.entry(d.link.Token)}},
		quiet(d.words.T("letter.reset.lasts")),
		divider{},
		quiet(d.words.T("letter.automatic")),
		d.house(),
	}
}
