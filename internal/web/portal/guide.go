package portal

import (
	"net/http"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web"
	"github.com/oknodesk/okno/internal/web/portal/guide"
	"github.com/oknodesk/okno/internal/web/ui"
)

// guideView is the guide for one reader.
type guideView struct {
	ui.Page
	parts []guide.Part
}

// help shows the guide (spec R1).
func (p *Portal) help(q *web.Request) error {
	facts, err := p.facts(q)
	if err != nil {
		return err
	}
	parts, err := p.guide.Parts(q.Locale, facts)
	if err != nil {
		return err
	}
	return q.Render(guidePage(guideView{q.Page(q.Locale.T("guide.name")), parts}))
}

// facts are what the guide says of this installation.
func (p *Portal) facts(q *web.Request) (guide.Facts, error) {
	f := guide.Facts{
		Product: q.Settings.Product, Company: q.Settings.Company,
		Phrases: q.Settings.Phrases[q.Locale.Lang()], Statuses: map[okno.StatusKind]string{},
	}
	statuses, err := p.desk.Statuses(q.Context())
	if err != nil {
		return f, err
	}
	who := namer{q: q, statuses: statuses}
	for _, kind := range okno.StatusKinds {
		f.Statuses[kind] = who.status(kind)
	}
	f.Support, err = p.desk.SupportAddress(q.Context())
	return f, err
}

// guidePicture serves a picture of the guide, to be kept for ever.
func (p *Portal) guidePicture(q *web.Request) error {
	content, ok := p.guide.Picture(q.Path("picture"))
	if !ok {
		return okno.ErrNotFound
	}
	h := q.Writer.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	q.Writer.WriteHeader(http.StatusOK)
	_, _ = q.Writer.Write(content)
	return nil
}
