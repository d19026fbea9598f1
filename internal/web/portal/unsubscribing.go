package portal

import (
	"github.com/oknodesk/okno/internal/web"
)

// askNoLetters shows which letters a link switches off, with the button that
// does.
func (p *Portal) askNoLetters(q *web.Request) error {
	m, err := p.desk.NoLetters(q.Context(), q.Path("token"))
	if err != nil {
		return err
	}
	return q.Render(noLettersPage(q.Page(q.Locale.T("portal.off")), q.Locale.T("switch.matter."+string(m)), false))
}

// noLetters switches them off: by that button, or by the reader's mail program
// itself, which sends no cookie and heeds nothing but the code (RFC 8058).
func (p *Portal) noLetters(q *web.Request) error {
	m, err := p.desk.SwitchLettersOff(q.Context(), q.Path("token"))
	if err != nil {
		return err
	}
	return q.Render(noLettersPage(q.Page(q.Locale.T("portal.off.done")), q.Locale.T("switch.matter."+string(m)), true))
}
